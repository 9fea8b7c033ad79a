/** `/api/v1/profiles/impact`: what a change would do to devices, before anybody makes it. */
import { z } from 'zod';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import type { ImpactInput, impact } from '../../lifecycle/impact.ts';
import type { intendedChange, ProfileIntent } from '../../lifecycle/intended-change.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { assignmentsInput, newAssignments } from './assignment-routes.ts';
import type { DirectoryNames } from './directory-names.ts';
import { documented } from './documented.ts';
import type { FilterNames } from './find-filter.ts';
import { nameParam } from './find-named.ts';
import { findProfile } from './find-profile.ts';
import { impactView, itemView, profileImpactSchema, profilesNamed } from './impact-schemas.ts';
import { list } from './list-schema.ts';
import { findingsSchema } from './problem-schema.ts';
import { documentSchema } from './profile-schemas.ts';
import { profileInvalid } from './saved-profile.ts';
import { lineType, sendLines } from './send-lines.ts';

export type ProfileImpactUseCases = DirectoryNames &
  FilterNames & {
    readonly profiles: Pick<ProfileStore, 'get' | 'findBySlug' | 'findByName'>;
    readonly intendedChange: Bound<typeof intendedChange>;
    readonly impact: Bound<typeof impact>;
    /** Whether so many devices that lose something would wait to be confirmed. */
    readonly wouldWait: (devices: number) => Promise<boolean>;
  };

/** As for `/profiles/plan`. */
const bodyLimit = 16 * 1024 * 1024;

const bodySchema = z.strictObject({
  document: documentSchema.optional().describe('To be applied; with `profile`, as that profile'),
  documents: z.array(documentSchema).min(1).max(1000).optional().describe('To be applied together'),
  profile: nameParam('Id, slug or exact name').optional(),
  assignments: assignmentsInput.optional().describe('To become the only ones of `profile`'),
  delete: z.literal(true).optional().describe('`profile`'),
  prune: z.literal(true).optional().describe('Delete what no document means'),
  limit: z.number().int().min(0).max(1000).default(20).describe('Names per profile and effect'),
});

const answerSchema = z
  .object({
    profiles: list(profileImpactSchema).describe(
      'Those that the change is about, then those whose root is one of them',
    ),
    findings: findingsSchema.describe('Warnings and information'),
    obstacle: z
      .object({ code: z.string(), detail: z.string(), params: z.record(z.string(), z.unknown()) })
      .nullable()
      .describe('Why the change would be refused all the same: a root that is in use'),
  })
  .meta({ id: 'Impact' });

export function registerProfileImpactRoutes(scope: AdminScope, useCases: ProfileImpactUseCases): void {
  scope.post(
    '/profiles/impact',
    {
      bodyLimit,
      ...documented(
        {
          permission: 'profiles.read',
          tag: 'profiles',
          summary: 'What a change would do to devices',
          detail:
            'Who would gain, keep, lose or replace a certificate, and who could have none and why, if documents were applied, a profile assigned or deleted; with `profile` alone, as it is. A dry run of what reconciling does; nothing is done. `Accept: application/x-ndjson` answers every deployment, a line each.',
        },
        { body: bodySchema, response: { 200: answerSchema } },
      ),
    },
    async (request, reply) => {
      const intent = await intentOf(useCases, request.body);
      const change = await useCases.intendedChange({ intent, cause: causeOf(request) });
      if (change.kind === 'refused') throw profileInvalid(change.findings);
      const { findings, obstacle } = change;
      if (request.headers.accept === lineType) return sendLines(reply, itemViews(useCases, change));
      return {
        profiles: await impactView(useCases, change, request.body.limit),
        findings,
        obstacle: obstacle && { code: obstacle.code, detail: obstacle.message, params: obstacle.params },
      };
    },
  );
}

async function* itemViews(useCases: ProfileImpactUseCases, change: ImpactInput) {
  const named = profilesNamed(change);
  for await (const items of useCases.impact(change)) yield items.map((item) => itemView(item, named));
}

async function intentOf(
  useCases: ProfileImpactUseCases,
  { document, documents = [], profile, assignments, delete: remove, prune: prunes }: z.infer<typeof bodySchema>,
): Promise<ProfileIntent> {
  const prune = prunes === true;
  const all = document === undefined ? documents : [...documents, document];
  const known = profile === undefined ? null : await findProfile(useCases, profile);
  const asked = [all.length > 0, assignments !== undefined, remove === true].filter(Boolean).length;
  const fits = all.length > 0 ? known === null || all.length === 1 : known !== null && !prune;
  if (asked > 1 || !fits)
    throw new Failure(
      'malformed',
      'bad-request',
      'Give `documents`, or a `profile` with `assignments` or `delete`, or a `profile` alone.',
    );
  if (known === null) return { kind: 'apply', documents: all, prune };
  const profileId = known.id;
  if (all.length > 0) return { kind: 'apply', documents: all.map((one) => ({ ...one, slug: known.slug })), prune };
  if (assignments !== undefined)
    return { kind: 'assign', profileId, assignments: await newAssignments(useCases, assignments) };
  return { kind: remove === true ? 'delete' : 'leave', profileId };
}
