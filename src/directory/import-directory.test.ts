import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openTestStores, type StoreKind, storeKinds } from '../../test/support/stores.ts';
import { systemCause } from '../events/event.ts';
import type { ImportProgress } from './import/apply-import.ts';
import type { ImportFault, ImportKind } from './import/import-fault.ts';
import { type ImportFile, importFileOf } from './import/import-file.ts';
import { type PlannedChange, shownChanges } from './import/import-preview.ts';
import { type ImportDirectoryDeps, type ImportDirectoryInput, importDirectory } from './import-directory.ts';
import { removeDevices } from './remove-devices.ts';
import { reportFacts } from './report-facts.ts';
import { saveDevice } from './save-device.ts';
import { saveUser } from './save-user.ts';

type Files = Record<ImportKind, string | null>;
const now = Date.UTC(2026, 10, 1);
const clock = { now: () => now, monotonic: () => 0 };
const noFiles: Files = { users: null, groups: null, members: null, devices: null };

const smallOrganisation: Files = {
  users: 'userPrincipalName,displayName,emailAddress\nann@x.example,Ann,ann@x.example\nbob@x.example,Bob,\n',
  groups: 'groupName,kind\nStaff,user\nLaptops,device\nHouse,device\n',
  members: 'groupName,member,memberKind\nStaff,ann@x.example,user\nLaptops,L1,device\nHouse,Laptops,group\n',
  devices:
    'deviceName,platform,deviceId,serialNumber,primaryUser,registeredAt\n' +
    'L1,linux,id-1,S1,ann@x.example,2026-01-01T09:00:00Z\n' +
    'L2,linux,id-2,S2,,\n',
};

function filesOf({ users, groups, members, devices }: Files): ImportDirectoryInput['files'] {
  const of = (text: string | null) => (text === null ? null : importFileOf(text));
  return { users: of(users), groups: of(groups), members: of(members), devices: of(devices) };
}

async function open(kind: StoreKind = 'sqlite') {
  const stores = await openTestStores({ clock, kind });
  const deps: ImportDirectoryDeps = {
    ...stores,
    clock,
    groupUses: async () => new Map(),
    deleteDevices: (input) => removeDevices(stores, input),
  };
  const run = (files: Partial<Files>, more: Partial<ImportDirectoryInput> = {}) =>
    importDirectory(deps, {
      files: filesOf({ ...noFiles, ...files }),
      mode: 'apply',
      prune: null,
      cause: systemCause,
      ...more,
    });
  const events = async () => (await stores.events.list({ subject: null, types: null }, page)).items;
  const imports = async () => (await events()).filter(({ type }) => type === 'directory.imported');
  return { stores, deps, run, events, imports, [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose]() };
}

const page = { limit: 500, cursor: null };
const anyDevice = { search: null, platform: null, primaryUserId: null };

async function sampleOrganisation(): Promise<Files> {
  const read = (name: string) => readFile(new URL(`../../examples/sample-org/${name}`, import.meta.url), 'utf8');
  return {
    users: await read('users.csv'),
    groups: await read('groups.csv'),
    members: await read('group-members.csv'),
    devices: await read('devices.csv'),
  };
}

for (const kind of storeKinds()) {
  test(`the sample organisation comes in whole, and again without a change (${kind})`, async () => {
    await using world = await open(kind);
    const files = await sampleOrganisation();
    const first = await world.run(files);
    assert.deepEqual(first, {
      kind: 'imported',
      counts: {
        users: { created: 44, updated: 0, unchanged: 0, pruned: 0 },
        groups: { created: 14, updated: 0, unchanged: 0, pruned: 0 },
        members: { created: 168, updated: 0, unchanged: 0, pruned: 0 },
        devices: { created: 135, updated: 0, unchanged: 0, pruned: 0 },
      },
    });
    assert.equal(await world.stores.dirtyQueue.size(), 135);
    const [odd] = await world.stores.devices.findByName('reception, front desk');
    assert.equal(odd?.platform, 'ios');
    assert.equal(odd?.sources.serialNumber, 'csv');
    const [kiosk] = await world.stores.groups.findByName('Whole House');
    assert.ok(kiosk);
    const within = await world.stores.memberships.devicesOf([{ kind: 'group', id: kiosk.id }]);
    assert.ok(within.length > 50, `nested groups reach ${within.length} devices`);

    await world.stores.transact(async () => world.stores.dirtyQueue.done(await world.stores.dirtyQueue.take(1000)));
    const again = await world.run(files);
    assert.deepEqual(again, {
      kind: 'imported',
      counts: {
        users: { created: 0, updated: 0, unchanged: 44, pruned: 0 },
        groups: { created: 0, updated: 0, unchanged: 14, pruned: 0 },
        members: { created: 0, updated: 0, unchanged: 168, pruned: 0 },
        devices: { created: 0, updated: 0, unchanged: 135, pruned: 0 },
      },
    });
    assert.equal((await world.imports()).length, 1);
    assert.equal(await world.stores.dirtyQueue.size(), 0);
  });
}

