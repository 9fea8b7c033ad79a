/** What administrators within scope tags make, change and assign, over the API. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { assertProblem } from '../support/admin-client.ts';
import { type AdminFixture, startAdminFixture } from '../support/admin-fixture.ts';
import { sessionClient } from '../support/session-client.ts';

let fixture: AdminFixture;
let northern: string;
let groups: Readonly<Record<'own' | 'nested' | 'foreign', string>>;

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  fixture.api(method, path, { token: northern, ...(body !== undefined && { body }), ...(headers && { headers }) });

async function made(path: string, body: object) {
  const answer = await fixture.api('POST', path, { body });
  assert.ok([200, 201].includes(answer.status), JSON.stringify(answer.body));
  return answer.body;
}

before(async () => {
  fixture = await startAdminFixture();
  const [own, nested, foreign] = [
    await made('/groups', { name: 'northern laptops', kind: 'device' }),
    await made('/groups', { name: 'nested', kind: 'device' }),
    await made('/groups', { name: 'southern laptops', kind: 'device' }),
  ];
  await made(`/groups/${own.id}/members`, { add: [{ kind: 'group', member: nested.id }] });
  await made('/scope-tags', { name: 'North', groups: [own.id] });
  await made('/scope-tags', { name: 'South', groups: [foreign.id] });
  groups = { own: own.id, nested: nested.id, foreign: foreign.id };
  const token = { name: 'northern', permissions: 'all', scopeTags: ['North'], scopeGroups: [own.id] };
  northern = (await made('/tokens', token)).secret;
});
after(() => fixture[Symbol.asyncDispose]());

/** A trusted profile of somebody, tagged as said. */
async function profileOf(scopeTags: readonly string[]) {
  const root = await fixture.addTrustedProfile();
  const { body: document } = await fixture.api('GET', `/profiles/${root.id}/document`);
  const { slug: _, ...rest } = document;
  const name = fixture.unique('profile');
  return (await made('/profiles', { ...rest, name, scopeTags })).profile;
}

async function documentOf(id: string) {
  const { body, headers } = await fixture.api('GET', `/profiles/${id}/document`);
  const shown = await fixture.api('GET', `/profiles/${id}`);
  return { document: body, etag: headers.get('etag') ?? shown.headers.get('etag') ?? '' };
}

