/** The impact of changes through the API and the command line, with the real server. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const fixture = await startAdminFixture();
const folder = temporaryFolder('impact');
after(async () => {
  await fixture[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});
const { world, api, unique, addDevice, addScepProfile, addTrustedProfile, scepDocument } = fixture;
const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));

async function run(...args: string[]) {
  const env = { SCEPWARD_URL: world.url, SCEPWARD_TOKEN: world.adminToken };
  const { code, stdout, stderr } = await runCommand(scepward, args, { env, input: '', milliseconds: 60_000 });
  return { code, text: new TextDecoder().decode(stdout), stderr };
}

const registered = () => ({ registeredAt: world.clock.now() });

/** A group of two devices, one of which has a serial number, and a SCEP profile with its root assigned to it. */
async function scene() {
  const group = (await api('POST', '/groups', { body: { name: unique('Phones'), kind: 'device' } })).body;
  const devices = [await addDevice({ ...registered(), serialNumber: unique('S') }), await addDevice(registered())];
  const members = devices.map(({ id }) => ({ kind: 'device', member: id }));
  const put = await api('POST', `/groups/${group.id}/members`, { body: { add: members } });
  assert.ok(put.status < 300, JSON.stringify(put.body));
  const assignments = [{ include: { group: group.name } }];
  const profile = await addScepProfile({ assignments });
  await world.server.reconciling.settled();
  const [full, bare] = devices.map(({ deviceName }) => deviceName as string);
  return { group, devices, profile, full: full ?? '', bare: bare ?? '' };
}

const impact = (body: object) => api('POST', '/profiles/impact', { body });

async function deploymentsOf(profile: { slug: string }) {
  return (await api('GET', `/deployments?profile=${profile.slug}`)).body.items;
}

