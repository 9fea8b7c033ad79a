import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { type AdminClient, adminClient, assertProblem } from '../support/admin-client.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let api: AdminClient;
before(async () => {
  world = await startWorld({ cryptoThreads: 0 });
  api = adminClient(world);
});
after(() => world[Symbol.asyncDispose]());

const sample = (file: string) => readFileSync(new URL(`../../examples/sample-org/${file}`, import.meta.url), 'utf8');
const sampleFiles = () => ({
  users: sample('users.csv'),
  groups: sample('groups.csv'),
  members: sample('group-members.csv'),
  devices: sample('devices.csv'),
});

let counter = 0;
const unique = (word: string) => `${word}-${++counter}`;

async function addDevice(facts: object = {}) {
  const answer = await api('POST', '/devices', { body: { deviceName: unique('device'), platform: 'linux', ...facts } });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

async function addTrustedProfile() {
  const pem = await api('GET', '/authorities/alderfinch/chain');
  const root = pemBlocks(pem.body, 'CERTIFICATE').at(-1);
  assert.ok(root);
  const slug = unique('root');
  const document = {
    kind: 'trustedCertificate',
    name: slug,
    slug,
    platform: 'linux',
    settings: { certificate: toBase64(root), certificateFileName: 'root.cer' },
  };
  const answer = await api('POST', '/profiles', { body: document });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.profile;
}

function scepDocument(root: string, changes: object = {}) {
  return {
    kind: 'scep',
    name: unique('Wi-Fi'),
    platform: 'linux',
    settings: {
      certificateType: 'device',
      subjectNameFormat: 'CN={{DeviceName}}',
      rootCertificate: root,
      extendedKeyUsages: ['Client Authentication'],
    },
    ...changes,
  };
}

async function addScepProfile(changes: object = {}) {
  const root = await addTrustedProfile();
  const answer = await api('POST', '/profiles', { body: scepDocument(root.slug, changes) });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const include = { items: [{ mode: 'include', target: { kind: 'allDevices' } }] };
  await api('PUT', `/profiles/${root.id}/assignments`, { body: include });
  return answer.body.profile;
}

describe('who may', () => {
  test('without a token nobody, and with a wrong one nobody', async () => {
    assertProblem(await api('GET', '/users', { token: null }), 401, 'unauthenticated');
    assertProblem(await api('GET', '/users', { token: 'scepward_wrong' }), 401, 'unauthenticated');
  });

  test('a token has the permissions it was made with, until it is revoked', async () => {
    const body = { name: 'reader', permissions: ['directory.read'] };
    const made = await api('POST', '/tokens', { body });
    assert.equal(made.status, 201);
    assert.equal(made.headers.get('cache-control'), 'no-store');
    const token = made.body.secret;
    assert.equal((await api('GET', '/users', { token })).status, 200);
    const refused = await api('POST', '/users', { token, body: { userPrincipalName: 'x@example.org' } });
    assertProblem(refused, 403, 'forbidden');
    assert.deepEqual(refused.body.params, { permission: 'directory.write' });
    assert.equal((await api('DELETE', `/tokens/${made.body.token.id}`)).status, 204);
    assertProblem(await api('GET', '/users', { token }), 401, 'unauthenticated');
    const { items } = (await api('GET', '/tokens')).body;
    const listed = items.find(({ id }: { id: string }) => id === made.body.token.id);
    assert.equal(typeof listed.revokedAt, 'number');
    assert.ok(!JSON.stringify(items).includes(token) && !('secretHash' in listed));
  });

  test('a token that makes tokens gives nothing that it lacks', async () => {
    const made = await api('POST', '/tokens', {
      body: { name: 'maker', permissions: ['tokens.manage', 'events.read'] },
    });
    const token = made.body.secret;
    const lesser = await api('POST', '/tokens', { token, body: { name: 'a', permissions: ['events.read'] } });
    assert.equal(lesser.status, 201);
    const greater = await api('POST', '/tokens', { token, body: { name: 'b', permissions: ['authority.write'] } });
    assertProblem(greater, 403, 'forbidden');
    assertProblem(await api('POST', '/tokens', { token, body: { name: 'c', permissions: 'all' } }), 403, 'forbidden');
  });

  test('writing profiles does not include assigning them', async () => {
    const root = await addTrustedProfile();
    const made = await api('POST', '/tokens', { body: { name: 'author', permissions: ['profiles.write'] } });
    const token = made.body.secret;
    const assignments = [{ include: 'allDevices' }];
    const refused = await api('POST', '/profiles', { token, body: scepDocument(root.slug, { assignments }) });
    assertProblem(refused, 403, 'forbidden');
    assert.equal((await api('POST', '/profiles', { token, body: scepDocument(root.slug) })).status, 201);
  });
});

describe('the directory', () => {
  test('is imported from files: planned, done, and then unchanged', async () => {
    const files = sampleFiles();
    const planned = await api('POST', '/directory/import', { body: { files, dryRun: true } });
    assert.equal(planned.body.kind, 'planned');
    assert.equal((await api('GET', '/users/jane.doe@alderfinch.example')).status, 404);
    const done = await api('POST', '/directory/import', { body: { files } });
    assert.deepEqual(done.body, { ...planned.body, kind: 'imported' });
    assert.ok(done.body.counts.devices.created > 100);
    const again = await api('POST', '/directory/import', { body: { files } });
    assert.equal(again.body.counts.devices.created + again.body.counts.devices.updated, 0);
    assert.equal((await api('GET', '/users/Jane.Doe@alderfinch.example')).body.displayName, 'Jane Doe');
  });

  test('a file with mistakes is refused with every one, by file, line and column', async () => {
    const users = `${sample('users.csv')}no-such,row\n`;
    const devices = sample('devices.csv').replace('windows10', 'amiga');
    const answer = await api('POST', '/directory/import', { body: { files: { ...sampleFiles(), users, devices } } });
    assertProblem(answer, 422, 'import-refused');
    const { faults, total } = answer.body.params;
    assert.equal(total, faults.length);
    const amiga = faults.find(({ file }: { file: string }) => file === 'devices.csv');
    assert.deepEqual([amiga.line, amiga.column], [2, 12]);
    assert.ok(faults.some(({ file }: { file: string }) => file === 'users.csv'));
  });

  test('pages through without gaps or repeats', async () => {
    await api('POST', '/directory/import', { body: { files: sampleFiles() } });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await api('GET', `/users?limit=7${query}`);
      assert.ok(page.body.items.length <= 7);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.next;
    }
    const whole = await api('GET', '/users?limit=200');
    assert.deepEqual(
      seen,
      whole.body.items.map(({ id }: { id: string }) => id),
    );
    assertProblem(await api('GET', '/users?cursor=nonsense'), 422, 'bad-cursor');
  });

  test('a fact is said, changed and taken back; what is not said stays', async () => {
    const userPrincipalName = `${unique('ada')}@example.org`;
    const made = await api('POST', '/users', { body: { userPrincipalName, givenName: 'Ada', surname: 'L' } });
    assert.equal(made.status, 201);
    assert.equal(made.body.sources.givenName, 'api');
    const changed = await api('PATCH', `/users/${userPrincipalName}`, { body: { surname: null, department: 'R&D' } });
    const { givenName, surname, department } = changed.body;
    assert.deepEqual({ givenName, surname, department }, { givenName: 'Ada', surname: null, department: 'R&D' });
    assertProblem(await api('POST', '/users', { body: { userPrincipalName } }), 409, 'principal-name-taken');
    assert.equal((await api('DELETE', `/users/${made.body.id}`)).status, 204);
    assertProblem(await api('GET', `/users/${made.body.id}`), 404, 'user-not-found');
  });

  test('a name that two devices answer to lists both', async () => {
    const deviceName = unique('twin');
    const one = await addDevice({ deviceName, serialNumber: 'A1' });
    const other = await addDevice({ deviceName, serialNumber: 'B2' });
    const answer = await api('GET', `/devices/${deviceName}`);
    assertProblem(answer, 409, 'ambiguous-name');
    const ids = answer.body.params.candidates.map(({ id }: { id: string }) => id);
    assert.deepEqual(ids.sort(), [one.id, other.id].sort());
    assert.equal((await api('GET', `/devices/${one.id}`)).body.serialNumber, 'A1');
  });

  test('members come and go by name', async () => {
    const device = await addDevice();
    const group = (await api('POST', '/groups', { body: { name: unique('group'), kind: 'device' } })).body;
    const member = { kind: 'device', member: device.deviceName };
    const path = `/groups/${group.name}/members`;
    assert.deepEqual((await api('POST', path, { body: { add: [member] } })).body, { changed: 1 });
    assert.deepEqual((await api('GET', path)).body.items, [{ kind: 'device', id: device.id }]);
    assert.deepEqual((await api('POST', path, { body: { remove: [member] } })).body, { changed: 1 });
    const user = { kind: 'user', member: 'nobody@example.org' };
    assertProblem(await api('POST', path, { body: { add: [user] } }), 404, 'user-not-found');
  });
});

