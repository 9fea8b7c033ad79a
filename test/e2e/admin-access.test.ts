import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, unique, addDevice, addTrustedProfile, scepDocument } = fixture;

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
    assertProblem(greater, 403, 'beyond-own-rights');
    const everything = await api('POST', '/tokens', { token, body: { name: 'c', permissions: 'all' } });
    assertProblem(everything, 403, 'beyond-own-rights');
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
    const deep = `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    assertProblem(await api('POST', '/profiles', { body: deep }), 400, 'bad-request');
    const large = JSON.stringify({ userPrincipalName: 'x'.repeat(300_000) });
    assertProblem(await api('POST', '/users', { body: large }), 413, 'body-too-large');
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