describe('a root that does not reach the same devices', () => {
  const rules = (findings: readonly { rule: string; detail: string }[]) =>
    findings.filter(({ rule }) => rule === 'root-not-assigned').map(({ detail }) => detail);

  test('is told of with the devices, wherever a profile is judged, saved or assigned', async () => {
    const near = await addDevice(registered());
    const far = await addDevice(registered());
    const root = await addTrustedProfile();
    const include = (device: { deviceName: string }) => ({ include: { device: device.deviceName } });
    const only = (device: { id: string }) => ({ mode: 'include', target: { kind: 'device', deviceId: device.id } });
    const assign = async (profile: { id: string }, ...items: object[]) =>
      (await api('PUT', `/profiles/${profile.id}/assignments`, { body: { items } })).body.findings;
    assert.deepEqual(rules(await assign(root, only(near))), []);
    const slug = unique('half');
    const document = scepDocument(root.slug, { slug, assignments: [include(near), include(far)] });
    const expected = [new RegExp(`does not reach one device .*: ${far.deviceName}\\.`)];
    const named = (findings: readonly { rule: string; detail: string }[]) => {
      const told = rules(findings);
      assert.equal(told.length, expected.length, JSON.stringify(findings));
      for (const [i, text] of told.entries()) assert.match(text, expected[i] ?? /^$/);
    };
    named((await api('POST', '/profiles/validate', { body: document })).body.findings);
    const documents = [{ document }];
    named((await api('POST', '/profiles/plan', { body: { documents } })).body.items[0].findings);
    const applied = await api('POST', '/profiles/apply', { body: { documents } });
    assert.equal(applied.status, 200, JSON.stringify(applied.body));
    named(applied.body.items[0].findings);
    const { id } =
      applied.body.items[0].id === null ? (await api('GET', `/profiles/${slug}`)).body : applied.body.items[0];
    const { body: stored, headers } = await api('GET', `/profiles/${slug}/document`);
    const put = await api('PUT', `/profiles/${slug}`, {
      body: { ...stored, description: 'new' },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    named(put.body.findings);
    named(await assign({ id }, only(near), only(far)));
    assert.match(rules(await assign(root, only(near), { ...only(far), mode: 'exclude' })).join(), /rests on it/);
    assert.deepEqual(rules(await assign(root, only(near), only(far))), []);
    const file = folder.file('half.yaml');
    writeFileSync(file, stringify({ ...stored, description: 'newer' }));
    await assign(root, only(near));
    const planned = await run('profile', 'plan', file);
    assert.match(planned.text, new RegExp(`warning root-not-assigned .*${far.deviceName}`));
    assert.equal(planned.code, 0);
  });
});

describe('the impact of a change', () => {
  test('an edit: who is re-issued, who could have none and which variable is missing; nothing is done', async () => {
    const { profile, full, bare } = await scene();
    const before = await deploymentsOf(profile);
    const { body: document } = await api('GET', `/profiles/${profile.slug}/document`);
    const changed = { ...document, settings: { ...document.settings, subjectNameFormat: 'CN={{SerialNumber}}' } };
    const { status, body } = await impact({ document: changed });
    assert.equal(status, 200, JSON.stringify(body));
    const [own] = body.profiles;
    assert.equal(own.profile.slug, profile.slug);
    assert.deepEqual([own.counts.blocked, own.counts.redeliver], [1, 1]);
    assert.ok(Object.values(own.certificates).every((count) => count === 0));
    assert.deepEqual(own.blocked, [
      { code: 'variable-unresolved', variable: 'SerialNumber', reason: 'value-empty', count: 1 },
    ]);
    const named = Object.fromEntries(
      own.first.map((item: { device: { deviceName: string }; effect: string }) => [
        item.device.deviceName,
        item.effect,
      ]),
    );
    assert.deepEqual(named, { [full]: 'redeliver', [bare]: 'blocked' });
    assert.deepEqual(await deploymentsOf(profile), before);
    assert.equal((await api('GET', `/profiles/${profile.slug}`)).body.version, 1);
  });

  test('an assignment, a deletion, and the profile as it is', async () => {
    const { profile, group, devices } = await scene();
    const other = await addDevice(registered());
    const items = [{ mode: 'include', target: { kind: 'device', deviceId: other.deviceName } }];
    const moved = (await impact({ profile: profile.slug, assignments: items })).body.profiles[0].counts;
    assert.deepEqual([moved.gain, moved.remove], [1, 2]);
    const gone = (await impact({ profile: profile.id, delete: true })).body;
    assert.deepEqual([gone.profiles[0].counts.remove, gone.profiles[0].counts.revoke, gone.obstacle], [2, 0, null]);
    const kept = (await impact({ profile: profile.name })).body.profiles[0].counts;
    assert.equal(kept.keep, 2);
    assert.equal((await api('GET', `/groups/${group.id}`)).status, 200);
    assert.equal(devices.length, 2);
  });

  test('a root that is taken away blocks those that rest on it; one in use would not be deleted', async () => {
    const { profile } = await scene();
    const { body: document } = await api('GET', `/profiles/${profile.slug}/document`);
    const root = document.settings.rootCertificate;
    const unassigned = (await impact({ profile: root, assignments: [] })).body.profiles;
    const own = unassigned.find((each: { profile: { id: string } }) => each.profile.id === profile.id);
    assert.deepEqual(own.blocked, [{ code: 'root-not-assigned', variable: null, reason: null, count: 2 }]);
    const deleted = (await impact({ profile: root, delete: true })).body;
    assert.equal(deleted.obstacle.code, 'profile-in-use');
    assert.equal(deleted.profiles[1].counts.blocked, 2);
  });

  test('new documents that refer to each other, and errors as applying would find them', async () => {
    const device = await addDevice(registered());
    const assignments = [{ include: { device: device.deviceName } }];
    const root = await addTrustedProfile();
    const { body: rootDocument } = await api('GET', `/profiles/${root.slug}/document`);
    const [trusted, slug] = [unique('new-root'), unique('new-wifi')];
    const documents = [
      scepDocument(trusted, { slug, assignments }),
      { ...rootDocument, slug: trusted, name: trusted, assignments },
    ];
    const { body } = await impact({ documents });
    assert.deepEqual(
      body.profiles
        .map((each: { profile: { slug: string }; counts: { gain: number } }) => [each.profile.slug, each.counts.gain])
        .sort(),
      [
        [trusted, 1],
        [slug, 1],
      ].sort(),
    );
    assert.equal((await api('GET', `/profiles/${slug}`)).status, 404);
    assertProblem(await impact({ document: scepDocument('no-such-root') }), 422, 'profile-invalid');
    assertProblem(await impact({}), 400, 'bad-request');
    assertProblem(await impact({ profile: 'nobody' }), 404, 'profile-not-found');
    assertProblem(await impact({ profile: root.slug, delete: true, assignments: [] }), 400, 'bad-request');
  });

  test('all of them, a line each', async () => {
    const { profile, full, bare } = await scene();
    const response = await fetch(`${world.url}/api/v1/profiles/impact`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${world.adminToken}`,
        'content-type': 'application/json',
        accept: 'application/x-ndjson',
      },
      body: JSON.stringify({ profile: profile.slug, delete: true }),
    });
    assert.match(response.headers.get('content-type') ?? '', /^application\/x-ndjson/);
    const lines = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ effect, device, profile }) => [profile, effect, device.deviceName]).sort(),
      [
        [profile.slug, 'remove', full],
        [profile.slug, 'remove', bare],
      ].sort(),
    );
  });

  test('the command line tells it from a file, for a deletion, and line by line; a plan does too', async () => {
    const { profile, full, bare } = await scene();
    const { body: document } = await api('GET', `/profiles/${profile.slug}/document`);
    const file = folder.file('edit.yaml');
    const settings = { ...document.settings, subjectNameFormat: 'CN={{SerialNumber}}' };
    writeFileSync(file, stringify({ ...document, settings }));
    const edited = await run('profile', 'impact', file);
    assert.equal(edited.code, 0, edited.stderr);
    assert.match(edited.text, new RegExp(`1 are told \\(none has a certificate yet\\): ${full}`));
    assert.match(
      edited.text,
      new RegExp(
        `1 should have one and cannot \\(none has one yet\\): ${bare}\n      1: {{SerialNumber}} has no value`,
      ),
    );
    const planned = await run('profile', 'plan', file);
    assert.match(planned.text, /On devices:\n[\s\S]*1 should have one and cannot/);
    const deleted = await run('profile', 'impact', profile.slug, '--delete');
    assert.match(deleted.text, /2 are to have none any more \(none has one\): /);
    const all = await run('profile', 'impact', profile.slug, '--delete', '--all', '--json');
    assert.equal(JSON.parse(all.text).items.length, 2);
    const json = JSON.parse((await run('profile', 'impact', file, '--json')).text);
    assert.equal(json.profiles[0].counts.blocked, 1);
    assert.equal((await run('profile', 'impact', file, '--delete')).code, 2);
    assert.equal((await run('profile', 'impact', 'nobody')).code, 2);
  });
});
