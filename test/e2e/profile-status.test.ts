/** How a profile fares, by the API and on the command line; drift and renewal where administrators look. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemCause } from '../../src/events/event.ts';
import { hour } from '../../src/lib/clock.ts';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { aCertificate, aChallenge, anIssuance } from '../support/records.ts';
import { runCommand } from '../support/run-command.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, addScepProfile } = fixture;
const { store } = world.server.foundation;
const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));

async function cli(...args: string[]) {
  const env = { SCEPWARD_URL: world.url, SCEPWARD_TOKEN: world.adminToken };
  const { code, stdout, stderr } = await runCommand(scepward, args, { env, milliseconds: 60_000 });
  return { code, text: new TextDecoder().decode(stdout), stderr };
}

/** Three devices, two of Anna's; one of them holds a certificate, and the serial number of another is not known. */
async function fleet() {
  const users = 'userPrincipalName,displayName\nanna@example.com,Anna\n';
  const devices = [
    'deviceName,platform,ownership,registeredAt,serialNumber,primaryUser',
    'st-1,linux,corporate,2026-01-01T09:00:00Z,S1,anna@example.com',
    'st-2,linux,corporate,2026-01-01T09:00:00Z,,anna@example.com',
    'st-3,linux,corporate,2026-01-01T09:00:00Z,S3,',
    '',
  ].join('\n');
  const imported = await api('POST', '/directory/import', { files: { users, devices } });
  assert.equal(imported.status, 200, JSON.stringify(imported.body));
  const settings = { subjectNameFormat: 'CN={{DeviceName}},SERIALNUMBER={{SerialNumber}}' };
  const profile = await addScepProfile({ assignments: [{ include: 'allDevices' }] });
  const { body, headers } = await api('GET', `/profiles/${profile.id}`);
  const document = { ...body.document, settings: { ...body.document.settings, ...settings } };
  const saved = await api('PUT', `/profiles/${profile.id}`, {
    body: document,
    headers: { 'if-match': headers.get('etag') ?? '' },
  });
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  await world.server.reconciling.settled();
  const { items } = (await api('GET', `/deployments?profile=${profile.slug}&device=st-1`)).body;
  const deployment = await store.deployments.get(items[0].id);
  assert.ok(deployment?.expectation);
  const challenge = aChallenge(deployment, { expiresAt: Date.now() + hour });
  await store.transact(() => store.challenges.insert([challenge]));
  const now = Date.now();
  const certificate = aCertificate({
    deploymentId: deployment.id,
    generation: 1,
    notBefore: now,
    notAfter: now + 1e10,
  });
  const issuance = anIssuance(deployment, challenge, { certificate, renewAt: now + 9e9, now });
  assert.deepEqual(await store.ledger.commit({ ...issuance, revision: deployment.revision }), { kind: 'committed' });
  return profile;
}

const profile = await fleet();

test('deployments are counted by status and by state, and listed the worst first', async () => {
  const { status, body } = await api('GET', `/profiles/${profile.slug}/status`);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(body.counts, { error: 1, conflict: 0, pending: 1, succeeded: 1, notApplicable: 0 });
  assert.equal(body.total, 3);
  const devices = (await api('GET', `/profiles/${profile.slug}/status/devices`)).body;
  assert.deepEqual(
    devices.items.map(({ deviceName, status, state }: Record<string, string>) => [deviceName, status, state]),
    [
      ['st-2', 'error', 'challengeIssueFailed'],
      ['st-3', 'pending', 'requested'],
      ['st-1', 'succeeded', 'issued'],
    ],
  );
  const errors = (await api('GET', `/profiles/${profile.slug}/status/devices?status=error&limit=1`)).body;
  assert.deepEqual([errors.items.length, errors.next], [1, null]);
  assertProblem(await api('GET', `/profiles/${profile.slug}/status/devices?cursor=x`), 422, 'bad-cursor');
  assertProblem(await api('GET', '/profiles/nobody/status'), 404, 'profile-not-found');
});

test('for a user it is the worst of what they have', async () => {
  const { body } = await api('GET', `/profiles/${profile.slug}/status/users`);
  assert.deepEqual(
    body.items.map(({ userId: _, ...rest }: Record<string, unknown>) => rest),
    [
      {
        userPrincipalName: 'anna@example.com',
        status: 'error',
        counts: { error: 1, conflict: 0, pending: 0, succeeded: 1, notApplicable: 0 },
      },
    ],
  );
});

test('the command line says the same, and what is next', async () => {
  const summary = await cli('profile', 'status', profile.slug);
  assert.equal(summary.code, 0, summary.stderr);
  assert.match(summary.text, /error +1\n/);
  const byDevice = await cli('profile', 'status', profile.slug, '--by', 'device', '--status', 'error');
  assert.match(byDevice.text, /st-2 +error +challengeIssueFailed .*SerialNumber/);
  assert.doesNotMatch(byDevice.text, /st-1/);
  const byUser = await cli('profile', 'status', profile.slug, '--by', 'user', '--json');
  assert.equal(JSON.parse(byUser.text).items[0].status, 'error');
  assert.equal((await cli('profile', 'status', profile.slug, '--status', 'error')).code, 2);
  assert.equal((await cli('profile', 'status', profile.slug, '--by', 'colour')).code, 2);
});

test('a rename is shown as drift: in the list, in explain, and on the command line', async () => {
  assert.deepEqual((await api('GET', '/deployments?drifted=true')).body.items, []);
  const device = await store.devices.findByName('st-1');
  await store.transact(async () => {
    await store.devices.save(device.map((each) => ({ ...each, deviceName: 'st-1-renamed' })));
    await store.dirtyQueue.mark(device.map(({ id }) => id));
    await store.events.append([{ type: 'directory.changed', cause: systemCause, subjects: [], data: {} }]);
  });
  await world.server.reconciling.settled();
  const [drifted, ...others] = (await api('GET', '/deployments?drifted=true')).body.items;
  assert.deepEqual([others, drifted.drift.action], [[], 'atRenewal']);
  assert.deepEqual(drifted.drift.differences, [
    {
      field: 'subject',
      certificate: 'CN=st-1, SERIALNUMBER=S1',
      directory: 'CN=st-1-renamed, SERIALNUMBER=S1',
    },
  ]);
  assert.ok(drifted.renewal.from <= drifted.renewal.at);
  const explained = (await api('GET', '/devices/st-1-renamed/explain')).body.items;
  const own = explained.find((each: { profile: { slug: string } }) => each.profile.slug === profile.slug);
  assert.deepEqual(own.deployment.drift, drifted.drift);
  const said = await cli('explain', 'st-1-renamed', '--profile', profile.slug);
  assert.match(said.text, /issued; renews from .*drift: subject is “CN=st-1, SERIALNUMBER=S1”/);
  assert.match((await cli('deployment', 'list', '--drifted')).text, /follows at its renewal; renews from/);
});
