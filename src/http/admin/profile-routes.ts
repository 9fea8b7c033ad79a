/** `/api/v1/profiles`: what an administrator defines. Documents are those of files: what GET gives can be PUT back. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { applyProfile } from '../../assignments/apply-profile.ts';
import type { AssignmentStore } from '../../assignments/assignment-store.ts';
import type { FilterStore } from '../../assignments/filter/filter-store.ts';
import { draftFromAssignments } from '../../assignments/target-names.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import type { intendedChange } from '../../lifecycle/intended-change.ts';
import type { deleteProfile } from '../../profiles/delete-profile.ts';
import type { Profile } from '../../profiles/profile.ts';
import { profileDocument } from '../../profiles/profile-document.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { reviewProfile } from '../../profiles/review-profile.ts';
import { profileFileText } from '../../profiles/write-profile-file.ts';
import type { preview } from '../../reporting/preview.ts';
import { causeOf, demand } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { type DirectoryNames, findDevice, findUser } from './directory-names.ts';
import { documented } from './documented.ts';
import { platformSchema } from './fact-schemas.ts';
import { nameParam } from './find-named.ts';
import { findProfile } from './find-profile.ts';
import { sendVersion, versionFromIfMatch } from './if-match.ts';
import { pageOf, pageSchema, searchQuery } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import { findingsSchema } from './problem-schema.ts';
import { documentSchema, previewSchema, profileSchema, profileView, savedProfileSchema } from './profile-schemas.ts';
import { type Reviewing, reviewed } from './reviewed.ts';
import { profileInvalid, savedProfile } from './saved-profile.ts';
import { sendFile } from './send-file.ts';

export type ProfileUseCases = DirectoryNames &
  Reviewing & {
    readonly profiles: Pick<ProfileStore, 'get' | 'findBySlug' | 'findByName' | 'list'>;
    readonly assignments: Pick<AssignmentStore, 'byProfile'>;
    readonly filters: Pick<FilterStore, 'get' | 'findByName'>;
    readonly applyProfile: Bound<typeof applyProfile>;
    readonly deleteProfile: Bound<typeof deleteProfile>;
    readonly reviewProfile: Bound<typeof reviewProfile>;
    readonly intendedChange: Bound<typeof intendedChange>;
    readonly preview: Bound<typeof preview>;
    readonly once: Once;
  };

const params = z.strictObject({ profile: nameParam('Id, slug or exact name') });
const exportQuery = z.strictObject({ format: z.enum(['json', 'yaml']).default('json') });
const tag = 'profiles';
const previewInput = z.strictObject({
  profile: nameParam('A stored profile, or give `document`').optional(),
  document: documentSchema.optional(),
  device: nameParam('Id or exact name'),
  user: nameParam('Instead of the primary user').optional(),
});

export function registerProfileRoutes(scope: AdminScope, useCases: ProfileUseCases): void {
  scope.get(
    '/profiles',
    documented(
      { permission: 'profiles.read', tag, summary: 'List profiles', detail: '`search` is a part of the name.' },
      {
        querystring: searchQuery.extend({ platform: platformSchema.optional() }),
        response: { 200: pageSchema(profileSchema) },
      },
    ),
    async ({ query }) => {
      const { search = null, platform = null } = query;
      const page = await useCases.profiles.list({ search, platform }, pageOf(query));
      return { items: page.items.map(profileView), next: page.next };
    },
  );

  scope.post(
    '/profiles',
    documented(
      {
        permission: 'profiles.write',
        tag,
        summary: 'Add a profile',
        headers: ['idempotency-key'],
        detail:
          'Also assigns it when the document has assignments, which needs `profiles.assign` too. Errors answer 422 `profile-invalid` with all `params.findings`.',
      },
      { body: documentSchema, response: { 201: savedProfileSchema } },
    ),
    async (request, reply) => {
      const answer = await postOnce(useCases.once, request, reply, { status: 201 }, async (cause) => {
        demandForAssignments(request);
        const input = { id: null, version: null, document: request.body, cause };
        return savedProfile(await useCases.applyProfile(input), reply);
      });
      return reviewed(useCases, answer);
    },
  );

  scope.get(
    '/profiles/:profile',
    documented(
      { permission: 'profiles.read', tag, summary: 'Show a profile' },
      {
        params,
        response: { 200: profileSchema.extend({ document: documentSchema }).meta({ id: 'ProfileWithDocument' }) },
      },
    ),
    async ({ params }, reply) => {
      const profile = await findProfile(useCases, params.profile);
      sendVersion(reply, profile.version);
      return { ...profileView(profile), document: await documentOf(useCases, profile) };
    },
  );

  scope.get(
    '/profiles/:profile/document',
    documented(
      {
        permission: 'profiles.read',
        tag,
        summary: 'Export a profile',
        detail:
          'The document with its assignments, as files hold it; PUT takes it back. `format=yaml` answers the text of a file, as `profile export` writes it.',
      },
      { params, querystring: exportQuery, response: { 200: documentSchema } },
    ),
    async ({ params, query }, reply) => {
      const profile = await findProfile(useCases, params.profile);
      sendVersion(reply, profile.version);
      const document = await documentOf(useCases, profile);
      if (query.format === 'json') return document;
      return sendFile(reply, `${profile.slug}.yaml`, 'application/yaml', profileFileText([document]));
    },
  );

  for (const url of ['/profiles/:profile', '/profiles/:profile/document'] as const)
    scope.put(
      url,
      documented(
        {
          permission: 'profiles.write',
          tag,
          summary: 'Replace a profile',
          headers: ['if-match'],
          detail:
            'Needs If-Match with the ETag of what was edited. Assignments change only when the document has them.',
        },
        { params, body: documentSchema, response: { 200: savedProfileSchema } },
      ),
      async (request, reply) => {
        const version = versionFromIfMatch(request);
        demandForAssignments(request);
        const { id } = await findProfile(useCases, request.params.profile);
        const input = { id, version, document: request.body, cause: causeOf(request) };
        return reviewed(useCases, savedProfile(await useCases.applyProfile(input), reply));
      },
    );

  scope.delete(
    '/profiles/:profile',
    documented(
      {
        permission: 'profiles.write',
        tag,
        summary: 'Delete a profile',
        headers: ['if-match'],
        detail: 'Devices lose what it brought them. If-Match is honoured, and may be left out.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const version = request.headers['if-match'] === undefined ? null : versionFromIfMatch(request);
      const { id } = await findProfile(useCases, request.params.profile);
      await useCases.deleteProfile({ id, version, cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.post(
    '/profiles/validate',
    documented(
      { permission: 'profiles.read', tag, summary: 'What saving a document would find, without saving' },
      { body: documentSchema, response: { 200: z.object({ findings: findingsSchema }) } },
    ),
    async (request) => {
      const document = request.body;
      const { findings } = await useCases.reviewProfile({ document });
      const intent = { kind: 'apply', documents: [document], prune: false } as const;
      const change = await useCases.intendedChange({ intent, cause: causeOf(request) });
      const [id] = change.kind === 'possible' ? change.focus : [];
      if (change.kind === 'refused' || id === undefined) return { findings };
      const review = await useCases.reviewAssignments({ world: change.after, focus: [id] });
      return { findings: review(id, findings) };
    },
  );

  scope.post(
    '/profiles/preview',
    documented(
      {
        permission: 'profiles.read',
        tag,
        summary: 'The certificate that a real device would get',
        detail: 'From a stored profile or a document; nothing is done.',
      },
      { body: previewInput, response: { 200: previewSchema } },
    ),
    async ({ body }) => {
      const profile = await previewed(useCases, body);
      const device = await findDevice(useCases, body.device);
      const user = body.user === undefined ? null : await findUser(useCases, body.user);
      return useCases.preview({ ...profile, deviceId: device.id, userId: user?.id ?? null });
    },
  );
}

/** A document may also assign. */
function demandForAssignments(request: FastifyRequest<{ Body: Record<string, unknown> }>): void {
  if ((request.body.assignments ?? null) !== null) demand(request, 'profiles.assign');
}

