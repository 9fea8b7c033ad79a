/** `/api/v1/scope-tags`, and the tags of devices. */
import { z } from 'zod';
import type { deleteScopeTag } from '../../access/delete-scope-tag.ts';
import type { giveScopeTags } from '../../access/give-scope-tags.ts';
import type { saveScopeTag } from '../../access/save-scope-tag.ts';
import { defaultScopeTag, type ScopeTag } from '../../access/scope-tag.ts';
import type { ScopeTagStore } from '../../access/scope-tag-store.ts';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { GroupId } from '../../directory/group.ts';
import type { GroupStore } from '../../directory/group-store.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import type { deviceScopeTags } from '../../reporting/device-scope-tags.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { findDevice, findGroup } from './directory-names.ts';
import { documented } from './documented.ts';
import { nameParam } from './find-named.ts';
import { findScopeTag } from './find-scope-tag.ts';
import { sendVersion, versionFromIfMatch } from './if-match.ts';
import { list, time } from './list-schema.ts';
import { ownName } from './own-name.ts';
import { pageOf, pageSchema, searchQuery } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';

export type ScopeTagUseCases = {
  readonly scopeTags: Pick<ScopeTagStore, 'get' | 'findByName' | 'list'>;
  readonly groups: Pick<GroupStore, 'get' | 'findByName'>;
  readonly devices: Pick<DeviceStore, 'get' | 'findByName'>;
  readonly saveScopeTag: Bound<typeof saveScopeTag>;
  readonly deleteScopeTag: Bound<typeof deleteScopeTag>;
  readonly giveScopeTags: Bound<typeof giveScopeTags>;
  readonly deviceScopeTags: Bound<typeof deviceScopeTags>;
  readonly once: Once;
};