describe('what is asked wrongly', () => {
  test('names what is wrong and where', async () => {
    const answer = await api('POST', '/users', { body: { userPrincipalName: 7, shoeSize: 43 } });
    assertProblem(answer, 400, 'bad-request');
    assert.equal(answer.body.params.in, 'body');
    const paths = answer.body.params.issues.map(({ path }: { path: string }) => path);
    assert.ok(paths.includes('userPrincipalName'));
    assert.match(JSON.stringify(answer.body.params.issues), /shoeSize/);
  });

  test('parameters that nobody asked for are refused', async () => {
    const answer = await api('GET', '/users?serach=jane');
    assertProblem(answer, 400, 'bad-request');
    assert.match(answer.body.detail, /serach/);
    assertProblem(await api('GET', '/status?verbose=1'), 400, 'bad-request');
    assertProblem(await api('GET', `/users?search=${'x'.repeat(9000)}`), 413, 'query-too-long');
  });

  test('a body where none belongs, none where one belongs, and one that is no JSON', async () => {
    const device = await addDevice();
    assertProblem(await api('POST', `/devices/${device.id}/retire`, { body: { now: true } }), 400, 'body-not-expected');
    assertProblem(await api('POST', '/users'), 400, 'bad-request');
    assert.equal((await api('POST', '/users', { body: '{"a":' })).status, 400);
    const text = await api('POST', '/users', { body: 'hello', headers: { 'content-type': 'text/plain' } });
    assert.equal(text.status, 415);
    assertProblem(await api('POST', '/users', { body: { userPrincipalName: 'a\0b' } }), 400, 'bad-request');
  });
});