for (const kind of storeKinds()) {
  test(`what an import did to one object stands in its own timeline, and nothing of others (${kind})`, async () => {
    await using world = await open(kind);
    const { stores, run } = world;
    const rows = Array.from({ length: 250 }, (_, at) => `D${at},linux,id-d${at},SD${at},bob@x.example,\n`);
    await run({ ...smallOrganisation, devices: smallOrganisation.devices + rows.join('') });
    const users = 'userPrincipalName,displayName,emailAddress\nann@x.example,Anna,ann@x.example\n';
    await run({ users, devices: smallOrganisation.devices?.replace('S1', 'S1-new').replace('S2', 'S2-new') ?? null });
    await run({ users }, { prune: { limit: 100 } });
    const told = async (of: 'device' | 'user' | 'group', id: string | undefined) =>
      (await stores.events.list({ subject: { kind: of, id: id ?? '' }, types: null }, page)).items.map(
        ({ type, subjects, data }) => [type, subjects.map(({ name }) => name), data.change, data.changes ?? null],
      );
    const [first] = await stores.devices.findByName('L1');
    const [last] = await stores.devices.findByName('D249');
    const bob = (await world.events()).flatMap(({ subjects }) => subjects).find(({ name }) => name === 'bob@x.example');
    const ann = await stores.users.findByPrincipalName('ann@x.example');
    const [staff] = await stores.groups.findByName('Staff');
    const type = 'directory.changed';
    assert.deepEqual(await told('device', first?.id), [
      [type, ['L1'], 'updated', [{ field: 'serialNumber', before: 'S1', after: 'S1-new' }]],
      [type, ['L1'], 'created', null],
    ]);
    assert.deepEqual(await told('device', last?.id), [[type, ['D249'], 'created', null]]);
    assert.deepEqual(await told('user', ann?.id), [
      [type, ['ann@x.example'], 'updated', [{ field: 'displayName', before: 'Ann', after: 'Anna' }]],
      [type, ['ann@x.example'], 'created', null],
    ]);
    assert.deepEqual(await told('user', bob?.id), [
      [type, ['bob@x.example'], 'removed', null],
      [type, ['bob@x.example'], 'created', null],
    ]);
    assert.deepEqual(await told('group', staff?.id), [[type, ['Staff'], 'created', null]]);
    const made = (await world.events()).filter(
      ({ data, subjects }) => data.change === 'created' && subjects[0]?.kind === 'device',
    );
    assert.deepEqual(made.map(({ subjects }) => subjects.length).sort(), [100, 100, 52]);
  });
}

test('a plan counts what an import would do and writes nothing', async () => {
  await using world = await open();
  const planned = await world.run(smallOrganisation, { mode: 'plan' });
  assert.equal(planned.kind, 'planned');
  const done = await world.run(smallOrganisation);
  assert.ok(planned.kind === 'planned' && done.kind === 'imported');
  assert.deepEqual(planned.counts, done.counts);
  assert.equal((await world.imports()).length, 1);
});