const scopeTagSchema = z
  .object({
    id: z.string().describe('0 is Default'),
    name: z.string().describe('Unique without regard to case'),
    description: z.string(),
    groupIds: list(z.string()).describe('Groups of devices whose devices carry it'),
    builtIn: z.boolean().describe('Default: it never changes'),
    version: z.number().int().describe('For If-Match'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'ScopeTag' });
const deviceTagsSchema = z
  .object({
    scopeTags: list(z.string()).describe('Those that count'),
    from: z.enum(['groups', 'device', 'default']).describe('Tags of groups take the place of its own'),
    given: list(z.string()).describe('Those that it was given itself'),
  })
  .meta({ id: 'DeviceScopeTags' });

const params = z.strictObject({ scopeTag: nameParam('Id or exact name') });
const deviceParams = z.strictObject({ device: nameParam('Id or exact name') });
const input = z.strictObject({
  name: ownName,
  description: z.string().max(1000).default(''),
  groups: z.array(nameParam('Id or exact name')).max(1000).default([]).describe('Groups of devices'),
});
const tag = 'scope tags';

export function registerScopeTagRoutes(scope: AdminScope, useCases: ScopeTagUseCases): void {
  scope.get(
    '/scope-tags',
    documented(
      { permission: 'settings.read', tag, summary: 'List scope tags', detail: '`search` is a part of the name.' },
      { querystring: searchQuery, response: { 200: pageSchema(scopeTagSchema) } },
    ),
    async ({ query }) => {
      const page = await useCases.scopeTags.list({ search: query.search ?? null }, pageOf(query));
      return { items: page.items.map(view), next: page.next };
    },
  );

  scope.post(
    '/scope-tags',
    documented(
      { permission: 'settings.write', tag, summary: 'Add a scope tag', headers: ['idempotency-key'] },
      { body: input, response: { 201: scopeTagSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201 }, async (cause) => {
        const { groups, ...given } = request.body;
        const groupIds = await groupsOf(useCases, groups);
        return view(await useCases.saveScopeTag({ id: null, version: null, ...given, groupIds, cause }));
      }),
  );

  scope.get(
    '/scope-tags/:scopeTag',
    documented(
      { permission: 'settings.read', tag, summary: 'Show a scope tag' },
      { params, response: { 200: scopeTagSchema } },
    ),
    async ({ params: { scopeTag } }, reply) => {
      const found = await findScopeTag(useCases, scopeTag);
      sendVersion(reply, found.version);
      return view(found);
    },
  );

  scope.put(
    '/scope-tags/:scopeTag',
    documented(
      {
        permission: 'settings.write',
        tag,
        summary: 'Replace a scope tag',
        headers: ['if-match'],
        detail: 'Needs If-Match. Profiles and filters that carry it carry it on under another name.',
      },
      { params, body: input, response: { 200: scopeTagSchema } },
    ),
    async (request, reply) => {
      const version = versionFromIfMatch(request);
      const { id, groupIds: before } = await findScopeTag(useCases, request.params.scopeTag);
      const { groups, ...given } = request.body;
      // A group that the tag had and that is gone meanwhile is let go.
      const there = await Promise.all(
        groups.map(async (name) => !before.includes(name) || (await useCases.groups.get(name as GroupId)) !== null),
      );
      const groupIds = await groupsOf(
        useCases,
        groups.filter((_, at) => there[at]),
      );
      const saved = await useCases.saveScopeTag({ id, version, ...given, groupIds, cause: causeOf(request) });
      sendVersion(reply, saved.version);
      return view(saved);
    },
  );

  scope.delete(
    '/scope-tags/:scopeTag',
    documented(
      {
        permission: 'settings.write',
        tag,
        summary: 'Delete a scope tag',
        headers: ['if-match'],
        detail:
          'While profiles or filters carry it: 409 `scope-tag-in-use`. Devices lose it. If-Match may be left out.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const version = request.headers['if-match'] === undefined ? null : versionFromIfMatch(request);
      const { id } = await findScopeTag(useCases, request.params.scopeTag);
      await useCases.deleteScopeTag({ id, version, cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.get(
    '/devices/:device/scope-tags',
    documented(
      { permission: 'directory.read', tag, summary: 'The scope tags of a device, and where they come from' },
      { params: deviceParams, response: { 200: deviceTagsSchema } },
    ),
    async ({ params: { device } }) => tagsOf(useCases, (await findDevice(useCases, device)).id),
  );

  scope.put(
    '/devices/:device/scope-tags',
    documented(
      {
        permission: 'devices.manage',
        tag,
        summary: 'Give a device scope tags of its own',
        detail: 'They count while no group tags it.',
      },
      {
        params: deviceParams,
        body: z.strictObject({ scopeTags: z.array(z.string().trim().min(1).max(200)).max(1000) }),
        response: { 200: deviceTagsSchema },
      },
    ),
    async (request) => {
      const { id } = await findDevice(useCases, request.params.device);
      await useCases.giveScopeTags({ deviceId: id, names: request.body.scopeTags, cause: causeOf(request) });
      return tagsOf(useCases, id);
    },
  );
}

async function tagsOf({ deviceScopeTags }: ScopeTagUseCases, id: Parameters<typeof deviceScopeTags>[0][number]) {
  const found = (await deviceScopeTags([id])).get(id);
  return {
    scopeTags: [...(found?.scopeTags ?? [])],
    from: found?.from ?? 'default',
    given: [...(found?.given ?? [])],
  };
}

async function groupsOf(useCases: ScopeTagUseCases, names: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const group = await findGroup(useCases, name);
    // It holds no device, so that its tag would count for none.
    if (group.kind === 'user')
      throw new Failure(
        'invalid',
        'wrong-group-kind',
        `“${group.name}” is a group of users. Devices carry the tags of their groups: choose a group of devices.`,
        { group: group.name },
      );
    ids.push(group.id);
  }
  return ids;
}

function view(each: ScopeTag) {
  return { ...each, groupIds: [...each.groupIds], builtIn: each.id === defaultScopeTag.id };
}