async function documentOf(useCases: ProfileUseCases, profile: Profile): Promise<Record<string, unknown>> {
  const root = profile.kind === 'scep' ? await useCases.profiles.get(profile.settings.rootCertificate) : null;
  const assignments = await draftFromAssignments(useCases, await useCases.assignments.byProfile(profile.id));
  return { ...profileDocument(profile, { rootSlug: root?.slug ?? null, assignments }) };
}

async function previewed(useCases: ProfileUseCases, body: z.infer<typeof previewInput>) {
  if ((body.profile === undefined) === (body.document === undefined))
    throw new Failure('malformed', 'bad-request', 'Give either `profile` or `document`.');
  if (body.profile !== undefined) return scepProfile(await findProfile(useCases, body.profile));
  const { draft, findings } = await useCases.reviewProfile({ document: body.document });
  if (draft === null) throw profileInvalid(findings);
  return scepProfile(draft);
}

function scepProfile(profile: Pick<Profile, 'kind' | 'settings' | 'name'> & { readonly slug: string | null }) {
  if (profile.kind !== 'scep')
    throw new Failure('invalid', 'profile-not-scep', `“${profile.name}” is no SCEP certificate profile.`);
  const { settings } = profile as Extract<Profile, { kind: 'scep' }>;
  return { settings, slug: profile.slug };
}