for (const kind of storeKinds()) {
  test(`a plan shows what is added, changed and removed, by name, and no more of it than is looked at (${kind})`, async () => {
    await using world = await open(kind);
    const fresh = await world.run(smallOrganisation, { mode: 'plan' });
    assert.ok(fresh.kind === 'planned');
    const said = ({ kind: of, change, name, member }: PlannedChange) =>
      [of, change, member === null ? name : `${member.kind} ${member.name} in ${name}`].join(' ');
    assert.deepEqual(fresh.changes.map(said), [
      'users created ann@x.example',
      'users created bob@x.example',
      'groups created Staff',
      'groups created Laptops',
      'groups created House',
      'devices created L1',
      'devices created L2',
      'members created user ann@x.example in Staff',
      'members created device L1 in Laptops',
      'members created group Laptops in House',
    ]);
    await world.run(smallOrganisation);
    const later = await world.run(
      {
        users: 'userPrincipalName,displayName\nann@x.example,<b>Anna</b>\ncy@x.example,Cy\n',
        groups: 'groupName,kind\nStaff,user\nLaptops,device\n',
        devices: smallOrganisation.devices?.replace('id-2,S2,,\n', 'id-2,S2-new,,\n') ?? null,
        members: 'groupName,member,memberKind\nStaff,cy@x.example,user\nLaptops,L2,device\n',
      },
      { mode: 'plan', prune: { limit: 100 } },
    );
    assert.ok(later.kind === 'planned', JSON.stringify(later));
    assert.deepEqual(later.changes.map(said).toSorted(), [
      'devices updated L2',
      'groups removed House',
      'members created device L2 in Laptops',
      'members created user cy@x.example in Staff',
      'members removed device L1 in Laptops',
      'members removed user ann@x.example in Staff',
      'users created cy@x.example',
      'users removed bob@x.example',
      'users updated ann@x.example',
    ]);
    const changed = (name: string) => later.changes.find((change) => change.name === name)?.fields;
    assert.deepEqual(changed('ann@x.example'), [{ field: 'displayName', before: 'Ann', after: '<b>Anna</b>' }]);
    assert.deepEqual(changed('L2'), [{ field: 'serialNumber', before: 'S2', after: 'S2-new' }]);

    const rows = Array.from({ length: 3 * shownChanges }, (_, at) => `u${at}@x.example\n`).join('');
    const many = await world.run({ users: `userPrincipalName\n${rows}` }, { mode: 'plan' });
    assert.ok(many.kind === 'planned');
    assert.deepEqual([many.counts.users.created, many.changes.length], [3 * shownChanges, shownChanges]);
    assert.deepEqual((await world.imports()).length, 1, 'nothing of it was written');
  });
}

for (const [what, bytes] of [
  ['an Excel workbook', 'PK\u0003\u0004\u0014\u0000\u0006\u0000xl/workbook.xml'],
  ['a PDF', '%PDF-1.7\n%âãÏÓ'],
  ['UTF-16', Buffer.from('\ufeffuserPrincipalName\n', 'utf16le')],
  ['a web page', '<!doctype html><script>alert(1)</script>'],
] as const)
  test(`a file that is ${what} by another name is called what it is`, async () => {
    await using world = await open();
    const given = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    const users: ImportFile = {
      size: given.length,
      async *bytes() {
        yield new Uint8Array(given);
      },
    };
    const refused = await importDirectory(world.deps, {
      files: { ...filesOf(noFiles), users },
      mode: 'plan',
      prune: null,
      cause: systemCause,
    });
    assert.ok(refused.kind === 'refused');
    assert.deepEqual([refused.total, refused.faults[0]?.code, refused.faults[0]?.line], [1, 'not-csv', 1]);
    assert.match(refused.faults[0]?.detail ?? '', new RegExp(what));
  });

test('only what a change touches is marked', async () => {
  const empty = async (world: Awaited<ReturnType<typeof open>>) => {
    const queue = world.stores.dirtyQueue;
    const taken = await queue.take(1000);
    await world.stores.transact(() => queue.done(taken));
    const devices = await world.stores.devices.getMany(taken.map(({ deviceId }) => deviceId));
    return devices.map(({ deviceName }) => deviceName).sort();
  };
  await using world = await open();
  await world.run(smallOrganisation);
  assert.deepEqual(await empty(world), ['L1', 'L2']);
  const users = smallOrganisation.users?.replace('Ann,', 'Anne,') ?? '';
  await world.run({ users });
  assert.deepEqual(await empty(world), ['L1']);
  await world.run({ groups: 'groupName,kind,description\nStaff,user,Everybody\n' });
  assert.deepEqual(await empty(world), []);
  await world.run({ members: 'groupName,member,memberKind\nHouse,L2,device\n' });
  assert.deepEqual(await empty(world), ['L2']);
  await world.run({ devices: smallOrganisation.devices?.replace('S2', 'S3') ?? '' });
  assert.deepEqual(await empty(world), ['L2']);
});

