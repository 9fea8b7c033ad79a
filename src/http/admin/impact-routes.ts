/** `/api/v1/impact`: what a change that is not one of profiles would do to devices, before anybody makes it. */
import { z } from 'zod';
import { checkedRule } from '../../assignments/filter/checked-rule.ts';
import type { Filter } from '../../assignments/filter/filter.ts';
import type { FilterStore } from '../../assignments/filter/filter-store.ts';
import { type GroupUses, groupInUseText } from '../../directory/group-uses.ts';
import type { Bound } from '../../lib/bound.ts';
import type { ImpactInput, ImpactItem } from '../../lifecycle/impact.ts';
import type { leavingImpact } from '../../lifecycle/leaving-impact.ts';
import type { ReachIntent, reachImpact } from '../../lifecycle/reach-impact.ts';
import type { Profile } from '../../profiles/profile.ts';
import type { ProfileHistory } from '../../profiles/profile-history.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { AdminScope } from './admin-scope.ts';
import { type DirectoryNames, findDevice, findGroup, findUser } from './directory-names.ts';
import { documented } from './documented.ts';
import { type FilterNames, findFilter } from './find-filter.ts';
import { nameParam } from './find-named.ts';
import { impactView, profileImpactSchema } from './impact-schemas.ts';
import { list } from './list-schema.ts';
import { memberChange, membersOf } from './member-change.ts';

export type ImpactUseCases = DirectoryNames &
  FilterNames & {
    readonly filters: Pick<FilterStore, 'get'>;
    readonly profiles: Pick<ProfileStore, 'get'>;
    readonly profileHistory: Pick<ProfileHistory, 'latest'>;
    readonly groupUses: GroupUses;
    readonly reachImpact: Bound<typeof reachImpact>;
    readonly leavingImpact: Bound<typeof leavingImpact>;
    /** Whether so many devices that lose something would wait to be confirmed. */
    readonly wouldWait: (devices: number) => Promise<boolean>;
  };

const limit = z.number().int().min(0).max(1000).default(20).describe('Names per profile and effect');
const group = nameParam('Id or exact name');
const bodySchema = z.discriminatedUnion('change', [
  memberChange.extend({ change: z.literal('members'), group, limit }),
  z.strictObject({ change: z.literal('deleteGroup'), group, limit }),
  z.strictObject({ change: z.literal('deleteUser'), user: nameParam('Id or user principal name'), limit }),
  z.strictObject({
    change: z.enum(['retire', 'wipe', 'deleteDevice']),
    device: nameParam('Id or exact name'),
    limit,
  }),
  z.strictObject({
    change: z.literal('filter'),
    filter: nameParam('Id or exact name'),
    rule: z.string().max(3072).describe('To become its rule'),
    limit,
  }),
  z.strictObject({ change: z.literal('coManagement'), pilotGroup: group.nullable(), limit }),
]);

const answerSchema = z
  .object({
    devices: z.number().int().describe('That were looked at'),
    losing: z.number().int().describe('Those of them that lose something'),
    certificates: z.number().int().describe('In force, and revoked by it, at once or later'),
    profiles: list(profileImpactSchema).describe('Those of which something changes on some device'),
    obstacle: z
      .object({ code: z.string(), detail: z.string() })
      .nullable()
      .describe('Why the change would be refused all the same: a group that is in use'),
  })
  .meta({ id: 'ReachImpact' });

type Impact = {
  readonly input: ImpactInput;
  readonly items: AsyncIterable<readonly ImpactItem[]>;
  /** Null: as the items say. */
  readonly certificates: number | null;
  readonly obstacle: { readonly code: string; readonly detail: string } | null;
  readonly wouldWait: ImpactUseCases['wouldWait'];
};

