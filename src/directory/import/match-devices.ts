import { didYouMean } from '../../lib/nearest.ts';
import type { DeviceId } from '../device.ts';
import { identityFact, identityKeys } from '../device-identity.ts';
import { managementFits, managementHint } from '../platform.ts';
import type { UserId } from '../user.ts';
import type { deviceColumns } from './columns.ts';
import { type DirectoryIndex, type IndexedDevice, pushTo } from './directory-index.ts';
import { newIdentityIndex } from './identity-index.ts';
import type { Faults, RowFault } from './import-fault.ts';
import type { TableRow } from './read-table.ts';
import type { Table } from './table.ts';
import type { DeviceTarget, MatchOptions } from './target.ts';

export type MatchedDevices = {
  readonly targets: readonly DeviceTarget[];
  readonly prune: readonly DeviceId[];
  /** All after the import: by name, and by the deviceId of the file, both in lower case. */
  readonly byName: ReadonlyMap<string, readonly DeviceId[]>;
  readonly byManagedId: ReadonlyMap<string, DeviceId>;
};

type DeviceTable = Table<typeof deviceColumns>;
type DeviceRow = TableRow<typeof deviceColumns>;
type Keys = readonly (string | null)[];

/** Devices are the same by the rule of `identityKeys`; `deviceId` first. */
export async function matchDevices(
  table: DeviceTable | null,
  index: DirectoryIndex,
  users: ReadonlyMap<string, UserId>,
  options: MatchOptions,
): Promise<MatchedDevices> {
  const targets: DeviceTarget[] = [];
  const byName = new Map<string, DeviceId[]>();
  const byManagedId = new Map<string, DeviceId>();
  const name = (id: DeviceId, deviceName: string, keys: Keys) => {
    pushTo(byName, deviceName.toLowerCase(), id);
    if (typeof keys[0] === 'string') byManagedId.set(keys[0], id);
  };
  const matcher = newMatcher(index.devices, options.faults.devices);
  for await (const row of table?.rows() ?? []) {
    checkManagement(row, options.faults.devices);
    const primaryUserId = primaryUserOf(row, users, options.faults.devices);
    const match = matcher(row);
    if (match === null) continue;
    const id = match.known?.id ?? options.newId<DeviceId>();
    name(id, row.cells.deviceName ?? '', match.keys);
    targets.push({ id, exists: match.known !== null, primaryUserId });
  }
  const matched = new Set(targets.map(({ id }) => id));
  const prune: DeviceId[] = [];
  for (const device of index.devices) {
    if (matched.has(device.id)) continue;
    if (options.prune && table !== null && device.fromCsv && !device.retired) prune.push(device.id);
    else name(device.id, device.name, device.keys);
  }
  return { targets, prune, byName, byManagedId };
}

/** Answers the known device that a row is about, or that there is none; null after a fault. */
function newMatcher(devices: readonly IndexedDevice[], faults: Faults<RowFault>) {
  const known = newIdentityIndex();
  for (const [at, device] of devices.entries()) known.add(device.platform, device.keys, at);
  /** By line. */
  const rows = newIdentityIndex();
  const lineOf = new Map<DeviceId, number>();
  return (row: DeviceRow): { known: IndexedDevice | null; keys: Keys } | null => {
    const { deviceName, platform, deviceId, entraDeviceId, serialNumber } = row.cells;
    if (!deviceName || !platform) return null;
    const facts = { deviceName, platform, managedDeviceId: deviceId, entraDeviceId, serialNumber };
    const keys = identityKeys(facts);
    const fact = identityFact(facts);
    const column = fact === 'managedDeviceId' ? 'deviceId' : fact;
    const refuse = (code: string, detail: string) => {
      faults.push({ row: row.number, name: column, code, detail });
      return null;
    };
    const [earlier] = rows.find(platform, keys);
    rows.add(platform, keys, row.line);
    if (earlier !== undefined) return refuse('duplicate-device', `Line ${earlier} is about the same device already.`);
    const [found, another] = known.find(platform, keys);
    const device = found === undefined ? undefined : devices[found];
    if (device === undefined) return { known: null, keys };
    if (another !== undefined) {
      return refuse('ambiguous-device', `Several known devices have this ${column}: add what tells them apart.`);
    }
    const taken = lineOf.get(device.id);
    if (taken !== undefined) return refuse('duplicate-device', `Line ${taken} is about the same device already.`);
    lineOf.set(device.id, row.line);
    return { known: device, keys };
  };
}

function checkManagement(row: DeviceRow, faults: Faults<RowFault>): void {
  const { platform, management } = row.cells;
  if (!platform || management === undefined || managementFits(platform, management)) return;
  const detail = managementHint(platform);
  faults.push({ row: row.number, name: 'management', code: 'management-does-not-fit', detail });
}

function primaryUserOf(
  row: DeviceRow,
  users: ReadonlyMap<string, UserId>,
  faults: Faults<RowFault>,
): UserId | null | undefined {
  const { primaryUser } = row.cells;
  if (!primaryUser) return primaryUser === undefined ? undefined : null;
  const id = users.get(primaryUser.toLowerCase());
  if (id !== undefined) return id;
  const hint = didYouMean(
    primaryUser,
    users.size > 5000 ? [] : [...users.keys()],
    'Add the user, or leave the cell empty.',
  );
  const detail = `There is no user "${primaryUser}". ${hint}`;
  faults.push({ row: row.number, name: 'primaryUser', code: 'unknown-user', detail });
  return null;
}