test('an empty cell takes back what a file said, and nothing else', async () => {
  await using world = await open();
  await world.run(smallOrganisation);
  const [device] = await world.stores.devices.findByName('L1');
  assert.ok(device);
  const facts = { model: 'XPS 13' };
  await saveDevice({ ...world.stores, clock }, { id: device.id, facts, source: 'api', cause: systemCause });
  const header = 'deviceName,platform,deviceId,serialNumber,model';
  const result = await world.run({ devices: `${header}\nL1,linux,id-1,,\n` });
  assert.ok(result.kind === 'imported' && result.counts.devices.updated === 1);
  const after = await world.stores.devices.get(device.id);
  assert.equal(after?.serialNumber, null);
  assert.equal(after?.sources.serialNumber, undefined);
  assert.equal(after?.model, 'XPS 13');
  assert.equal(after?.primaryUserId, device.primaryUserId, 'a column that is not there says nothing');
});

test('what the device brought about itself outlives an empty cell', async () => {
  await using world = await open();
  await world.run(smallOrganisation);
  const [device] = await world.stores.devices.findByName('L2');
  assert.ok(device && device.registeredAt === null);
  const report = { deviceId: device.id, reported: { serialNumber: 'other' }, complete: true, cause: systemCause };
  await reportFacts({ ...world.stores, clock }, report);
  const again = await world.run(smallOrganisation);
  assert.ok(again.kind === 'imported' && again.counts.devices.unchanged === 2);
  const after = await world.stores.devices.get(device.id);
  assert.deepEqual([after?.registeredAt, after?.serialNumber, after?.reported.serialNumber], [now, 'S2', 'other']);
});

test('when a device joined and registered here, no file knows better', async () => {
  await using world = await open();
  await world.run(smallOrganisation);
  const [device] = await world.stores.devices.findByName('L1');
  assert.ok(device?.registeredAt === Date.UTC(2026, 0, 1, 9));
  const sources = { ...device.sources, enrolledAt: 'device', registeredAt: 'device' } as const;
  const joined = { ...device, enrolledAt: now, registeredAt: now, sources };
  await world.stores.transact(() => world.stores.devices.save([joined]));
  const dated =
    'deviceName,platform,deviceId,enrolledAt,registeredAt\nL1,linux,id-1,2025-12-31T09:00:00Z,2026-01-01T09:00:00Z\n';
  for (const files of [smallOrganisation, { devices: dated }]) {
    const again = await world.run(files);
    assert.ok(again.kind === 'imported' && again.counts.devices.updated === 0);
  }
  assert.deepEqual(await world.stores.devices.get(device.id), joined);
});

test('progress reaches the end of every step', async () => {
  await using world = await open();
  const last = new Map<string, string>();
  const onProgress = ({ step, done, total }: ImportProgress) => last.set(step, `${done} of ${total}`);
  await world.run(smallOrganisation, { onProgress });
  const bytes = Object.values(smallOrganisation).join('').length;
  assert.deepEqual([...last].sort(), [
    ['comparing', '1 of 1'],
    ['devices', '2 of 2'],
    ['groups', '3 of 3'],
    ['members', '3 of 3'],
    ['reading', `${bytes} of ${bytes}`],
    ['users', '2 of 2'],
  ]);
});

test('an import without any file is refused', async () => {
  await using world = await open();
  await assert.rejects(world.run({}), { code: 'nothing-to-import' });
});