export function registerImpactRoutes(scope: AdminScope, useCases: ImpactUseCases): void {
  scope.post(
    '/impact',
    documented(
      {
        permission: 'directory.read',
        tag: 'devices',
        summary: 'What a change of groups, users, devices, a filter or co-management would do to devices',
        detail:
          'Who would gain, keep, lose or replace a certificate. A dry run of what reconciling and removing do; nothing is done. For changes of profiles and assignments there is `/profiles/impact`.',
      },
      { body: bodySchema, response: { 200: answerSchema } },
    ),
    async ({ body }) => {
      const impact = await impactOf(useCases, body);
      const devices = new Set<string>(impact.input.deviceIds);
      const losing = new Set<string>();
      let certificates = 0;
      const counted = async function* () {
        for await (const items of impact.items) {
          for (const { device, removal, effect, holdsCertificate } of items) {
            devices.add(device.id);
            if (removal?.countedFrom === 'change') losing.add(device.id);
            if (effect === 'revoke' && holdsCertificate) certificates++;
          }
          yield items;
        }
      };
      const view = await impactView({ impact: counted, wouldWait: impact.wouldWait }, impact.input, body.limit);
      return {
        devices: devices.size,
        losing: losing.size,
        certificates: impact.certificates ?? certificates,
        profiles: view.filter(changes),
        obstacle: impact.obstacle,
      };
    },
  );
}

/** Who could have none before can have none after. */
function changes({ counts, certificates }: Awaited<ReturnType<typeof impactView>>[number]): boolean {
  const { keep: _, blocked: __, ...others } = counts;
  return certificates.blocked > 0 || Object.values(others).some((count) => count > 0);
}

const occasions = { retire: 'retired', wipe: 'wiped', deleteDevice: 'deviceDeleted' } as const;

async function impactOf(useCases: ImpactUseCases, body: z.output<typeof bodySchema>): Promise<Impact> {
  if ('device' in body) {
    const device = await findDevice(useCases, body.device);
    const { items, certificates } = await useCases.leavingImpact({ device, occasion: occasions[body.change] });
    const profiles = await profilesOf(useCases, items);
    const world = { profiles, assignments: [] };
    return {
      input: { before: world, after: world, focus: [], deviceIds: [device.id] },
      items: one(items),
      certificates,
      obstacle: null,
      // Whoever names a device means it.
      wouldWait: async () => false,
    };
  }
  const intent = await intentOf(useCases, body);
  const impact = await useCases.reachImpact({ intent });
  // Of what keeps its place nothing is to be told where it is not touched.
  return {
    ...impact,
    input: { ...impact.input, focus: [] },
    certificates: null,
    obstacle: intent.kind === 'delete-group' ? await useOf(useCases, intent.groupId) : null,
    wouldWait: useCases.wouldWait,
  };
}

async function intentOf(
  useCases: ImpactUseCases,
  body: Exclude<z.output<typeof bodySchema>, { device: string }>,
): Promise<ReachIntent> {
  switch (body.change) {
    case 'members': {
      const { id: groupId } = await findGroup(useCases, body.group);
      const add = await membersOf(useCases, body.add);
      return { kind: 'members', groupId, add, remove: await membersOf(useCases, body.remove) };
    }
    case 'deleteGroup':
      return { kind: 'delete-group', groupId: (await findGroup(useCases, body.group)).id };
    case 'deleteUser':
      return { kind: 'delete-user', userId: (await findUser(useCases, body.user)).id };
    case 'filter': {
      const filter: Filter = await findFilter(useCases, body.filter);
      const { tree } = checkedRule(body.rule, filter.platform);
      return { kind: 'filter', filter: { ...filter, rule: body.rule, tree } };
    }
    case 'coManagement': {
      const pilotGroup = body.pilotGroup === null ? null : (await findGroup(useCases, body.pilotGroup)).id;
      return { kind: 'co-management', setting: { pilotGroup } };
    }
  }
}

async function useOf(useCases: ImpactUseCases, groupId: Extract<ReachIntent, { groupId: unknown }>['groupId']) {
  const uses = (await useCases.groupUses([groupId])).get(groupId);
  if (uses === undefined) return null;
  const { name } = await findGroup(useCases, groupId);
  return { code: 'group-in-use', detail: groupInUseText(name, uses) };
}

/** As they are, or were when they went. */
async function profilesOf(
  { profiles, profileHistory }: Pick<ImpactUseCases, 'profiles' | 'profileHistory'>,
  items: readonly ImpactItem[],
): Promise<readonly Profile[]> {
  const found: Profile[] = [];
  for (const id of new Set(items.map(({ profileId }) => profileId))) {
    const profile = (await profiles.get(id)) ?? (await profileHistory.latest(id));
    if (profile !== null) found.push(profile);
  }
  return found;
}

async function* one<T>(item: T): AsyncGenerator<T> {
  yield item;
}
