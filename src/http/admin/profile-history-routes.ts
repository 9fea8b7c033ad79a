/** `/api/v1/profiles/{profile}/versions` and `/history`: what a profile was, who changed it, and the way back. */
import { z } from 'zod';
import type { Assignment, AssignmentTarget } from '../../assignments/assignment.ts';
import { draftFromAssignments } from '../../assignments/target-names.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import { isId } from '../../lib/ids.ts';
import type { Profile } from '../../profiles/profile.ts';
import { assignmentLine, profileDocument } from '../../profiles/profile-document.ts';
import type { HistoryEntry, HistoryKind, ProfileHistory } from '../../profiles/profile-history.ts';
import type { ProfileId } from '../../profiles/profile-id.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { restoreProfile } from '../../profiles/restore-profile.ts';
import { contentHash, type ProfileChange, profileChanges } from '../../profiles/setting-effect.ts';
import type { AdminScope } from './admin-scope.ts';
import type { DirectoryNames } from './directory-names.ts';
import { documented } from './documented.ts';
import { actorSchema } from './event-schemas.ts';
import type { FilterNames } from './find-filter.ts';
import { nameParam } from './find-named.ts';
import { findProfile } from './find-profile.ts';
import { versionFromIfMatch } from './if-match.ts';
import { list, time } from './list-schema.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import { documentSchema, profileSchema, profileView, savedProfileSchema } from './profile-schemas.ts';
import { type Reviewing, reviewed } from './reviewed.ts';
import { savedProfile } from './saved-profile.ts';

export type ProfileHistoryUseCases = DirectoryNames &
  Reviewing &
  FilterNames & {
    readonly profiles: Pick<ProfileStore, 'get' | 'findBySlug' | 'findByName'>;
    readonly profileHistory: Pick<ProfileHistory, 'list' | 'version' | 'savedAs' | 'latest'>;
    readonly restoreProfile: Bound<typeof restoreProfile>;
    readonly once: Once;
  };

const params = z.strictObject({ profile: nameParam('Id, slug or exact name; of a deleted one the id') });
const versionNumber = z.coerce.number().int().min(1).max(1e9);
const tag = 'profiles';

const changeSchema = z
  .object({
    path: z.string().describe('In the document'),
    before: z.unknown(),
    after: z.unknown(),
    effect: z
      .enum(['reissue', 'redeliver', 'none'])
      .describe('On devices that have it: a new certificate, the new payload for the one that is there, nothing'),
  })
  .meta({ id: 'ProfileChange' });
const changes = list(changeSchema)
  .nullable()
  .describe('Empty for a first version; null: saved before versions were kept');
const entrySchema = z
  .object({
    id: z.string(),
    kind: z.enum(['saved', 'assigned', 'deleted']).describe('Only `saved` makes a version'),
    version: z.number().int().describe('Of the profile, after it'),
    restoredFrom: z.number().int().nullable(),
    at: time,
    actor: actorSchema,
    requestId: z.string().nullable(),
    changes,
  })
  .meta({ id: 'ProfileHistoryEntry' });
const versionSchema = z
  .object({
    profile: profileSchema,
    contentHash: z.string().describe('Equal for versions that no certificate tells apart'),
    document: documentSchema.describe('Without assignments'),
    saved: entrySchema.nullable().describe('Null: saved by a server that kept no history'),
    since: z.number().int().nullable(),
    changes,
  })
  .meta({ id: 'ProfileVersion' });