test('devices keep their identity when they are renamed; a machine enrolled anew is another device', async () => {
  await using world = await open();
  await world.run(smallOrganisation);
  const header = 'deviceName,platform,deviceId,serialNumber';
  const renamed = await world.run({ devices: `${header}\nRenamed,linux,ID-1,S1\nL2,linux,,s2\nL2,linux,id-9,S2\n` });
  assert.deepEqual(codes(renamed), ['devices.csv 4:10 duplicate-device'], 'lines 3 and 4 share a serial number');
  const result = await world.run({ devices: `${header}\nRenamed,linux,ID-1,S1\nL2,linux,id-9,S2\n` });
  assert.ok(result.kind === 'imported');
  assert.deepEqual(result.counts.devices, { created: 1, updated: 1, unchanged: 0, pruned: 0 });
  const bySerial = await world.run({ devices: 'deviceName,platform,serialNumber,model\nRenamed,linux,S1,T14\n' });
  assert.ok(bySerial.kind === 'imported' && bySerial.counts.devices.updated === 1);
});

test('a workload that nobody knows is a fault with the nearest word; each known spelling is taken', async () => {
  await using world = await open();
  const header = 'deviceName,platform,coManagementWorkload\n';
  const wrong = await world.run({ devices: `${header}W1,windows10,pilot\nW2,windows10,configurationManger\n` });
  assert.deepEqual(codes(wrong), ['devices.csv 3:14 unknown-workload']);
  assert.ok(wrong.kind === 'refused');
  assert.match(wrong.faults[0]?.detail ?? '', /Did you mean "configurationManager"\? Known are .*pilotIntune, intune/);
  assert.deepEqual((await world.stores.devices.list(anyDevice, page)).items, []);
  const right = await world.run({ devices: `${header}W1,windows10,Pilot Intune\nW2,windows10,ConfigMgr\n` });
  assert.ok(right.kind === 'imported' && right.counts.devices.created === 2);
});

test('pruning is asked for, counted and limited', async () => {
  await using world = await open();
  await world.run(smallOrganisation);
  await saveUser(
    { ...world.stores, clock },
    { id: null, facts: { userPrincipalName: 'eve@x.example' }, source: 'api', cause: systemCause },
  );
  const files = {
    users: 'userPrincipalName\nann@x.example\n',
    groups: 'groupName,kind\nStaff,user\nLaptops,device\nHouse,device\n',
    members: 'groupName,member,memberKind\nStaff,ann@x.example,user\nLaptops,L1,device\n',
    devices: 'deviceName,platform,deviceId\nL1,linux,id-1\n',
  };
  const without = await world.run(files);
  assert.ok(without.kind === 'imported' && without.counts.users.pruned === 0);
  const refused = await world.run(files, { prune: { limit: 10 } });
  assert.ok(refused.kind === 'prune-refused');
  assert.deepEqual(refused.exceeding, [
    { kind: 'users', percent: 33.3 },
    { kind: 'members', percent: 33.3 },
    { kind: 'devices', percent: 50 },
  ]);
  assert.equal((await world.stores.devices.list(anyDevice, page)).items.length, 2);
  const pruned = await world.run(files, { prune: { limit: 50 } });
  assert.ok(pruned.kind === 'imported');
  assert.deepEqual(
    Object.values(pruned.counts).map((counts) => counts.pruned),
    [1, 0, 1, 1],
  );
  const left = (await world.stores.users.list({ search: null }, page)).items;
  assert.deepEqual(left.map(({ userPrincipalName }) => userPrincipalName).sort(), ['ann@x.example', 'eve@x.example']);
});

test('two devices of one name are told apart by deviceId as members', async () => {
  await using world = await open();
  const devices = 'deviceName,platform,deviceId\nTwin,ios,t-1\ntwin,ios,t-2\n';
  const groups = 'groupName,kind\nTwins,device\n';
  const header = 'groupName,member,memberKind';
  assert.deepEqual(codes(await world.run({ devices, groups, members: `${header}\nTwins,Twin,device\n` })), [
    'group-members.csv 2:7 ambiguous-member',
  ]);
  const result = await world.run({ devices, groups, members: `${header}\nTwins,T-2,device\n` });
  assert.ok(result.kind === 'imported' && result.counts.members.created === 1);
});

function codes(result: { kind: string; faults?: readonly ImportFault[] }): readonly string[] {
  return (result.faults ?? []).map(({ file, line, column, code }) => `${file} ${line}:${column} ${code}`);
}

