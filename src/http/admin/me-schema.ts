import { z } from 'zod';
import type { Administrator } from '../../access/administrator.ts';
import { grantedPermissions } from '../../access/permission.ts';
import type { Principal } from '../../access/principal.ts';
import { type Session, signInMethods } from '../../access/session.ts';
import { list, time } from './list-schema.ts';

const permissions = z.union([z.literal('all'), list(z.enum(grantedPermissions))]);
const ids = z.union([z.literal('all'), list(z.string())]);

export const sessionSchema = z
  .object({
    id: z.string(),
    method: z.enum(signInMethods).describe('How it was begun'),
    createdAt: time,
    lastSeenAt: time.describe('To the minute'),
    idle: z.number().int().describe('Milliseconds without a request after which it ends'),
    endsAt: time.describe('It ends then, whatever happens'),
    address: z.string().describe('Where it was begun'),
    userAgent: z.string(),
  })
  .meta({ id: 'Session' });

/** Whoever asks. */
export const meSchema = z
  .object({
    kind: z.enum(['administrator', 'token']),
    id: z.string(),
    name: z.string(),
    signInName: z.string().nullable().describe('null: an API token'),
    permissions: permissions.describe('All that is granted, somewhere; `grants` says where each counts'),
    grants: list(z.object({ permissions, scopeTags: ids, scopeGroups: ids })),
    password: z.boolean().describe('Whether they have one'),
    passkeys: z.number().int().describe('How many they have'),
    lastSignInAt: time.nullable(),
    session: sessionSchema.nullable().describe('null: an API token'),
  })
  .meta({ id: 'Me' });

type Me = z.output<typeof meSchema>;

export function sessionView({ id, method, createdAt, lastSeenAt, idle, endsAt, address, userAgent }: Session) {
  return { id, method, createdAt, lastSeenAt, idle, endsAt, address, userAgent };
}

export function meView(
  principal: Principal,
  signedIn: {
    readonly administrator: Administrator;
    readonly session: Session;
    readonly password: boolean;
    readonly passkeys: number;
  } | null,
): Me {
  return {
    kind: principal.kind,
    id: principal.id,
    name: signedIn?.administrator.name ?? principal.name,
    signInName: signedIn?.administrator.signInName ?? null,
    permissions: unionOf(principal),
    grants: principal.grants.map(({ permissions, scope }) => ({ permissions, ...scope })),
    password: signedIn?.password ?? false,
    passkeys: signedIn?.passkeys ?? 0,
    lastSignInAt: signedIn?.administrator.lastSignInAt ?? null,
    session: signedIn === null ? null : sessionView(signedIn.session),
  };
}

function unionOf({ grants }: Principal): Me['permissions'] {
  const held = grantedPermissions.filter((permission) =>
    grants.some(({ permissions }) => permissions === 'all' || permissions.includes(permission)),
  );
  return held.length === grantedPermissions.length ? 'all' : held;
}
