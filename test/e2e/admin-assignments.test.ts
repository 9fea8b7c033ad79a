/** Filters, co-management and explanations over the API. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, addDevice, addTrustedProfile, unique } = fixture;

const rule = '(device.manufacturer -eq "Framework")';

async function addFilter(changes: object = {}) {
  const answer = await api('POST', '/filters', {
    body: { name: unique('Filter'), platform: 'linux', rule, ...changes },
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.filter;
}

type Explained = { profile: { id: string }; status: string; sentence: string; reasons: { code: string }[] };

async function explained(path: string, profileId: string): Promise<Explained | undefined> {
  const { items } = (await api('GET', `${path}/explain`)).body as { items: Explained[] };
  return items.find(({ profile }) => profile.id === profileId);
}

describe('assignments', () => {
  const put = (profile: { id: string }, items: readonly object[], etag?: string) =>
    api('PUT', `/profiles/${profile.id}/assignments`, {
      body: { items },
      ...(etag !== undefined && { headers: { 'if-match': etag } }),
    });

  test('overwrite nobody’s unseen', async () => {
    const profile = await addTrustedProfile();
    const device = await addDevice();
    const path = `/profiles/${profile.id}/assignments`;
    const first = (await api('GET', path)).headers.get('etag') ?? '';
    const all = { mode: 'include', target: { kind: 'allDevices' } };
    const one = { mode: 'exclude', target: { kind: 'device', deviceId: device.id } };
    const saved = await put(profile, [all], first);
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    assertProblem(await put(profile, [one], first), 412, 'assignments-changed');
    assert.deepEqual((await api('GET', path)).body.items, saved.body.items);
    const second = saved.headers.get('etag') ?? '';
    assert.notEqual(second, first);
    assert.equal((await api('GET', path)).headers.get('etag'), second);
    assert.equal((await put(profile, [all], second)).headers.get('etag'), second);
    assert.equal((await put(profile, [all, one], '*')).status, 200);
    // The same assignment again is another one: somebody has decided twice meanwhile.
    await put(profile, []);
    await put(profile, [all]);
    assertProblem(await put(profile, [], second), 412, 'assignments-changed');
  });

  test('say how many devices each line reaches, and what is to be said of it', async () => {
    const maker = unique('Maker');
    const facts = { registeredAt: world.clock.now() };
    const [near, far] = [await addDevice({ ...facts, manufacturer: maker }), await addDevice(facts)];
    await addDevice({ ...facts, platform: 'ios' });
    const group = (await api('POST', '/groups', { body: { name: unique('Phones'), kind: 'device' } })).body;
    const members = [near, far].map(({ id }) => ({ kind: 'device', member: id }));
    await api('POST', `/groups/${group.id}/members`, { body: { add: members } });
    const filter = await addFilter({ rule: `(device.manufacturer -eq "${maker}")` });
    const upn = `${unique('ada')}@example.org`;
    const user = (await api('POST', '/users', { body: { userPrincipalName: upn } })).body;
    await addDevice({ ...facts, primaryUser: upn });
    const include = (target: object, mode?: string) => ({
      mode: 'include',
      target,
      ...(mode !== undefined && { filter: { filterId: filter.id, mode } }),
    });
    const ofGroup = { kind: 'group', groupId: group.name };
    const items = [
      include(ofGroup, 'include'),
      include({ kind: 'allDevices' }, 'include'),
      include({ kind: 'user', userId: user.id }, 'exclude'),
      { mode: 'exclude', target: ofGroup },
    ];
    const { status, body } = await api('POST', '/assignments/preview', { body: { platform: 'linux', items } });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      body.items.map(({ devices }: { devices: number }) => devices),
      [1, 1, 1, 2],
    );
    const { devices: all } = (await api('POST', '/filters/preview', { body: { filter: filter.id } })).body;
    const plain = { platform: 'linux', items: [include({ kind: 'allDevices' })] };
    assert.equal((await api('POST', '/assignments/preview', { body: plain })).body.items[0].devices, all);
    assert.deepEqual(
      body.findings.map((each: { rule: string; path: string }) => [each.rule, each.path]),
      [
        ['assignment-single-target', 'assignments.2.include'],
        ['assignment-mixed-kinds', 'assignments.3.exclude'],
      ],
    );
    const ios = (await api('POST', '/assignments/preview', { body: { platform: 'ios', items } })).body;
    assert.equal(ios.findings[0].rule, 'filter-wrong-platform');
    const nobody = { platform: 'linux', items: [include({ kind: 'group', groupId: 'no such' })] };
    assertProblem(await api('POST', '/assignments/preview', { body: nobody }), 404, 'group-not-found');
  });
});

describe('filters', () => {
  test('are made, listed, shown, replaced by version, and deleted', async () => {
    const filter = await addFilter({ description: 'laptops' });
    const shown = await api('GET', `/filters/${filter.name}`);
    assert.equal(shown.headers.get('etag'), '"1"');
    assert.deepEqual(shown.body, { ...filter, usedBy: [] });
    const listed = await api('GET', `/filters?platform=linux&search=${filter.name}`);
    assert.deepEqual(listed.body, { items: [filter], next: null });
    const body = { name: filter.name, rule: '(device.osVersion -startsWith "Debian")' };
    assertProblem(await api('PUT', `/filters/${filter.id}`, { body }), 428, 'if-match-missing');
    const put = await api('PUT', `/filters/${filter.id}`, { body, headers: { 'if-match': '"1"' } });
    assert.deepEqual([put.status, put.body.outcome, put.headers.get('etag')], [200, 'changed', '"2"']);
    assert.deepEqual(
      put.body.findings.map((each: { rule: string }) => each.rule),
      ['filter-deprecated'],
    );
    assertProblem(
      await api('PUT', `/filters/${filter.id}`, { body, headers: { 'if-match': '"1"' } }),
      412,
      'filter-version',
    );
    assertProblem(
      await api('PUT', `/filters/${filter.id}`, { body: { ...body, platform: 'ios' }, headers: { 'if-match': '"2"' } }),
      422,
      'filter-platform-changed',
    );
    assert.equal((await api('DELETE', `/filters/${filter.id}`)).status, 204);
    assertProblem(await api('GET', `/filters/${filter.id}`), 404, 'filter-not-found');
  });

  test('with errors are refused with the place of each', async () => {
    const wrong = {
      name: unique('Filter'),
      platform: 'linux',
      rule: '(device.deviceTrustType -eq "x") or (device.model -gt "1")',
    };
    const answer = await api('POST', '/filters', { body: wrong });
    assertProblem(answer, 422, 'filter-invalid');
    const { findings } = answer.body.params;
    assert.deepEqual(
      findings.map((each: { rule: string; offset: number }) => [each.rule, each.offset]),
      [
        ['filter-property-not-on-platform', 1],
        ['filter-operator-not-allowed', 50],
      ],
    );
    const filter = await addFilter();
    const again = { name: filter.name.toUpperCase(), platform: 'linux', rule };
    assertProblem(await api('POST', '/filters', { body: again }), 409, 'filter-name-taken');
  });

  test('are previewed against the devices that there are', async () => {
    const manufacturer = unique('Maker');
    const wanted = `(device.manufacturer -eq "${manufacturer}")`;
    const names = ['a', 'b', 'c'].map((letter) => `${letter}-${manufacturer}`);
    for (const deviceName of names) await addDevice({ deviceName, manufacturer });
    await addDevice();
    const look = async (body: object) => (await api('POST', '/filters/preview', { body })).body;
    const first = await look({ platform: 'linux', rule: wanted, limit: 2 });
    assert.deepEqual(
      first.items.map((each: { deviceName: string }) => each.deviceName),
      names.slice(0, 2),
    );
    assert.deepEqual([first.matching, first.next, first.findings], [3, 2, []]);
    assert.ok(first.devices >= 4);
    const filter = await addFilter({ rule: wanted });
    const rest = await look({ filter: filter.name, skip: first.next });
    assert.deepEqual(
      rest.items.map((each: { deviceName: string }) => each.deviceName),
      names.slice(2),
    );
    const broken = await look({ platform: 'linux', rule: '(device.manufacturer -eq' });
    assert.deepEqual([broken.matching, broken.items], [null, []]);
    assert.equal(broken.findings[0].offset, 24);
    assertProblem(await api('POST', '/filters/preview', { body: { platform: 'linux' } }), 400, 'bad-request');
  });

  test('decide over devices, are explained, and cannot be deleted while they are used', async () => {
    const profile = await addTrustedProfile();
    const filter = await addFilter();
    const [yes, no] = [await addDevice({ manufacturer: 'Framework' }), await addDevice({ manufacturer: 'Acme' })];
    for (const { id } of [yes, no]) await api('PATCH', `/devices/${id}`, { body: { registeredAt: world.clock.now() } });
    const items = [
      { mode: 'include', target: { kind: 'allDevices' }, filter: { filterId: filter.name, mode: 'include' } },
    ];
    const path = `/profiles/${profile.id}/assignments`;
    const put = await api('PUT', path, { body: { items } });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    assert.deepEqual(put.body.items[0].filter, { filterId: filter.id, mode: 'include' });
    assert.equal((await explained(`/devices/${yes.id}`, profile.id))?.status, 'applies');
    const left = await explained(`/devices/${no.id}`, profile.id);
    assert.equal(left?.status, 'not-applicable');
    assert.ok(left?.sentence.includes(`“${filter.name}” (include): ${rule}`));
    const document = (await api('GET', `/profiles/${profile.id}/document`)).body;
    assert.deepEqual(document.assignments, [{ include: 'allDevices', filter: { include: filter.name } }]);
    const again = await api('PUT', `/profiles/${profile.id}`, { body: document, headers: { 'if-match': '"1"' } });
    assert.equal(again.body.outcome, 'unchanged', JSON.stringify(again.body));
    const refused = await api('DELETE', `/filters/${filter.id}`);
    assertProblem(refused, 409, 'filter-in-use');
    assert.deepEqual(
      refused.body.params.profiles.map((each: { id: string }) => each.id),
      [profile.id],
    );
    const { usedBy } = (await api('GET', `/filters/${filter.id}`)).body;
    assert.deepEqual(usedBy, [{ id: profile.id, name: profile.name, slug: profile.slug }]);
    const wrong = await addFilter({ platform: 'ios', rule: '(device.model -eq "iPhone")' });
    const other = { items: [{ ...items[0], filter: { filterId: wrong.id, mode: 'include' } }] };
    assertProblem(await api('PUT', path, { body: other }), 422, 'filter-wrong-platform');
    // In a document it is an error at its place, and nothing is done.
    const lines = [{ include: 'allDevices', filter: { include: wrong.name } }];
    const plan = await api('POST', '/profiles/plan', {
      body: { documents: [{ document: { ...document, assignments: lines } }] },
    });
    assert.equal(plan.body.outcome, 'refused', JSON.stringify(plan.body));
    const [finding] = plan.body.items[0].findings;
    assert.deepEqual([finding.rule, finding.path], ['filter-wrong-platform', 'assignments.0.filter']);
  });
});

describe('combinations that Intune does not have', () => {
  test('work, and are told of as information', async () => {
    const profile = await addTrustedProfile();
    const [people, kiosks] = [unique('People'), unique('Kiosks')];
    await api('POST', '/groups', { body: { name: people, kind: 'user' } });
    await api('POST', '/groups', { body: { name: kiosks, kind: 'device' } });
    const items = [
      { mode: 'include', target: { kind: 'group', groupId: people } },
      { mode: 'exclude', target: { kind: 'group', groupId: kiosks } },
    ];
    const put = await api('PUT', `/profiles/${profile.id}/assignments`, { body: { items } });
    const brief = (findings: { rule: string; severity: string; path: string }[]) =>
      findings.map((each) => [each.rule, each.severity, each.path]);
    const expected = [['assignment-mixed-kinds', 'information', 'assignments.1.exclude']];
    assert.deepEqual(brief(put.body.findings), expected);
    const { body: document } = await api('GET', `/profiles/${profile.id}/document`);
    const plan = await api('POST', '/profiles/plan', { body: { documents: [{ document }] } });
    assert.deepEqual(brief(plan.body.items[0].findings), expected);
    const everybody = [
      { mode: 'include', target: { kind: 'allUsers' } },
      { mode: 'include', target: { kind: 'allDevices' } },
      items[0],
    ];
    const all = await api('PUT', `/profiles/${profile.id}/assignments`, { body: { items: everybody } });
    assert.deepEqual(brief(all.body.findings), [
      ['assignment-beside-everybody', 'information', 'assignments.2.include'],
    ]);
  });
});

describe('co-management', () => {
  test('a pilot group keeps the pilots that are in it', async () => {
    const pem = (await api('GET', '/authorities/alderfinch/chain')).body;
    const body = {
      kind: 'trustedCertificate',
      name: unique('Windows root'),
      platform: 'windows10',
      settings: { certificate: `-----BEGIN CERTIFICATE${pem.split('-----BEGIN CERTIFICATE').at(-1)}` },
      assignments: [{ include: 'allDevices' }],
    };
    const { profile } = (await api('POST', '/profiles', { body })).body;
    const facts = { platform: 'windows10', coManagementWorkload: 'pilot', registeredAt: world.clock.now() };
    const [within, without] = [await addDevice(facts), await addDevice(facts)];
    for (const response of [
      await api('PATCH', `/devices/${within.id}`, { body: { coManagementWorkload: 'pliot' } }),
      await api('POST', '/devices', {
        body: { deviceName: unique('pc'), platform: 'windows10', coManagementWorkload: 'configurationManger' },
      }),
    ])
      assertProblem(response, 422, 'unknown-workload');
    const group = unique('Pilots');
    await api('POST', '/groups', { body: { name: group, kind: 'device' } });
    await api('POST', `/groups/${group}/members`, { body: { add: [{ kind: 'device', member: within.id }] } });
    assert.deepEqual((await api('GET', '/settings/co-management')).body, { pilotGroup: null });
    const statuses = async () =>
      Promise.all([within, without].map(async ({ id }) => (await explained(`/devices/${id}`, profile.id))?.status));
    assert.deepEqual(await statuses(), ['applies', 'applies']);
    const put = await api('PUT', '/settings/co-management', { body: { pilotGroup: group } });
    assert.equal(put.body.pilotGroup.name, group);
    assert.deepEqual(await statuses(), ['applies', 'not-applicable']);
    assertProblem(await api('DELETE', `/groups/${group}`), 409, 'group-in-use');
    assert.deepEqual((await api('PUT', '/settings/co-management', { body: { pilotGroup: null } })).body, {
      pilotGroup: null,
    });
    assert.equal((await api('DELETE', `/groups/${group}`)).status, 204);
  });
});

describe('explanations of a user', () => {
  test('go device by device', async () => {
    const profile = await addTrustedProfile();
    const upn = `${unique('ada')}@example.org`;
    await api('POST', '/users', { body: { userPrincipalName: upn } });
    const items = [{ mode: 'include', target: { kind: 'user', userId: upn } }];
    await api('PUT', `/profiles/${profile.id}/assignments`, { body: { items } });
    const alone = await explained(`/users/${upn}`, profile.id);
    assert.equal(alone?.status, 'no-device');
    const device = await addDevice({ primaryUser: upn });
    const { items: found } = (await api('GET', `/users/${upn}/explain`)).body;
    const own = found.find((each: Explained) => each.profile.id === profile.id);
    assert.deepEqual(own.device, { id: device.id, deviceName: device.deviceName, platform: 'linux' });
    assert.deepEqual([own.status, own.sentence], ['applies', `Included: its user ${upn} by name.`]);
    assertProblem(await api('GET', '/users/nobody@example.org/explain'), 404, 'user-not-found');
  });
});

describe('scope tags', () => {
  test('are carried by profiles and filters by name, and Default counts for the others', async () => {
    const name = unique('Berlin');
    const made = await api('POST', '/scope-tags', { body: { name } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const profile = await addTrustedProfile();
    assert.deepEqual(profile.scopeTags, ['Default']);
    const path = `/profiles/${profile.id}`;
    const { body: document } = await api('GET', `${path}/document`);
    assert.deepEqual(document.scopeTags, []);
    const tagged = { ...document, scopeTags: [name, 'Nowhere'] };
    const put = await api('PUT', path, { body: tagged, headers: { 'if-match': '"1"' } });
    assert.deepEqual(
      put.body.findings.map((each: { rule: string; path: string }) => [each.rule, each.path]),
      [['scope-tag-unknown', 'scopeTags.1']],
    );
    assert.equal(put.body.profile.contentVersion, 1);
    const filter = await addFilter({ scopeTags: [name] });
    assert.deepEqual(filter.scopeTags, [name]);
    const shown = await api('GET', `/scope-tags/${name}`);
    const renamed = await api('PUT', `/scope-tags/${name}`, {
      body: { name: `${name} 2` },
      headers: { 'if-match': shown.headers.get('etag') ?? '' },
    });
    assert.equal(renamed.status, 200, JSON.stringify(renamed.body));
    assert.deepEqual((await api('GET', path)).body.scopeTags, [`${name} 2`, 'Nowhere']);
    assert.deepEqual((await api('GET', `/filters/${filter.id}`)).body.scopeTags, [`${name} 2`]);
    assertProblem(await api('DELETE', `/scope-tags/${made.body.id}`), 409, 'scope-tag-in-use');
    const group = (await api('POST', '/groups', { body: { name: unique('Tagged'), kind: 'device' } })).body.id;
    const input = { name: unique('Grouped'), groups: [group] };
    const grouped = await api('POST', '/scope-tags', { body: input });
    assert.equal((await api('DELETE', `/groups/${group}`)).status, 204);
    const without = await api('PUT', `/scope-tags/${grouped.body.id}`, { body: input, headers: { 'if-match': '"1"' } });
    assert.deepEqual([without.status, without.body.groupIds], [200, []]);
    assertProblem(await api('DELETE', '/scope-tags/0'), 422, 'scope-tag-built-in');
    assert.equal((await api('GET', '/scope-tags/default')).body.builtIn, true);
  });

  test('come to devices from groups, and to their deployments', async () => {
    const [name, own, group] = [unique('North'), unique('Own'), unique('Group')];
    const device = await addDevice();
    await api('POST', '/groups', { body: { name: group, kind: 'device' } });
    await api('POST', `/groups/${group}/members`, { body: { add: [{ kind: 'device', member: device.id }] } });
    for (const each of [name, own]) await api('POST', '/scope-tags', { body: { name: each } });
    const path = `/devices/${device.id}/scope-tags`;
    const given = await api('PUT', path, { body: { scopeTags: [own] } });
    assert.deepEqual(given.body, { scopeTags: [own], from: 'device', given: [own] });
    const { headers } = await api('GET', `/scope-tags/${name}`);
    const version = { 'if-match': headers.get('etag') ?? '' };
    await api('PUT', `/scope-tags/${name}`, { body: { name, groups: [group] }, headers: version });
    assert.deepEqual((await api('GET', path)).body, { scopeTags: [name], from: 'groups', given: [own] });
    assert.deepEqual((await api('GET', `/devices/${device.id}`)).body.scopeTags, [name]);
    const listed = (await api('GET', `/devices?search=${device.deviceName}`)).body.items;
    assert.deepEqual(listed[0].scopeTags, [name]);
    const profile = await addTrustedProfile();
    const items = [{ mode: 'include', target: { kind: 'device', deviceId: device.id } }];
    await api('PUT', `/profiles/${profile.id}/assignments`, { body: { items } });
    await world.server.reconciling.settled();
    const deployments = (await api('GET', `/deployments?device=${device.id}`)).body.items;
    assert.deepEqual(deployments[0].scopeTags, [name]);
  });
});