const deviceHeader = 'deviceName,platform,management,primaryUser,isRooted,enrolledAt';
const faults: readonly { name: string; files: Partial<Files>; expected: readonly string[] }[] = [
  {
    name: 'a platform nobody knows',
    files: { devices: `${deviceHeader}\nA,windows11,,,,\n` },
    expected: ['devices.csv 2:3 unknown-platform'],
  },
  {
    name: 'a kind of management that does not fit the platform',
    files: { devices: `${deviceHeader}\nA,androidEnterprisePersonal,fullyManaged,,,\nB,ios,dedicated,,,\n` },
    expected: ['devices.csv 2:29 management-does-not-fit', 'devices.csv 3:7 management-does-not-fit'],
  },
  {
    name: 'a corporate Android device of unknown management',
    files: { devices: `${deviceHeader}\nA,androidEnterpriseCorporate,,,,\nB,androidEnterpriseCorporate,odd,,,\n` },
    expected: ['devices.csv 2:30 management-does-not-fit', 'devices.csv 3:30 unknown-management'],
  },
  {
    name: 'a day that no calendar has, and a time without a zone',
    files: { devices: `${deviceHeader}\nA,ios,,,,2026-02-30T09:00:00Z\n"B, ""b""",ios,,,,2026-02-03T09:00:00\n` },
    expected: ['devices.csv 2:10 bad-time', 'devices.csv 3:19 bad-time'],
  },
  {
    name: 'neither true nor false',
    files: { devices: `${deviceHeader}\nA,ios,,,maybe,\n` },
    expected: ['devices.csv 2:9 bad-boolean'],
  },
  {
    name: 'a primary user who does not exist',
    files: { devices: `${deviceHeader}\nA,ios,,nobody@x.example,,\n` },
    expected: ['devices.csv 2:8 unknown-user'],
  },
  {
    name: 'a device that stands there twice',
    files: { devices: 'deviceName,platform,deviceId\nA,ios,one\nB,ios,ONE\n' },
    expected: ['devices.csv 3:7 duplicate-device'],
  },
  {
    name: 'a user who stands there twice, in other letters',
    files: { users: 'userPrincipalName\nann@x.example\nANN@x.example\n' },
    expected: ['users.csv 3:1 duplicate-user'],
  },
  {
    name: 'something that is no user principal name, and none at all',
    files: { users: 'displayName,userPrincipalName\nAnn,ann\nBob,\n' },
    expected: ['users.csv 2:5 bad-principal-name', 'users.csv 3:5 missing-value'],
  },
  {
    name: 'a required column that is missing, and one nobody knows',
    files: { devices: 'deviceName,plattform\nA,ios\n' },
    expected: ['devices.csv 1:1 missing-column', 'devices.csv 1:12 unknown-column'],
  },
  {
    name: 'a column that stands there twice',
    files: { users: 'userPrincipalName,surname,surname\nann@x.example,A,B\n' },
    expected: ['users.csv 1:27 duplicate-column'],
  },
  {
    name: 'an empty file',
    files: { groups: '' },
    expected: ['groups.csv 1:1 missing-column', 'groups.csv 1:1 missing-column'],
  },
  {
    name: 'a quote without end',
    files: { users: 'userPrincipalName,surname\nann@x.example,"A\n' },
    expected: ['users.csv 2:15 csv-quote-open'],
  },
  {
    name: 'rows that are too short and too long',
    files: { users: 'userPrincipalName,surname\nann@x.example\nbob@x.example,B,C\n' },
    expected: ['users.csv 2:1 too-few-fields', 'users.csv 3:17 too-many-fields'],
  },
  {
    name: 'a line break and an endless value where text belongs',
    files: { users: `userPrincipalName,surname\nann@x.example,"A\nB"\nbob@x.example,${'B'.repeat(1025)}\n` },
    expected: ['users.csv 2:15 control-character', 'users.csv 4:15 too-long'],
  },
  {
    name: 'a kind of group nobody knows, and a group that stands there twice',
    files: { groups: 'groupName,kind\nStaff,users\nSTAFF,user\n' },
    expected: ['groups.csv 2:7 unknown-group-kind', 'groups.csv 3:1 duplicate-group'],
  },
  {
    name: 'members and groups that do not exist',
    files: {
      members: 'groupName,member,memberKind\nStaff,L1,device\n',
      devices: 'deviceName,platform\nL1,ios\n',
      groups: 'groupName,kind\nStuff,device\n',
    },
    expected: ['group-members.csv 2:1 unknown-group'],
  },
  {
    name: 'members of the wrong kind',
    files: {
      members:
        'groupName,member,memberKind\nStaff,L1,device\nLaptops,ann@x.example,user\nStaff,Laptops,group\n' +
        'Staff,Staff,group\nStaff,nobody@x.example,user\nStaff,ann@x.example,person\n',
      ...pick('users', 'groups', 'devices'),
    },
    expected: [
      'group-members.csv 2:7 wrong-group-kind',
      'group-members.csv 3:9 wrong-group-kind',
      'group-members.csv 4:7 wrong-group-kind',
      'group-members.csv 5:7 member-of-itself',
      'group-members.csv 6:7 unknown-member',
      'group-members.csv 7:21 unknown-member-kind',
    ],
  },
];

