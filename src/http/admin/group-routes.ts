/** `/api/v1/groups` and their members. */
import { z } from 'zod';
import type { changeMembers } from '../../directory/change-members.ts';
import type { GroupStore } from '../../directory/group-store.ts';
import type { removeGroups } from '../../directory/remove-groups.ts';
import type { saveGroup } from '../../directory/save-group.ts';
import type { Bound } from '../../lib/bound.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { type DirectoryNames, findGroup } from './directory-names.ts';
import { documented } from './documented.ts';
import { nameParam } from './find-named.ts';
import { list, time } from './list-schema.ts';
import { memberChange, membersOf } from './member-change.ts';
import { ownName } from './own-name.ts';
import { pageOf, pageSchema, searchQuery } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';

export type GroupUseCases = Pick<DirectoryNames, 'users' | 'devices'> & {
  readonly groups: Pick<GroupStore, 'get' | 'findByName' | 'list' | 'members'>;
  readonly saveGroup: Bound<typeof saveGroup>;
  readonly removeGroups: Bound<typeof removeGroups>;
  readonly changeMembers: Bound<typeof changeMembers>;
  readonly once: Once;
};

const groupSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['user', 'device']),
    description: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Group' });

const description = z.string().max(1000);
const params = z.strictObject({ group: nameParam('Id or exact name') });
const memberSchema = z.object({ kind: z.enum(['user', 'device', 'group']), id: z.string() }).meta({ id: 'Member' });
const tag = 'groups';

export function registerGroupRoutes(scope: AdminScope, useCases: GroupUseCases): void {
  scope.get(
    '/groups',
    documented(
      { permission: 'directory.read', tag, summary: 'List groups', detail: '`search` is a part of the name.' },
      { querystring: searchQuery, response: { 200: pageSchema(groupSchema) } },
    ),
    ({ query }) => useCases.groups.list({ search: query.search ?? null }, pageOf(query)),
  );

  scope.post(
    '/groups',
    documented(
      { permission: 'directory.write', tag, summary: 'Add a group', headers: ['idempotency-key'] },
      {
        body: z.strictObject({ name: ownName, kind: z.enum(['user', 'device']), description: description.default('') }),
        response: { 201: groupSchema },
      },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201 }, (cause) =>
        useCases.saveGroup({ id: null, ...request.body, cause }),
      ),
  );

  scope.get(
    '/groups/:group',
    documented(
      { permission: 'directory.read', tag, summary: 'Show a group' },
      { params, response: { 200: groupSchema } },
    ),
    ({ params: { group } }) => findGroup(useCases, group),
  );

  scope.patch(
    '/groups/:group',
    documented(
      { permission: 'directory.write', tag, summary: 'Rename or describe a group' },
      {
        params,
        body: z.strictObject({ name: ownName.optional(), description: description.optional() }),
        response: { 200: groupSchema },
      },
    ),
    async (request) => {
      const known = await findGroup(useCases, request.params.group);
      const { id, kind } = known;
      const { name = known.name, description = known.description } = request.body;
      return useCases.saveGroup({ id, kind, name, description, cause: causeOf(request) });
    },
  );

  scope.delete(
    '/groups/:group',
    documented(
      {
        permission: 'directory.write',
        tag,
        summary: 'Remove a group',
        detail:
          'Its members stay. While assignments include or exclude it, or it is the pilot group: 409 `group-in-use` with `params.profiles`.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const { id } = await findGroup(useCases, request.params.group);
      await useCases.removeGroups({ groupIds: [id], cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.get(
    '/groups/:group/members',
    documented(
      { permission: 'directory.read', tag, summary: 'List the direct members of a group' },
      { params, response: { 200: z.object({ items: list(memberSchema), next: z.null() }) } },
    ),
    async ({ params: { group } }) => {
      const { id } = await findGroup(useCases, group);
      return { items: (await useCases.groups.members([id])).map(({ member }) => member), next: null };
    },
  );

  scope.post(
    '/groups/:group/members',
    documented(
      {
        permission: 'directory.write',
        tag,
        summary: 'Add and remove members',
        headers: ['idempotency-key'],
        detail: 'Adding what is there and removing what is not change nothing; `changed` counts the rest.',
      },
      { params, body: memberChange, response: { 200: z.object({ changed: z.number().int() }) } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 200 }, async (cause) => {
        const { id } = await findGroup(useCases, request.params.group);
        const add = await membersOf(useCases, request.body.add);
        const remove = await membersOf(useCases, request.body.remove);
        return { changed: await useCases.changeMembers({ groupId: id, add, remove, cause }) };
      }),
  );
}
