/** Versions of profiles through the API and the command line, with the real server. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { runCommand } from '../support/run-command.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, addScepProfile } = fixture;
const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));

async function run(...args: string[]) {
  const env = { SCEPWARD_URL: world.url, SCEPWARD_TOKEN: world.adminToken };
  const { code, stdout, stderr } = await runCommand(scepward, args, { env, input: '', milliseconds: 60_000 });
  return { code, text: new TextDecoder().decode(stdout), stderr };
}

async function json(...args: string[]) {
  const { code, text, stderr } = await run(...args, '--json');
  return { code, result: JSON.parse(text), stderr };
}

/** The settings of the stored profile with these changed, saved. */
async function edit(id: string, change: object) {
  const { body, headers } = await api('GET', `/profiles/${id}/document`);
  const document = { ...body, settings: { ...body.settings, ...change } };
  const etag = headers.get('etag') ?? '';
  const saved = await api('PUT', `/profiles/${id}`, { body: document, headers: { 'if-match': etag } });
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  return saved.body.profile;
}

describe('the history of a profile', () => {
  test('tells versions with author, time and difference, and assignments as what they are', async () => {
    const profile = await addScepProfile();
    await edit(profile.id, { renewalThreshold: 30, keySize: 4096 });
    const include = { items: [{ mode: 'include', target: { kind: 'allDevices' } }] };
    await api('PUT', `/profiles/${profile.id}/assignments`, { body: include });
    const { items } = (await api('GET', `/profiles/${profile.slug}/history`)).body;
    assert.deepEqual(
      items.map(({ kind, version, actor }: Record<string, unknown>) => [
        kind,
        version,
        (actor as { name: string }).name,
      ]),
      [
        ['assigned', 2, 'test'],
        ['saved', 2, 'test'],
        ['saved', 1, 'test'],
      ],
    );
    assert.deepEqual(items[0].changes, [
      { path: 'assignments', before: [], after: [{ include: 'allDevices' }], effect: 'none' },
    ]);
    assert.deepEqual(items[1].changes, [
      { path: 'settings.keySize', before: 2048, after: 4096, effect: 'reissue' },
      { path: 'settings.renewalThreshold', before: 20, after: 30, effect: 'redeliver' },
    ]);
    assert.ok(items[1].at >= items[2].at);
    const versions = (await api('GET', `/profiles/${profile.id}/versions?limit=1`)).body;
    assert.equal(versions.items[0].version, 2);
    assert.notEqual(versions.next, null);
    const first = (await api('GET', `/profiles/${profile.id}/versions/1`)).body;
    const second = (await api('GET', `/profiles/${profile.id}/versions/2`)).body;
    assert.equal(first.document.settings.keySize, 2048);
    assert.match(first.document.settings.rootCertificate, /^root-/);
    assert.notEqual(first.contentHash, second.contentHash);
    const back = (await api('GET', `/profiles/${profile.id}/versions/1?since=2`)).body;
    assert.deepEqual([back.changes[0].before, back.changes[0].after], [4096, 2048]);
    assertProblem(await api('GET', `/profiles/${profile.id}/versions/9`), 404, 'profile-version-not-found');
  });

  test('an earlier version comes back under If-Match, as a new one, and assignments stay', async () => {
    const profile = await addScepProfile({ assignments: [{ include: 'allUsers' }] });
    await edit(profile.id, { keySize: 4096 });
    const path = `/profiles/${profile.id}/restore`;
    assertProblem(await api('POST', path, { body: { version: 1 } }), 428, 'if-match-missing');
    const stale = { body: { version: 1 }, headers: { 'if-match': '"1"' } };
    assertProblem(await api('POST', path, stale), 412, 'profile-version');
    const restored = await api('POST', path, { body: { version: 1 }, headers: { 'if-match': '"2"' } });
    assert.equal(restored.status, 200, JSON.stringify(restored.body));
    assert.equal(restored.headers.get('etag'), '"3"');
    assert.equal(restored.body.profile.contentVersion, 3);
    const { body } = await api('GET', `/profiles/${profile.id}/document`);
    assert.equal(body.settings.keySize, 2048);
    assert.deepEqual(body.assignments, [{ include: 'allUsers' }]);
  });

  test('what the rules refuse by now does not come back, and says why', async () => {
    const profile = await addScepProfile();
    const root = (await api('GET', `/profiles/${profile.id}/versions/1`)).body.document.settings.rootCertificate;
    const other = await fixture.addTrustedProfile();
    await edit(profile.id, { rootCertificate: other.slug });
    assert.equal((await api('DELETE', `/profiles/${root}`)).status, 204);
    const refused = await api('POST', `/profiles/${profile.id}/restore`, {
      body: { version: 1 },
      headers: { 'if-match': '"2"' },
    });
    assertProblem(refused, 422, 'profile-invalid');
    assert.equal(refused.body.params.findings[0].rule, 'V16');
    assert.equal((await api('GET', `/profiles/${profile.id}`)).body.version, 2);
  });

  test('outlives the profile, by its id', async () => {
    const profile = await addScepProfile();
    await api('DELETE', `/profiles/${profile.id}`);
    const { items } = (await api('GET', `/profiles/${profile.id}/history`)).body;
    assert.deepEqual(
      items.map(({ kind }: { kind: string }) => kind),
      ['deleted', 'saved'],
    );
    assert.equal((await api('GET', `/profiles/${profile.id}/versions/1`)).body.document.name, profile.name);
    assertProblem(await api('GET', `/profiles/${profile.slug}/history`), 404, 'profile-not-found');
    const again = { body: { version: 1 }, headers: { 'if-match': '"1"' } };
    assertProblem(await api('POST', `/profiles/${profile.id}/restore`, again), 404, 'profile-not-found');
  });

  test('the command line shows, compares and restores', async () => {
    const profile = await addScepProfile();
    await edit(profile.id, { renewalThreshold: 33 });
    const history = await run('profile', 'history', profile.slug);
    assert.match(history.text, /VERSION +AT +BY +WHAT\n2 .* test +renewalThreshold\n1 .* created/);
    const listed = await json('profile', 'history', profile.slug);
    assert.equal(listed.result.items.length, 2);
    assert.equal(listed.result.next, null);
    const diff = await run('profile', 'diff', profile.slug);
    assert.equal(diff.text, 'settings.renewalThreshold  (devices are told, certificates stay)\n  - 20\n  + 33\n');
    assert.equal((await json('profile', 'diff', profile.slug, '--from', '2', '--to', '1')).result.changes[0].after, 20);
    const shown = await json('profile', 'show', profile.slug, '--version', '1');
    assert.equal(shown.result.document.settings.renewalThreshold, 20);
    const restored = await run('profile', 'restore', profile.slug, '--to', '1');
    assert.equal(restored.code, 0, restored.stderr);
    assert.match(restored.text, /^Version 1 is back, as version 3\./);
    const again = await run('profile', 'restore', profile.slug, '--to', '1');
    assert.match(again.text, /^Version 3 is the same: nothing was changed\.\n/);
    const missing = await run('profile', 'restore', profile.slug, '--to', '77');
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /Version 77 of the profile is not kept/);
    assert.equal((await run('profile', 'diff', profile.slug, '--to', 'x')).code, 2);
  });
});