suite('within scope tags', () => {
  test('a new profile carries the tags of who makes it; only their own can be given', async () => {
    const root = await fixture.addTrustedProfile();
    const { document } = await documentOf(root.id);
    const { slug: _, ...rest } = document;
    const answer = await call('POST', '/profiles', { ...rest, name: 'Mine' });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.profile.scopeTags, ['North']);
    assert.equal((await call('GET', `/profiles/${answer.body.profile.id}`)).status, 200);
    const foreign = await call('POST', '/profiles', { ...rest, name: 'Theirs', scopeTags: ['North', 'South'] });
    assertProblem(foreign, 403, 'scope-tag-not-own');
    assertProblem(
      await call('POST', '/profiles', { ...rest, name: 'Theirs', scopeTags: ['South'] }),
      403,
      'last-scope-tag',
    );
  });

  test('the last tag stays, and tags of others stay as they are', async () => {
    const { id } = await profileOf(['North', 'South']);
    const { document, etag } = await documentOf(id);
    const put = (scopeTags: readonly string[]) =>
      call('PUT', `/profiles/${id}/document`, { ...document, scopeTags }, { 'if-match': etag });
    assertProblem(await put([]), 403, 'last-scope-tag');
    assertProblem(await put(['South']), 403, 'last-scope-tag');
    assertProblem(await put(['North']), 403, 'scope-tag-not-own');
    const kept = await put(['South', 'North']);
    assert.equal(kept.status, 200, JSON.stringify(kept.body));
  });

  test('profiles as code touch nothing that is not seen, and learn nothing of it', async () => {
    const { slug, name } = await profileOf(['South']);
    const { document } = await documentOf(slug);
    const documents = [{ document: { ...document, description: 'taken over' } }];
    for (const path of ['/profiles/plan', '/profiles/apply']) {
      const answer = await call('POST', path, { documents });
      assertProblem(answer, 409, 'slug-taken');
    }
    assertProblem(await call('POST', '/profiles/apply', { documents: [], prune: {} }), 403, 'limited-by-scope-tags');
    assert.equal((await fixture.api('GET', `/profiles/${slug}`)).body.name, name);
  });

  test('profiles are assigned within scope groups alone, exclusions too', async () => {
    const { id } = await profileOf(['North']);
    const put = (...items: object[]) => call('PUT', `/profiles/${id}/assignments`, { items });
    const to = (groupId: string, mode = 'include') => ({ mode, target: { kind: 'group', groupId } });
    const own = await put(to(groups.own), to(groups.nested, 'exclude'));
    assert.equal(own.status, 200, JSON.stringify(own.body));
    assertProblem(await put({ mode: 'include', target: { kind: 'allDevices' } }), 403, 'target-out-of-scope');
    // It is not there for them.
    assertProblem(await put(to(groups.foreign)), 404, 'group-not-found');
    const plain = await made('/groups', { name: 'plain', kind: 'device' });
    const wider = await made('/tokens', {
      name: 'sees all, assigns little',
      permissions: 'all',
      scopeGroups: [groups.own],
    });
    const wide = (mode: string) =>
      fixture.api('PUT', `/profiles/${id}/assignments`, {
        token: wider.secret,
        body: { items: [to(groups.own), to(plain.id, mode)] },
      });
    assertProblem(await wide('include'), 403, 'target-out-of-scope');
    assertProblem(await wide('exclude'), 403, 'target-out-of-scope');
  });

  test('what others have assigned to groups that are not seen stays', async () => {
    const { id } = await profileOf(['North']);
    const to = (groupId: string) => ({ mode: 'include', target: { kind: 'group', groupId } });
    await fixture.api('PUT', `/profiles/${id}/assignments`, { body: { items: [to(groups.foreign), to(groups.own)] } });
    const { body } = await call('GET', `/profiles/${id}/assignments`);
    assert.deepEqual(
      body.items.map(({ target }: { target: { groupId: string } }) => target.groupId),
      [groups.own],
    );
    const answer = await call('PUT', `/profiles/${id}/assignments`, { items: [to(groups.nested)] });
    assert.deepEqual(
      answer.body.items.map(({ target }: { target: { groupId: string } }) => target.groupId),
      [groups.nested],
    );
    const all = (await fixture.api('GET', `/profiles/${id}/assignments`)).body.items;
    assert.deepEqual(
      all.map(({ target }: { target: { groupId: string } }) => target.groupId).sort(),
      [groups.nested, groups.foreign].sort(),
    );
  });

  test('devices and groups of devices carry the tags of who makes them, and keep one', async () => {
    const { body: device } = await call('POST', '/devices', { deviceName: 'northern', platform: 'linux' });
    const tags = () => call('GET', `/devices/${device.id}/scope-tags`);
    assert.deepEqual((await tags()).body.scopeTags, ['North']);
    const give = (scopeTags: readonly string[]) => call('PUT', `/devices/${device.id}/scope-tags`, { scopeTags });
    assertProblem(await give([]), 403, 'last-scope-tag');
    assertProblem(await give(['North', 'South']), 403, 'scope-tag-not-own');
    const { body: group } = await call('POST', '/groups', { name: 'more laptops', kind: 'device' });
    assert.equal((await call('GET', `/groups/${group.id}`)).status, 200);
    const people = await call('POST', '/groups', { name: 'people', kind: 'user' });
    assertProblem(people, 403, 'limited-by-scope-tags');
    assertProblem(await call('POST', '/users', { userPrincipalName: 'new@example.org' }), 403, 'limited-by-scope-tags');
  });

  test('impact, explanations and status name and count devices that are seen, and no others', async () => {
    const registered = { registeredAt: 1 };
    const [mine, theirs] = [await fixture.addDevice(registered), await fixture.addDevice(registered)];
    await made(`/groups/${groups.own}/members`, { add: [{ kind: 'device', member: mine.id }] });
    await made(`/groups/${groups.foreign}/members`, { add: [{ kind: 'device', member: theirs.id }] });
    const { id } = await profileOf(['North']);
    const hidden = await profileOf(['South']);
    const everybody = { items: [{ mode: 'include', target: { kind: 'allDevices' } }] };
    for (const profile of [id, hidden.id])
      await fixture.api('PUT', `/profiles/${profile}/assignments`, { body: everybody });
    const impact = await call('POST', '/profiles/impact', { profile: id, limit: 1000 });
    const all = await fixture.api('POST', '/profiles/impact', { body: { profile: id, limit: 1000 } });
    const named = (body: object) => JSON.stringify(body).includes(theirs.deviceName);
    assert.deepEqual([named(all.body), named(impact.body)], [true, false]);
    assert.ok(JSON.stringify(impact.body).includes(mine.deviceName));
    const sum = (body: { profiles: { counts: Record<string, number> }[] }) =>
      Object.values(body.profiles[0]?.counts ?? {}).reduce((a, b) => a + b, 0);
    assert.ok(sum(impact.body) < sum(all.body));
    const explained = await call('GET', `/devices/${mine.id}/explain`);
    const ids = explained.body.items.map(({ profile }: { profile: { id: string } }) => profile.id);
    assert.deepEqual([ids.includes(id), ids.includes(hidden.id)], [true, false]);
    const preview = await call('POST', '/filters/preview', {
      platform: 'linux',
      rule: '(device.deviceName -contains "device")',
    });
    assert.deepEqual([named(preview.body), preview.status], [false, 200]);
  });

  test('tokens of others are neither seen nor revoked', async () => {
    const { token } = await made('/tokens', { name: 'other', permissions: ['events.read'] });
    const own = await call('POST', '/tokens', {
      name: 'lesser',
      permissions: ['events.read'],
      scopeTags: ['North'],
      scopeGroups: [groups.own],
    });
    assert.equal(own.status, 201, JSON.stringify(own.body));
    const list = JSON.stringify((await call('GET', '/tokens')).body);
    assert.deepEqual([list.includes(token.id), list.includes(own.body.token.id)], [false, true]);
    assertProblem(await call('DELETE', `/tokens/${token.id}`), 404, 'no-such-token');
    assert.equal((await call('DELETE', `/tokens/${own.body.token.id}`)).status, 204);
  });

  test('an administrator with two roles has what each gives within its own tags alone', async () => {
    const [mine, theirs] = [await fixture.addDevice(), await fixture.addDevice()];
    await made(`/groups/${groups.own}/members`, { add: [{ kind: 'device', member: mine.id }] });
    await made(`/groups/${groups.foreign}/members`, { add: [{ kind: 'device', member: theirs.id }] });
    const { administrator, code } = await made('/administrators', { name: 'Dana', signInName: 'dana' });
    const members = [{ kind: 'administrator', id: 'DANA' }];
    await made('/role-assignments', { role: 'Read Only Operator', members });
    const help = { role: 'help desk operator', members, scopeTags: ['north'], scopeGroups: [] };
    const assigned = await made('/role-assignments', help);
    assert.deepEqual(assigned.members, [{ kind: 'administrator', id: administrator.id, signInName: 'dana' }]);
    const nobody = { ...help, members: [{ kind: 'administrator', id: 'nobody' }] };
    assertProblem(await fixture.api('POST', '/role-assignments', { body: nobody }), 404, 'administrator-not-found');

    const dana = sessionClient(fixture.world);
    const came = await dana('POST', '/session/code', { body: { code, password: 'eleven brass kettles' } });
    assert.equal(came.status, 200, JSON.stringify(came.body));
    for (const { id } of [mine, theirs]) assert.equal((await dana('GET', `/devices/${id}`)).status, 200);
    assert.equal((await dana('POST', `/devices/${mine.id}/retire`)).status, 200);
    assertProblem(await dana('POST', `/devices/${theirs.id}/retire`), 404, 'device-not-found');
    assertProblem(await dana('DELETE', `/profiles/${(await fixture.addTrustedProfile()).id}`), 403, 'forbidden');

    const tags = (await fixture.api('GET', '/scope-tags/North')).body;
    const gone = await fixture.api('DELETE', `/scope-tags/${tags.id}`);
    assertProblem(gone, 409, 'scope-tag-in-use');
    assert.match(gone.body.detail, /assignment of the role “Help Desk Operator”/);
    await fixture.api('DELETE', `/role-assignments/${assigned.id}`);
    assertProblem(await dana('POST', `/devices/${mine.id}/retire`), 403, 'forbidden');
  });

  test('who follows events hears of what they may see alone', async () => {
    const [mine, theirs] = [await fixture.addDevice(), await fixture.addDevice()];
    await made(`/groups/${groups.own}/members`, { add: [{ kind: 'device', member: mine.id }] });
    await made(`/groups/${groups.foreign}/members`, { add: [{ kind: 'device', member: theirs.id }] });
    const leave = new AbortController();
    const response = await fetch(`${fixture.world.url}/api/v1/events/stream`, {
      headers: { authorization: `Bearer ${northern}` },
      signal: leave.signal,
    });
    assert.equal(response.status, 200);
    await fixture.api('POST', `/devices/${theirs.id}/retire`);
    await fixture.api('DELETE', `/devices/${mine.id}/credentials`);
    await fixture.api('POST', `/devices/${mine.id}/wipe`);
    let heard = '';
    assert.ok(response.body);
    for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
      heard += bytes;
      if (heard.includes('device.retired')) break;
    }
    leave.abort();
    assert.equal(heard.match(/device\.retired/g)?.length, 1, heard);
  });
});