export function registerProfileHistoryRoutes(scope: AdminScope, useCases: ProfileHistoryUseCases): void {
  for (const [url, kind, summary] of [
    ['/profiles/:profile/versions', 'saved', 'The versions of a profile, newest first'],
    ['/profiles/:profile/history', null, 'All that became of a profile, newest first: saved, assigned, deleted'],
  ] as const satisfies readonly (readonly [string, HistoryKind | null, string])[])
    scope.get(
      url,
      documented(
        { permission: 'profiles.read', tag, summary, detail: 'Also of a deleted profile, by its id.' },
        { params, querystring: pageQuery, response: { 200: pageSchema(entrySchema) } },
      ),
      async ({ params, query }) => {
        const profileId = await idOf(useCases, params.profile);
        const { items, next } = await useCases.profileHistory.list({ profileId, kind }, pageOf(query));
        return { items: await Promise.all(items.map((entry) => entryView(useCases, entry))), next };
      },
    );

  scope.get(
    '/profiles/:profile/versions/:version',
    documented(
      {
        permission: 'profiles.read',
        tag,
        summary: 'A version of a profile, and what it changed',
        detail: '`since` compares with that version instead of the one before.',
      },
      {
        params: params.extend({ version: versionNumber }),
        querystring: z.strictObject({ since: versionNumber.optional() }),
        response: { 200: versionSchema },
      },
    ),
    async ({ params, query: { since = null } }) => {
      const profileId = await idOf(useCases, params.profile);
      const profile = await versionOf(useCases, profileId, params.version);
      const entry = await useCases.profileHistory.savedAs(profileId, params.version);
      const saved = entry === null ? null : await entryView(useCases, entry);
      const compared = since === null ? null : profileChanges(await versionOf(useCases, profileId, since), profile);
      return {
        profile: profileView(profile),
        contentHash: await contentHash(profile.settings),
        document: await documentOf(useCases, profile),
        saved,
        since,
        changes: compared === null ? (saved?.changes ?? null) : await named(useCases, compared),
      };
    },
  );

  scope.post(
    '/profiles/:profile/restore',
    documented(
      {
        permission: 'profiles.write',
        tag,
        summary: 'Make an earlier version the newest',
        headers: ['if-match', 'idempotency-key'],
        detail:
          'Needs If-Match. Settings, name, description and scope tags come back, assignments stay. Saved as any edit is: errors by the rules of today answer 422 `profile-invalid`.',
      },
      {
        params,
        body: z.strictObject({ version: versionNumber.describe('The one to bring back') }),
        response: { 200: savedProfileSchema },
      },
    ),
    async (request, reply) => {
      const version = versionFromIfMatch(request);
      const { id } = await findProfile(useCases, request.params.profile);
      const answer = await postOnce(useCases.once, request, reply, { status: 200 }, async (cause) =>
        savedProfile(await useCases.restoreProfile({ id, version, to: request.body.version, cause }), reply),
      );
      return reviewed(useCases, answer);
    },
  );
}

/** A deleted profile is known by its id alone. */
async function idOf(useCases: ProfileHistoryUseCases, text: string): Promise<ProfileId> {
  if (isId(text) && (await useCases.profileHistory.latest(text as ProfileId)) !== null) return text as ProfileId;
  return (await findProfile(useCases, text)).id;
}

async function versionOf(useCases: ProfileHistoryUseCases, id: ProfileId, version: number): Promise<Profile> {
  const profile = await useCases.profileHistory.version(id, version);
  if (profile !== null) return profile;
  throw new Failure('not-found', 'profile-version-not-found', `Version ${version} of the profile is not kept.`, {
    profile: id,
    version,
  });
}

async function documentOf(useCases: ProfileHistoryUseCases, profile: Profile): Promise<Record<string, unknown>> {
  const root = profile.kind === 'scep' ? await useCases.profiles.get(profile.settings.rootCertificate) : null;
  return { ...profileDocument(profile, { rootSlug: root?.slug ?? null, assignments: null }) };
}

async function entryView(useCases: ProfileHistoryUseCases, { cause, changes, profileId: _, ...entry }: HistoryEntry) {
  return { ...entry, ...cause, changes: changes === null ? null : await named(useCases, changes) };
}

/** As documents write it: names where there is one, ids of what is gone. */
function named(useCases: ProfileHistoryUseCases, changes: readonly ProfileChange[]): Promise<ProfileChange[]> {
  const name = async (path: string, value: unknown): Promise<unknown> => {
    if (path === 'assignments') return assignmentLines(useCases, value as readonly Assignment[]);
    if (path !== 'settings.rootCertificate') return value;
    return (await useCases.profiles.get(value as ProfileId))?.slug ?? value;
  };
  return Promise.all(
    changes.map(async ({ path, before, after, effect }) => ({
      path,
      before: await name(path, before),
      after: await name(path, after),
      effect,
    })),
  );
}

async function assignmentLines(
  names: DirectoryNames & FilterNames,
  assignments: readonly Assignment[],
): Promise<unknown[]> {
  const lines: unknown[] = [];
  for (const assignment of assignments) {
    const [draft] = await draftFromAssignments(names, [assignment]);
    const { mode, target } = assignment;
    lines.push(draft === undefined ? { [mode]: goneTarget(target) } : assignmentLine(draft));
  }
  return lines;
}

function goneTarget(target: AssignmentTarget): unknown {
  switch (target.kind) {
    case 'group':
      return { group: target.groupId };
    case 'user':
      return { user: target.userId };
    case 'device':
      return { device: target.deviceId };
    default:
      return target.kind;
  }
}
