import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { toBase64 } from '../../src/lib/bytes.ts';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, addDevice, addTrustedProfile, addScepProfile, scepDocument } = fixture;

test('a challenge waits for its own device, and not for all the others', async () => {
  const rows = Array.from({ length: 1200 }, (_, at) => `many-${at},linux,corporate,2026-01-01T09:00:00Z`);
  const devices = ['deviceName,platform,ownership,registeredAt', ...rows, ''].join('\n');
  const profile = await addScepProfile({ assignments: [{ include: 'allDevices' }] });
  const imported = await api('POST', '/directory/import', { files: { devices } });
  assert.equal(imported.status, 200, JSON.stringify(imported.body));
  const { store } = world.server.foundation;
  await world.server.reconciling.settled();
  // The import may take longer than reconciling does: all of them once more, and the question at once.
  await store.transact(() => store.dirtyQueue.markAll());
  const made = await api('POST', '/challenges', { body: { profile: profile.slug, device: 'many-1199' } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.ok((await store.dirtyQueue.size()) > 0, 'others still wait');
  await world.server.reconciling.settled();
});

describe('profiles', () => {
  test('what GET gives can be PUT back, and changes nothing', async () => {
    const profile = await addScepProfile({ assignments: [{ include: 'allDevices' }] });
    const got = await api('GET', `/profiles/${profile.slug}/document`);
    assert.equal(got.headers.get('etag'), '"1"');
    const put = await api('PUT', `/profiles/${profile.slug}`, { body: got.body, headers: { 'if-match': '"1"' } });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    assert.equal(put.body.outcome, 'unchanged');
    assert.equal(put.body.profile.version, 1);
    const shown = await api('GET', `/profiles/${profile.id}`);
    assert.deepEqual(shown.body.document, got.body);
  });

  test('an edit wants If-Match, and the version that was edited', async () => {
    const profile = await addScepProfile();
    const path = `/profiles/${profile.id}/document`;
    const { body } = await api('GET', path);
    const changed = { ...body, description: 'new' };
    assertProblem(await api('PUT', path, { body: changed }), 428, 'if-match-missing');
    assertProblem(await api('PUT', path, { body: changed, headers: { 'if-match': '*' } }), 400, 'if-match-malformed');
    const first = await api('PUT', path, { body: changed, headers: { 'if-match': '"1"' } });
    assert.equal(first.headers.get('etag'), '"2"');
    assertProblem(await api('PUT', path, { body: changed, headers: { 'if-match': '"1"' } }), 412, 'profile-version');
    assertProblem(
      await api('DELETE', `/profiles/${profile.id}`, { headers: { 'if-match': '"1"' } }),
      412,
      'profile-version',
    );
    assert.equal((await api('DELETE', `/profiles/${profile.id}`)).status, 204);
  });

  test('mistakes are all told, and nothing is saved', async () => {
    const root = await addTrustedProfile();
    const document = scepDocument(root.slug, { colour: 'red' });
    const bad = { ...document, settings: { ...document.settings, subjectNameFormat: 'CN={{Nonsense}}' } };
    const review = await api('POST', '/profiles/validate', { body: bad });
    assert.equal(review.status, 200);
    const saving = await api('POST', '/profiles', { body: bad });
    assertProblem(saving, 422, 'profile-invalid');
    assert.deepEqual(saving.body.params.findings, review.body.findings);
    const paths = review.body.findings.map(({ path }: { path: string }) => path);
    assert.ok(paths.includes('colour') && paths.includes('settings.subjectNameFormat'), paths.join());
    assert.deepEqual((await api('GET', `/profiles?search=${document.name}`)).body.items, []);
  });

  test('a document with a target that does not exist saves neither profile nor assignment', async () => {
    const root = await addTrustedProfile();
    const document = scepDocument(root.slug, { assignments: [{ include: { group: 'No Such Group' } }] });
    assertProblem(await api('POST', '/profiles', { body: document }), 422, 'target-not-found');
    assert.deepEqual((await api('GET', `/profiles?search=${document.name}`)).body.items, []);
  });

  test('a preview shows the certificate of a real device, or what is missing', async () => {
    const profile = await addScepProfile();
    const device = await addDevice();
    const good = await api('POST', '/profiles/preview', { body: { profile: profile.name, device: device.deviceName } });
    assert.equal(good.body.subject, `CN=${device.deviceName}`);
    assert.ok(good.body.notAfter > good.body.notBefore);
    const { store, keyStorage, scepServerUrls, urlOrder } = good.body;
    assert.match(store, new RegExp(`^certificates/${profile.slug}/certificate\\.pem`));
    assert.equal(keyStorage, `certificates/${profile.slug}/key.pem`);
    assert.deepEqual([scepServerUrls, urlOrder], [[`${world.url}/scep/${profile.slug}`], 'device-shuffles']);
    const { body: document } = await api('GET', `/profiles/${profile.id}/document`);
    const settings = { ...document.settings, subjectNameFormat: 'CN={{SerialNumber}}' };
    const body = { document: { ...document, settings }, device: device.id };
    const bad = await api('POST', '/profiles/preview', { body });
    assert.equal(bad.body.subject, null);
    assert.deepEqual(bad.body.unresolved, [{ variable: 'SerialNumber', reason: 'value-empty' }]);
  });

  test('a trusted certificate is our own root in one step, and whatever else it is, it is not stored', async () => {
    const document = (certificate: string) => ({
      kind: 'trustedCertificate',
      name: `Root ${certificate.slice(0, 7)}`,
      slug: 'own-root',
      platform: 'macos',
      settings: { certificate },
    });
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    for (const wrong of [key, '<html></html>', 'AAAA', '']) {
      const refused = await api('POST', '/profiles', { body: document(wrong) });
      assertProblem(refused, 422, 'profile-invalid');
      assert.deepEqual(
        refused.body.params.findings.map(({ rule, path }: { rule: string; path: string }) => `${rule} ${path}`),
        ['T1 settings.certificate'],
      );
      assert.ok(!JSON.stringify(refused.body).includes('BEGIN PRIVATE'));
    }
    assertProblem(await api('GET', '/profiles/own-root'), 404, 'profile-not-found');
    const made = await api('POST', '/profiles', { body: document('ownRoot') });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { issuer } = await world.server.authority.issuing.active(null);
    const stored = (await api('GET', '/profiles/own-root/document')).body.settings;
    assert.equal(stored.certificate, toBase64(issuer.chain.at(-1) ?? issuer.certificate));
    assert.equal(stored.deploymentChannel, 'device');
  });

  test('assignments are replaced as a whole, and explained', async () => {
    const profile = await addScepProfile();
    const device = await addDevice();
    const include = [{ mode: 'include', target: { kind: 'device', deviceId: device.deviceName } }];
    const put = await api('PUT', `/profiles/${profile.id}/assignments`, { body: { items: include } });
    assert.deepEqual(put.body.items[0].target, { kind: 'device', deviceId: device.id });
    const again = await api('PUT', `/profiles/${profile.id}/assignments`, { body: put.body });
    assert.deepEqual(again.body, put.body);
    const { items } = (await api('GET', `/devices/${device.id}/explain`)).body;
    const own = items.find((each: { profile: { id: string } }) => each.profile.id === profile.id);
    assert.equal(own.applies, true);
    assert.equal(own.reasons[0].code, 'included');
  });
});

describe('from profile to challenge', () => {
  test('a challenge is there at once, for what is assigned, once and in no event', async () => {
    const profile = await addScepProfile({ assignments: [{ include: 'allDevices' }] });
    const device = await addDevice();
    const none = await api('POST', '/challenges', { body: { profile: profile.slug, device: device.id } });
    // All devices: those that have shown their first inventory.
    assertProblem(none, 409, 'profile-not-assigned');
    await api('PATCH', `/devices/${device.id}`, { body: { registeredAt: world.clock.now() } });
    const made = await api('POST', '/challenges', { body: { profile: profile.slug, device: device.deviceName } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.match(made.body.challenge, /^[A-Z2-7]{26}$/);
    assert.equal(made.body.expected.subjectText, `CN=${device.deviceName}`);
    assert.ok(made.body.scepUrl.startsWith(`${world.url}/scep/${profile.slug}/d/`));
    const list = await api('GET', `/deployments?device=${device.id}&profile=${profile.slug}`);
    assert.equal(list.body.items[0].id, made.body.deploymentId);
    assert.equal(list.body.items[0].state, 'challengeIssued');
    assert.equal(list.body.items[0].deviceName, device.deviceName);
    assert.equal(list.body.items[0].profileSlug, profile.slug);
    assert.equal((await api('GET', `/deployments?device=${device.id}&states=installed`)).body.items.length, 0);
    const timeline = await api('GET', `/devices/${device.id}/timeline`);
    const types = timeline.body.items.map((entry: { event?: { type: string } }) => entry.event?.type);
    assert.ok(types.includes('challenge.issued') && types.includes('deployment.created'), types.join());
    assert.ok(!JSON.stringify(timeline.body).includes(made.body.challenge));
    type Entry = { profile: string | null; event?: { type: string } };
    const profileOf = (type: string) => timeline.body.items.find((entry: Entry) => entry.event?.type === type)?.profile;
    assert.equal(profileOf('challenge.issued'), profile.slug);
    assert.equal(profileOf('directory.changed'), null);
    const due = await api('POST', `/deployments/${made.body.deploymentId}/re-issue`);
    assert.equal(due.body.generation, 1);
  });

  test('a challenge for a profile that has none, or a device that is not there, says so', async () => {
    const root = await addTrustedProfile();
    const device = await addDevice();
    const trusted = await api('POST', '/challenges', { body: { profile: root.slug, device: device.id } });
    assertProblem(trusted, 422, 'profile-not-scep');
    assertProblem(
      await api('POST', '/challenges', { body: { profile: root.slug, device: 'no' } }),
      404,
      'device-not-found',
    );
    assertProblem(
      await api('POST', '/challenges', { body: { profile: 'no', device: 'no' } }),
      404,
      'profile-not-found',
    );
  });

  test('a join token is shown once, and may name a device', async () => {
    const device = await addDevice();
    const made = await api('POST', '/join-tokens', { body: { device: device.deviceName, lifetimeHours: 1 } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.ok(made.body.joinToken.length > 30);
    assertProblem(await api('POST', '/join-tokens', { body: { lifetimeHours: 0.001 } }), 422, 'join-token-lifetime');
  });

  test('a retired device is retired, a deleted one is gone', async () => {
    const device = await addDevice();
    const retired = await api('POST', `/devices/${device.id}/retire`);
    assert.equal(typeof retired.body.device.retiredAt, 'number');
    assert.equal((await api('POST', `/devices/${device.id}/check-in`)).status, 202);
    assert.equal((await api('DELETE', `/devices/${device.id}`)).status, 204);
    assertProblem(await api('DELETE', `/devices/${device.id}`), 404, 'device-not-found');
  });
});
