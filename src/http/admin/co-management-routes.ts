/** `/api/v1/settings/co-management`: which co-managed Windows devices are ours. */
import { z } from 'zod';
import type { CoManagementStore } from '../../assignments/co-management.ts';
import type { saveCoManagement } from '../../assignments/save-co-management.ts';
import type { GroupStore } from '../../directory/group-store.ts';
import type { Bound } from '../../lib/bound.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { findGroup } from './directory-names.ts';
import { documented } from './documented.ts';
import { nameParam } from './find-named.ts';

export type CoManagementUseCases = {
  readonly coManagement: Pick<CoManagementStore, 'get'>;
  readonly groups: Pick<GroupStore, 'get' | 'findByName'>;
  readonly saveCoManagement: Bound<typeof saveCoManagement>;
};

const meaning = 'Devices with the workload pilot are ours when they are in it; null: all of them are';
const settingSchema = z
  .object({
    pilotGroup: z
      .object({ id: z.string(), name: z.string().nullable().describe('null: the group is gone, and nobody is in it') })
      .nullable()
      .describe(meaning),
  })
  .meta({ id: 'CoManagementSetting' });
const input = z.strictObject({ pilotGroup: nameParam(`Id or exact name. ${meaning}`).nullable() });
const tag = 'settings';

export function registerCoManagementRoutes(scope: AdminScope, useCases: CoManagementUseCases): void {
  const current = async () => {
    const { pilotGroup: id } = await useCases.coManagement.get();
    return { pilotGroup: id && { id, name: (await useCases.groups.get(id))?.name ?? null } };
  };

  scope.get(
    '/settings/co-management',
    documented(
      { permission: 'settings.read', tag, summary: 'Which co-managed Windows devices this server serves' },
      { response: { 200: settingSchema } },
    ),
    current,
  );

  scope.put(
    '/settings/co-management',
    documented(
      {
        permission: 'settings.write',
        tag,
        summary: 'Choose the pilot group of co-managed Windows devices',
        detail: 'Devices that leave by it lose what this server brought them.',
      },
      { body: input, response: { 200: settingSchema } },
    ),
    async (request) => {
      const { pilotGroup: named } = request.body;
      const pilotGroup = named === null ? null : (await findGroup(useCases, named)).id;
      await useCases.saveCoManagement({ setting: { pilotGroup }, cause: causeOf(request) });
      return current();
    },
  );
}
