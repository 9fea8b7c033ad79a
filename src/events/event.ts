/**
 * What happened, append-only, written in the transaction that made it happen. Audit, timeline, outbox and live updates
 * are views of this one table. Nothing edits it but the erasure of a person, nothing prunes it but retention
 * (docs/decisions/0020). One SCEP message is a row of its own kind: `ScepTransaction`.
 */
import type { Branded } from '../lib/ids.ts';

export type EventId = Branded<'EventId'>;

/** Who did it. `name` is for people and carries no secret. */
export type Actor = {
  readonly kind: 'system' | 'operator' | 'token' | 'administrator' | 'device' | 'client';
  readonly id: string | null;
  readonly name: string;
  /** Where an administrator's request came from. */
  readonly address?: string;
};

/** Why something happens now: given to every use case that writes. */
export type Cause = { readonly actor: Actor; readonly requestId: string | null };

export const systemCause: Cause = { actor: { kind: 'system', id: null, name: 'scepward' }, requestId: null };

export const subjectKinds = [
  'user',
  'group',
  'device',
  'profile',
  'deployment',
  'challenge',
  'certificate',
  'issuer',
  'token',
  'administrator',
  'filter',
  'scopeTag',
  'role',
  'identityProvider',
  'heldChange',
  'job',
  'webhook',
  'removal',
] as const;

export type SubjectKind = (typeof subjectKinds)[number];

/** `name`: as it was called then, where what an administrator did is to be read without it. */
export type Subject = { readonly kind: SubjectKind; readonly id: string; readonly name?: string };

/** `<noun>.<what-happened>`, past tense: the whole catalogue. */
export const eventTypes = [
  'audit.sealed',
  'audit.broken',
  'audit.pruned',
  'audit.retention-changed',
  'authority.created',
  'authority.imported',
  'authority.changed',
  'authority.certificate-shortened',
  'authority.crl-published',
  'authority.rollover',
  'authority.ending',
  'access.token-created',
  'access.token-revoked',
  'access.set-up',
  'access.administrator-saved',
  'access.administrator-deleted',
  'access.administrator-reset',
  'access.signed-in',
  'access.signed-out',
  'access.sign-in-failed',
  'access.session-ended',
  'access.password-changed',
  'access.passkey-added',
  'access.passkey-removed',
  'access.session-lifetime-changed',
  'access.refused',
  'access.scope-tag-saved',
  'access.scope-tag-deleted',
  'access.scope-tags-given',
  'access.role-saved',
  'access.role-deleted',
  'access.role-assigned',
  'access.role-unassigned',
  'access.identity-provider-saved',
  'access.identity-provider-deleted',
  'access.change-held',
  'access.change-approved',
  'access.change-rejected',
  'access.change-withdrawn',
  'access.change-carried-out',
  'access.second-approval-changed',
  'directory.imported',
  'directory.changed',
  'directory.erasure-begun',
  'directory.erased',
  'profile.probed',
  'profile.saved',
  'profile.deleted',
  'assignment.changed',
  'assignment.co-management-changed',
  'filter.saved',
  'filter.deleted',
  'deployment.created',
  'deployment.changed',
  'deployment.removed',
  'deployment.failed',
  'deployment.reported',
  'challenge.issued',
  'challenge.cancelled',
  'device.join-token-created',
  'device.joined',
  'device.credential-rotated',
  'device.credential-revoked',
  'device.cadence-changed',
  'device.retired',
  'device.deleted',
  'removal.held',
  'removal.overdue',
  'removal.undone',
  'removal.confirmed',
  'removal.rejected',
  'removal.setting-changed',
  'job.started',
  'job.paused',
  'job.resumed',
  'job.cancelled',
  'job.finished',
  'approval.requested',
  'approval.decided',
  'enrollment.refused',
  'certificate.issued',
  'certificate.renewed',
  'certificate.superseded',
  'certificate.revoked',
  'webhook.saved',
  'webhook.deleted',
  'webhook.secret-rotated',
  'webhook.replayed',
  'webhook.disabled',
  'installation.restored',
] as const;

export type EventType = (typeof eventTypes)[number];

export type NewEvent = {
  readonly type: EventType;
  readonly cause: Cause;
  readonly subjects: readonly Subject[];
  /** Plain JSON. Never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
};

export type Event = NewEvent & { readonly id: EventId; readonly at: number; readonly node: string };