function pick(...kinds: ImportKind[]): Partial<Files> {
  return Object.fromEntries(kinds.map((kind) => [kind, smallOrganisation[kind]]));
}

for (const { name, files, expected } of faults) {
  test(`refused with its place: ${name}`, async () => {
    await using world = await open();
    assert.deepEqual(codes(await world.run(files)), expected);
    assert.deepEqual(await world.events(), []);
    assert.deepEqual((await world.stores.users.list({ search: null }, page)).items, []);
  });
}

test('faults of all files come together, and nothing is written', async () => {
  await using world = await open();
  const devices = `${smallOrganisation.devices}L3,amiga,,,,\n`;
  const members = `${smallOrganisation.members}Staff,zed@x.example,user\n`;
  const result = await world.run({ ...smallOrganisation, devices, members });
  assert.deepEqual(codes(result), ['devices.csv 4:4 unknown-platform', 'group-members.csv 5:7 unknown-member']);
  assert.deepEqual((await world.stores.devices.list(anyDevice, page)).items, []);
});

test('groups may hold each other in circles', async () => {
  await using world = await open();
  const groups = 'groupName,kind\nA,device\nB,device\n';
  const members = 'groupName,member,memberKind\nA,B,group\nB,A,group\n';
  assert.equal((await world.run({ groups, members })).kind, 'imported');
});

test('a hint names what was probably meant', async () => {
  await using world = await open();
  const result = await world.run({ devices: 'deviceName,platfrom\nA,ios\n' });
  assert.ok(result.kind === 'refused');
  assert.match(result.faults.map(({ detail }) => detail).join(' '), /Did you mean "platform"\?/);
});

test('a hint is no guess: other case is said to be that, and far-off names are not offered', async () => {
  await using world = await open();
  const detailsOf = async (files: Partial<Files>) => {
    const result = await world.run(files);
    assert.ok(result.kind === 'refused');
    return result.faults.map(({ detail }) => detail).join(' ');
  };
  assert.match(await detailsOf({ devices: 'DeviceName,platform\nA,ios\n' }), /Write "deviceName": case counts\./);
  assert.match(await detailsOf({ devices: 'deviceName,platform\nA,iOS\n' }), /Write "ios": case counts\./);
  const users = 'userPrincipalName\njohn.doe@x.example\n';
  const devices = 'deviceName,platform,primaryUser\nA,ios,mary.roe@x.example\n';
  assert.match(await detailsOf({ users, devices }), /Add the user/);
});

for (const [separator, name] of [
  [';', 'semicolons'],
  ['\t', 'tabs'],
] as const)
  test(`a file with ${name} is refused once, with what to do`, async () => {
    await using world = await open();
    const users = `\ufeff"userPrincipalName"${separator}"displayName"\r\nann@x.example${separator}Ann\r\n`;
    const result = await world.run({ users });
    assert.ok(result.kind === 'refused');
    assert.deepEqual(
      result.faults.map(({ file, line, column, code }) => ({ file, line, column, code })),
      [{ file: 'users.csv', line: 1, column: 20, code: 'wrong-separator' }],
    );
    assert.match(result.faults[0]?.detail ?? '', new RegExp(`${name}\\. Use commas`));
  });
