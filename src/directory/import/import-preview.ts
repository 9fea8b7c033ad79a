/** What an import would change, thing by thing and before it does: as many of each sort as anybody looks through. */
import type { FieldChange } from '../../events/field-change.ts';
import type { DeviceId } from '../device.ts';
import type { DeviceStore } from '../device-store.ts';
import type { Group, GroupId, Member, Membership } from '../group.ts';
import type { GroupStore } from '../group-store.ts';
import type { UserId } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import type { ImportKind } from './import-fault.ts';

export type PlannedChange = {
  readonly kind: ImportKind;
  readonly change: 'created' | 'updated' | 'removed';
  /** Of the user, group or device; of a membership the group's. */
  readonly name: string;
  /** Of a membership: who comes or goes. */
  readonly member: { readonly kind: Member['kind']; readonly name: string } | null;
  /** Of what is updated. */
  readonly fields: readonly FieldChange[];
};

/** Of each kind and change; the counts tell how many there are. */
export const shownChanges = 100;

type Stores = {
  readonly users: Pick<UserStore, 'getMany'>;
  readonly groups: Pick<GroupStore, 'get'>;
  readonly devices: Pick<DeviceStore, 'getMany'>;
};

/** New things are known to nobody yet: the files tell what they are called. */
type NewNames = { users(): Names; groups(): Names; devices(): Names };
type Names = AsyncIterable<readonly { readonly id: string; readonly name: string }[]>;

export type ImportPreview = {
  add(kind: ImportKind, change: PlannedChange['change'], name: string, fields?: readonly FieldChange[]): void;
  addMember(change: 'created' | 'removed', membership: Membership): void;
  /** Whether one more of a sort would be shown. */
  wants(kind: ImportKind, change: PlannedChange['change']): boolean;
  changes(stores: Stores, newNames: NewNames): Promise<readonly PlannedChange[]>;
};

export function importPreview(): ImportPreview {
  const shown: PlannedChange[] = [];
  const members: { readonly change: 'created' | 'removed'; readonly membership: Membership }[] = [];
  const counts = new Map<string, number>();
  const wants: ImportPreview['wants'] = (kind, change) => (counts.get(`${kind} ${change}`) ?? 0) < shownChanges;
  const take: ImportPreview['wants'] = (kind, change) => {
    if (!wants(kind, change)) return false;
    counts.set(`${kind} ${change}`, (counts.get(`${kind} ${change}`) ?? 0) + 1);
    return true;
  };
  return {
    wants,
    add(kind, change, name, fields = []) {
      if (take(kind, change)) shown.push({ kind, change, name, member: null, fields });
    },
    addMember(change, membership) {
      if (take('members', change)) members.push({ change, membership });
    },
    async changes(stores, newNames) {
      const names = await namesOf(
        stores,
        newNames,
        members.flatMap(({ membership: { groupId, member } }) => [{ kind: 'group', id: groupId } as const, member]),
      );
      const named = members.map(({ change, membership: { groupId, member } }): PlannedChange => {
        const name = names.get(groupId) ?? groupId;
        const who = { kind: member.kind, name: names.get(member.id) ?? member.id };
        return { kind: 'members', change, name, member: who, fields: [] };
      });
      return [...shown, ...named];
    },
  };
}

async function namesOf(
  { users, groups, devices }: Stores,
  newNames: NewNames,
  members: readonly Member[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const ids = <Id extends string>(kind: Member['kind']) =>
    [...new Set(members.filter((member) => member.kind === kind).map(({ id }) => id))] as unknown as readonly Id[];
  const wanted = { user: ids<UserId>('user'), group: ids<GroupId>('group'), device: ids<DeviceId>('device') };
  for (const { id, userPrincipalName } of await users.getMany(wanted.user)) names.set(id, userPrincipalName);
  for (const { id, deviceName } of await devices.getMany(wanted.device)) names.set(id, deviceName);
  for (const id of wanted.group) {
    const group: Group | null = await groups.get(id);
    if (group !== null) names.set(id, group.name);
  }
  const missing = (of: readonly string[]) => new Set(of.filter((id) => !names.has(id)));
  await findNames(missing(wanted.user), newNames.users, names);
  await findNames(missing(wanted.group), newNames.groups, names);
  await findNames(missing(wanted.device), newNames.devices, names);
  return names;
}

async function findNames(missing: Set<string>, read: () => Names, names: Map<string, string>): Promise<void> {
  if (missing.size === 0) return;
  for await (const batch of read()) {
    for (const { id, name } of batch) if (missing.delete(id)) names.set(id, name);
    if (missing.size === 0) return;
  }
}
