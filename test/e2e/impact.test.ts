/** What a change of the directory, a filter or co-management would take from devices, through the API and the command line. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { runCommand } from '../support/run-command.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, unique, addDevice, addScepProfile } = fixture;
const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));

async function command(program: string, args: readonly string[], input = '') {
  const env = { SCEPWARD_URL: world.url, SCEPWARD_TOKEN: world.adminToken };
  const { code, stdout, stderr } = await runCommand(program, args, { env, input, milliseconds: 60_000 });
  return { code, text: new TextDecoder().decode(stdout), stderr };
}
const run = (...args: string[]) => command(scepward, args);
async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse((await run(...args, '--json')).text) as T;
}
/** At a terminal, where somebody types `input`. */
const typed = (input: string, ...args: string[]) =>
  command('script', ['-qec', [scepward, ...args].map((word) => `'${word}'`).join(' '), '/dev/null'], `${input}\n`);

type Impact = {
  readonly losing: number;
  readonly devices: number;
  readonly profiles: readonly {
    readonly profile: { slug: string };
    readonly removals: readonly { occasion: string }[];
  }[];
};

/** A group of three devices with a profile of its own. */
async function scene() {
  const group = (await api('POST', '/groups', { body: { name: unique('Phones'), kind: 'device' } })).body;
  const devices = [];
  for (let at = 0; at < 3; at++)
    devices.push(await addDevice({ registeredAt: world.clock.now(), serialNumber: unique('S') }));
  const names = devices.map(({ deviceName }) => deviceName as string);
  const added = await run('group', 'member', 'add', group.name, ...names);
  assert.deepEqual([added.code, added.text], [0, 'Done: 3.\n'], added.stderr);
  const profile = await addScepProfile({ assignments: [{ include: { group: group.name } }] });
  await world.server.reconciling.settled();
  const [first = '', second = '', third = ''] = names;
  return { group: group.name as string, first, second, third, profile };
}

async function wanted(device: string, { slug }: { slug: string }): Promise<number> {
  const { items } = (await api('GET', `/deployments?device=${device}&profile=${slug}`)).body;
  return items.filter((each: { wanted: boolean }) => each.wanted).length;
}

test('members of a group go after it was said what that takes', async () => {
  const { group, first, second, third, profile } = await scene();
  const asked = await json<{ done: false; impact: Impact }>('group', 'member', 'remove', group, first, '--dry-run');
  assert.deepEqual([asked.done, asked.impact.losing, asked.impact.devices], [false, 1, 1]);
  assert.deepEqual(
    asked.impact.profiles.flatMap(({ profile: { slug }, removals }) =>
      removals.map(({ occasion }) => [slug, occasion]),
    ),
    [[profile.slug, 'leftGroup']],
  );
  assert.equal((await json<{ items: unknown[] }>('group', 'member', 'list', group)).items.length, 3);
  const refused = await typed('n', 'group', 'member', 'remove', group, first);
  assert.equal(refused.code, 1);
  assert.match(refused.text, /1 of 1 device looked at loses something.*Go on\?.*Nothing was done\./s);
  assert.equal((await typed('y', 'group', 'member', 'remove', group, first)).code, 0);
  assert.equal((await run('group', 'member', 'remove', group, second, '--yes')).code, 0);
  const script = await run('group', 'member', 'remove', group, third, second);
  assert.match(script.stderr, /1 of 2 devices looked at loses something/);
  assert.match(script.text, /Done: 1 of 2/);
  await world.server.reconciling.settled();
  assert.deepEqual(await Promise.all([first, second, third].map((device) => wanted(device, profile))), [0, 0, 0]);
  const nothing = await typed('', 'group', 'member', 'remove', group, third);
  assert.doesNotMatch(nothing.text, /Go on/, 'where nothing is lost nobody is asked');
});

test('what a device loses is said before it is retired, wiped or deleted, and done once', async () => {
  const { first, second, profile } = await scene();
  for (const action of ['retire', 'wipe', 'delete']) {
    const { impact } = await json<{ impact: Impact }>('device', action, first, '--dry-run');
    assert.equal(impact.losing, 1, action);
  }
  assert.equal(await wanted(first, profile), 1);
  assert.equal((await typed('no', 'device', 'wipe', first)).code, 1);
  assert.equal((await run('device', 'wipe', first)).code, 0);
  const again = await typed('', 'device', 'wipe', first);
  assert.deepEqual([again.code, /Go on/.test(again.text)], [0, false]);
  assert.equal((await typed('Y', 'device', 'delete', second)).code, 0);
  assert.equal((await run('device', 'delete', second)).code, 2);
});

test('a user is deleted, and a group that is in use is not', async () => {
  const { group } = await scene();
  const name = `${unique('u')}@x.example`.toLowerCase();
  assert.equal((await api('POST', '/users', { body: { userPrincipalName: name } })).status, 201);
  assert.equal((await json<{ impact: Impact }>('user', 'delete', name, '--dry-run')).impact.losing, 0);
  assert.equal((await run('user', 'show', name)).code, 0);
  assert.deepEqual(await json('user', 'delete', name), { deleted: name });
  assert.equal((await json<{ code: string }>('user', 'delete', name)).code, 'user-not-found');
  assert.equal((await json<{ code: string }>('group', 'delete', group, '--dry-run')).code, 'group-in-use');
});

test('who may do it and not read the directory does it without knowing; who may read may ask', async () => {
  const { first } = await scene();
  const token = async (permission: string) =>
    (await api('POST', '/tokens', { body: { name: unique('t'), permissions: [permission] } })).body.secret as string;
  const as = async (secret: string, args: string[]) => {
    const env = { SCEPWARD_URL: world.url, SCEPWARD_TOKEN: secret };
    return runCommand(scepward, args, { env, input: '', milliseconds: 60_000 });
  };
  const manager = await token('devices.manage');
  const retired = await as(manager, ['device', 'retire', first]);
  assert.equal(retired.code, 0, retired.stderr);
  assert.match(retired.stderr, /cannot be told/);
  assert.equal((await as(manager, ['device', 'retire', first, '--dry-run'])).code, 1);
});

test('rubbish is refused with what is wrong', async () => {
  const { group } = await scene();
  for (const body of [
    {},
    { change: 'explode' },
    { change: 'members' },
    { change: 'members', group, add: [{ kind: 'user' }] },
    { change: 'filter', filter: 'x' },
    { change: 'retire', device: 'x', group: 'y' },
  ])
    assertProblem(await api('POST', '/impact', { body }), 400, 'bad-request');
  assertProblem(
    await api('POST', '/impact', { body: { change: 'deleteUser', user: 'nobody' } }),
    404,
    'user-not-found',
  );
  const member = await json<{ code: string }>('group', 'member', 'add', group, 'nobody');
  assert.equal(member.code, 'device-not-found');
  assert.equal((await run('group', 'member', 'add', group)).code, 2);
});
