/** `/api/v1/profiles/:profile/status`: how a profile fares, in numbers, by device and by user. */
import { z } from 'zod';
import { countByStatus, deploymentStatuses, statusOf, worstStatus } from '../../deployments/deployment-status.ts';
import type { UserStore } from '../../directory/user-store.ts';
import type { ProfileStatusStore } from '../../reporting/profile-status-store.ts';
import type { AdminScope } from './admin-scope.ts';
import { deploymentSchema, deploymentStateSchema, deploymentStatusSchema } from './deployment-schemas.ts';
import { documented } from './documented.ts';
import { nameParam } from './find-named.ts';
import { findProfile, type ProfileNames } from './find-profile.ts';
import { list } from './list-schema.ts';
import { type NamesOfDeployments, nameDeployments } from './name-deployments.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';

export type ProfileStatusUseCases = ProfileNames &
  NamesOfDeployments & {
    readonly profileStatus: ProfileStatusStore;
    readonly users: Pick<UserStore, 'getMany'>;
  };

const count = z.number().int();
export const statusCountsSchema = z
  .object(Object.fromEntries(deploymentStatuses.map((status) => [status, count])) as StatusShape)
  .meta({
    id: 'StatusCounts',
    description:
      'conflict: only for imported reports. notApplicable: the device had it, and should not any more; why a device never got it says explain.',
  });
type StatusShape = Record<(typeof deploymentStatuses)[number], typeof count>;

const params = z.strictObject({ profile: nameParam('Id, slug or exact name') });
const tag = 'profiles';

export function registerProfileStatusRoutes(scope: AdminScope, useCases: ProfileStatusUseCases): void {
  scope.get(
    '/profiles/:profile/status',
    documented(
      {
        permission: 'deployments.read',
        tag,
        summary: 'How a profile fares: its deployments by status and by state',
        detail: 'Counted at that moment, in one look.',
      },
      {
        params,
        response: {
          200: z
            .object({
              profileId: z.string(),
              slug: z.string(),
              total: count,
              counts: statusCountsSchema,
              states: list(
                z.object({
                  status: deploymentStatusSchema,
                  state: deploymentStateSchema,
                  wanted: z.boolean(),
                  count,
                }),
              ),
            })
            .meta({ id: 'ProfileStatus' }),
        },
      },
    ),
    async ({ params: { profile } }) => {
      const { id, slug } = await findProfile(useCases, profile);
      const states = await useCases.profileStatus.counts(id);
      return {
        profileId: id,
        slug,
        total: states.reduce((sum, { count }) => sum + count, 0),
        counts: countByStatus(states),
        states: states.map((each) => ({ status: statusOf(each), ...each })),
      };
    },
  );

  scope.get(
    '/profiles/:profile/status/devices',
    documented(
      { permission: 'deployments.read', tag, summary: 'How a profile fares on each device, the worst first' },
      {
        params,
        querystring: pageQuery.extend({ status: deploymentStatusSchema.optional() }),
        response: { 200: pageSchema(deploymentSchema) },
      },
    ),
    async ({ params: { profile }, query }) => {
      const { id } = await findProfile(useCases, profile);
      const { items, next } = await useCases.profileStatus.deployments(id, query.status ?? null, pageOf(query));
      return { items: await nameDeployments(useCases, items), next };
    },
  );

  scope.get(
    '/profiles/:profile/status/users',
    documented(
      {
        permission: 'deployments.read',
        tag,
        summary: 'How a profile fares for each user, in the order of ids',
        detail:
          'A user is whom a certificate is for, or whose device it is on. `status` is the worst of theirs; devices that nobody uses are not in this list.',
      },
      {
        params,
        querystring: pageQuery,
        response: {
          200: pageSchema(
            z
              .object({
                userId: z.string(),
                userPrincipalName: z.string().nullable().describe('Null: the user is deleted'),
                status: deploymentStatusSchema,
                counts: statusCountsSchema,
              })
              .meta({ id: 'UserStatus' }),
          ),
        },
      },
    ),
    async ({ params: { profile }, query }) => {
      const { id } = await findProfile(useCases, profile);
      const { items, next } = await useCases.profileStatus.users(id, pageOf(query));
      const users = await useCases.users.getMany(items.map(({ userId }) => userId));
      const names = new Map(users.map((user) => [user.id, user.userPrincipalName]));
      return {
        items: items.map(({ userId, counts }) => {
          const byStatus = countByStatus(counts);
          const status = worstStatus(byStatus) ?? 'notApplicable';
          return { userId, userPrincipalName: names.get(userId) ?? null, status, counts: byStatus };
        }),
        next,
      };
    },
  );
}