describe('a POST that is repeated', () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

  test('with the same key gets the same answer and does nothing', async () => {
    const body = { userPrincipalName: `${unique('once')}@example.org` };
    const first = await api('POST', '/users', { body, ...keyed('k1') });
    const second = await api('POST', '/users', { body, ...keyed('k1') });
    assert.equal(first.status, 201);
    assert.equal(second.status, 201);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    const events = await api('GET', `/events?subjectKind=user&subjectId=${first.body.id}`);
    assert.equal(events.body.items.length, 1);
  });

  test('with the same key and something else is refused', async () => {
    await api('POST', '/groups', { body: { name: unique('g'), kind: 'user' }, ...keyed('k2') });
    const other = await api('POST', '/groups', { body: { name: unique('g'), kind: 'user' }, ...keyed('k2') });
    assertProblem(other, 422, 'idempotency-key-reused');
  });

  test('may be tried again when it failed', async () => {
    const userPrincipalName = `${unique('late')}@example.org`;
    const existing = await api('POST', '/users', { body: { userPrincipalName } });
    const refused = await api('POST', '/users', { body: { userPrincipalName }, ...keyed('k3') });
    assert.equal(refused.status, 409);
    await api('DELETE', `/users/${existing.body.id}`);
    assert.equal((await api('POST', '/users', { body: { userPrincipalName }, ...keyed('k3') })).status, 201);
  });

  test('shows no secret twice, and keeps none', async () => {
    const body = { name: 'once', permissions: ['events.read'] };
    const first = await api('POST', '/tokens', { body, ...keyed('k4') });
    assert.equal(first.status, 201);
    assertProblem(await api('POST', '/tokens', { body, ...keyed('k4') }), 409, 'idempotency-not-replayable');
    const [own] = (await api('GET', '/tokens')).body.items;
    const { clock, store } = world.server.foundation;
    const kept = await store.idempotency.find(own.id, 'k4', clock.now());
    assert.equal(kept?.body, '');
  });

  test('the keys of two tokens have nothing to do with each other', async () => {
    const { secret: token } = (await api('POST', '/tokens', { body: { name: 'other', permissions: 'all' } })).body;
    const one = await api('POST', '/groups', { body: { name: unique('g'), kind: 'user' }, ...keyed('k5') });
    const other = await api('POST', '/groups', { token, body: { name: unique('g'), kind: 'user' }, ...keyed('k5') });
    assert.equal(one.status, 201);
    assert.equal(other.status, 201);
    assertProblem(await api('POST', '/groups', { body: {}, ...keyed('two words') }), 400, 'bad-request');
    const malformed = { body: { name: unique('g'), kind: 'user' }, ...keyed('two words') };
    assertProblem(await api('POST', '/groups', malformed), 400, 'idempotency-key-malformed');
  });
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
    const { body: document } = await api('GET', `/profiles/${profile.id}/document`);
    const settings = { ...document.settings, subjectNameFormat: 'CN={{SerialNumber}}' };
    const body = { document: { ...document, settings }, device: device.id };
    const bad = await api('POST', '/profiles/preview', { body });
    assert.equal(bad.body.subject, null);
    assert.deepEqual(bad.body.unresolved, [{ variable: 'SerialNumber', reason: 'value-empty' }]);
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
    assert.equal((await api('GET', `/deployments?device=${device.id}&states=installed`)).body.items.length, 0);
    const timeline = await api('GET', `/devices/${device.id}/timeline`);
    const types = timeline.body.items.map((entry: { event?: { type: string } }) => entry.event?.type);
    assert.ok(types.includes('challenge.issued') && types.includes('deployment.created'), types.join());
    assert.ok(!JSON.stringify(timeline.body).includes(made.body.challenge));
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

describe('the authority', () => {
  test('shows its issuer, hands out its chain, and publishes its CRL', async () => {
    const { items } = (await api('GET', '/authorities')).body;
    assert.equal(items.length, 1);
    const [issuer] = items[0].issuers;
    const pem = await api('GET', '/authorities/alderfinch/chain');
    assert.match(pem.headers.get('content-disposition') ?? '', /attachment/);
    const [first] = pemBlocks(pem.body, 'CERTIFICATE');
    assert.ok(first);
    assert.equal(parseCertificate(first).notAfter, issuer.notAfter);
    const before = issuer.crls[0]?.number ?? 0;
    const published = await api('POST', '/authorities/alderfinch/crl');
    assert.equal(published.body.items[0].number, before + 1);
    assert.equal((await fetch(published.body.items[0].url.replace(/^.*(?=\/pki\/)/, world.url))).status, 200);
    assertProblem(await api('GET', '/authorities/none'), 404, 'authority-not-found');
  });

  test('templates are edited with If-Match and judged', async () => {
    const shown = await api('GET', '/authorities/alderfinch');
    const path = '/authorities/alderfinch/templates';
    const [template] = shown.body.templates;
    const extra = { ...template, name: 'short', maximumValidity: 30 };
    const body = { templates: [template, extra] };
    const etag = { 'if-match': shown.headers.get('etag') ?? '' };
    assertProblem(await api('PUT', path, { body }), 428, 'if-match-missing');
    assertProblem(
      await api('PUT', path, { body: { templates: [extra, extra] }, headers: etag }),
      422,
      'template-invalid',
    );
    const saved = await api('PUT', path, { body, headers: etag });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    assert.deepEqual(saved.body.templates, body.templates);
    assertProblem(await api('PUT', path, { body, headers: etag }), 412, 'authority-version');
  });

  test('certificates are found by serial number, downloaded and revoked once', async () => {
    const { items } = (await api('GET', '/certificates?status=valid')).body;
    const ra = items.find(({ purpose }: { purpose: string }) => purpose === 'ra');
    assert.ok(ra);
    assert.equal((await api('GET', `/certificates/${ra.serial}`)).body.id, ra.id);
    assert.equal((await api('GET', `/certificates/${ra.thumbprint256}`)).body.id, ra.id);
    const pem = await api('GET', `/certificates/${ra.id}/file`);
    const [der] = pemBlocks(pem.body, 'CERTIFICATE');
    assert.ok(der);
    assert.equal(parseCertificate(der).notAfter, ra.notAfter);
    assertProblem(
      await api('POST', `/certificates/${ra.id}/revoke`, { body: { reason: 'boredom' } }),
      400,
      'bad-request',
    );
    const revoked = await api('POST', `/certificates/${ra.id}/revoke`, { body: { reason: 'superseded' } });
    assert.deepEqual([revoked.body.kind, revoked.body.certificate.status], ['revoked', 'revoked']);
    const again = await api('POST', `/certificates/${ra.id}/revoke`, { body: { reason: 'keyCompromise' } });
    assert.deepEqual([again.body.kind, again.body.certificate.revocationReason], ['already', 'superseded']);
    assertProblem(await api('GET', '/certificates/00ff00ff'), 404, 'certificate-not-found');
  });
});

describe('the rest', () => {
  test('the cadence is put, bounded and taken back', async () => {
    const cadence = { early: [{ until: 600_000, every: 60_000 }], steady: 3_600_000 };
    assert.deepEqual((await api('PUT', '/settings/cadence', { body: { cadence } })).body, { cadence });
    assert.deepEqual((await api('GET', '/settings/cadence')).body, { cadence });
    const hasty = { cadence: { early: [], steady: 1 } };
    assertProblem(await api('PUT', '/settings/cadence', { body: hasty }), 422, 'cadence-out-of-range');
    assert.equal((await api('PUT', '/settings/cadence', { body: { cadence: null } })).status, 200);
    assert.deepEqual((await api('GET', '/settings/cadence')).body, { cadence: null });
  });

  test('events are filtered by type and subject', async () => {
    const device = await addDevice();
    const own = await api('GET', `/events?subjectKind=device&subjectId=${device.id}&types=directory.changed`);
    assert.equal(own.body.items.length, 1);
    assert.equal(own.body.items[0].cause.actor.kind, 'token');
    assertProblem(await api('GET', '/events?types=nothing.happened'), 400, 'bad-request');
    assertProblem(await api('GET', `/events?subjectId=${device.id}`), 400, 'bad-request');
  });

  test('the status counts', async () => {
    await addDevice();
    const { body } = await api('GET', '/status');
    assert.ok(
      body.devices.some(
        ({ platform, count }: { platform: string; count: number }) => platform === 'linux' && count > 0,
      ),
    );
    assert.equal(body.waitingApprovals, 0);
  });

  test('no approval of that id', async () => {
    assert.deepEqual((await api('GET', '/approvals?state=waiting')).body, { items: [], next: null });
    const body = { decision: 'approved' };
    assertProblem(await api('POST', '/approvals/none/decision', { body }), 404, 'approval-unknown');
  });

  test('the server describes itself as the repository does', async () => {
    const headers = { authorization: `Bearer ${world.adminToken}` };
    const response = await fetch(`${world.url}/api/openapi.json`, { headers });
    const committed = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));
    assert.deepEqual(await response.json(), committed);
  });
});
