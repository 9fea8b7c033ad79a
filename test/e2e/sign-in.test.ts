/** The first run, signing in and out, sessions, passwords, administrators: over HTTP, on a whole server, on both stores. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { newSetUpCode } from '../../src/access/set-up.ts';
import { hour, minute, second } from '../../src/lib/clock.ts';
import { type AdminClient, adminClient, assertProblem } from '../support/admin-client.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { type SessionClient, sessionClient } from '../support/session-client.ts';
import { storeKinds } from '../support/stores.ts';
import { startWorld, type World } from '../support/world.ts';

const password = 'quiet otters juggle';
const first = { name: 'Jordan Alvarez', signInName: 'jordan@alder.example', password };

for (const store of storeKinds())
  suite(`signing in (${store})`, () => {
    let world: World;
    let clock: FakeClock;
    let api: AdminClient;
    let code: string;
    before(async () => {
      clock = fakeClock();
      world = await startWorld({ store, clock, cryptoThreads: 0 });
      api = adminClient(world);
      code = await newSetUpCode({ ...world.server.foundation.store, clock });
    });
    after(() => world[Symbol.asyncDispose]());

    const signIn = async (credentials: { signInName: string; password: string } = first): Promise<SessionClient> => {
      const client = sessionClient(world);
      const { signInName, password } = credentials;
      const answer = await client('POST', '/session', { body: { signInName, password } });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return client;
    };

    test('the first run is open until the code was used, once', async () => {
      const stranger = sessionClient(world);
      const state = async () => (await stranger('GET', '/setup')).body;
      assert.deepEqual(await state(), { needed: true, authority: true });
      const setUp = (changes: object) => stranger('POST', '/setup', { body: { code, ...first, ...changes } });
      assertProblem(await setUp({ code: 'AAAAA-BBBBB' }), 401, 'set-up-code-wrong');
      assertProblem(await setUp({ password: 'short' }), 422, 'password-too-short');
      assertProblem(await setUp({ signInName: 'with spaces' }), 422, 'sign-in-name');
      const made = await setUp({ code: code.toLowerCase().replaceAll('-', ' ') });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      assert.deepEqual(
        [made.body.kind, made.body.name, made.body.signInName, made.body.permissions, made.body.session.method],
        ['administrator', first.name, first.signInName, 'all', 'code'],
      );
      assert.equal((await stranger('GET', '/me')).body.id, made.body.id);
      assertProblem(await setUp({}), 409, 'already-set-up');
      assert.deepEqual(await state(), { needed: false, authority: true });
    });

    test('a password signs in; what is wrong says nothing of what it was', async () => {
      const client = await signIn({ ...first, signInName: ' JORDAN@Alder.example' });
      const me = await client('GET', '/me');
      assert.deepEqual(
        [me.body.signInName, me.body.password, me.body.session.method],
        [first.signInName, true, 'password'],
      );
      assert.equal(me.body.lastSignInAt, clock.now());
      const refused = async (signInName: string, given: string) => {
        const answer = await sessionClient(world)('POST', '/session', { body: { signInName, password: given } });
        assertProblem(answer, 401, 'sign-in-failed');
        return answer.body.detail;
      };
      assert.equal(
        await refused(first.signInName, 'quiet otters jungle'),
        await refused('nobody@alder.example', password),
      );
    });

    test('a session reads and writes as its administrator, who stands in the audit log', async () => {
      const client = await signIn();
      const made = await client('POST', '/groups', { body: { name: `Made by hand ${store}`, kind: 'user' } });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const audit = await api('GET', `/audit?objectKind=group&object=${made.body.id}`);
      const [entry] = audit.body.items;
      assert.deepEqual(
        [entry.actor.kind, entry.actor.name, entry.clientAddress],
        ['administrator', first.signInName, '127.0.0.1'],
      );
    });

    test('signing out ends the session, and the cookie goes', async () => {
      const client = await signIn();
      const held = client.cookie();
      assert.deepEqual((await client('DELETE', '/session')).body, { signOutUrl: null });
      assert.equal(client.cookie(), null);
      const again = await sessionClient(world, held)('GET', '/me');
      assertProblem(again, 401, 'session-ended');
    });

    test('signing in again leaves no session behind', async () => {
      const client = await signIn();
      const held = client.cookie();
      assert.equal(
        (await client('POST', '/session', { body: { signInName: first.signInName, password } })).status,
        200,
      );
      assert.notEqual(client.cookie(), held);
      assertProblem(await sessionClient(world, held)('GET', '/me'), 401, 'session-ended');
    });

    test('a session ends when it is idle, and at its end whatever happens', async () => {
      const client = await signIn();
      clock.advance(59 * minute);
      assert.equal((await client('GET', '/me')).status, 200);
      clock.advance(62 * minute);
      assertProblem(await client('GET', '/me'), 401, 'session-ended');
      const busy = await signIn();
      for (let passed = 0; passed < 12 * hour; passed += hour / 2) {
        assert.equal((await busy('GET', '/me')).status, 200, `after ${passed / hour} h`);
        clock.advance(hour / 2);
      }
      assertProblem(await busy('GET', '/me'), 401, 'session-ended');
    });

    test('how long they last is a setting', async () => {
      const put = (body: object) => api('PUT', '/settings/sessions', { body });
      assertProblem(await put({ idle: 1, absolute: hour }), 400, 'bad-request');
      assertProblem(await put({ idle: 2 * hour, absolute: hour }), 422, 'session-lifetime');
      assert.deepEqual((await put({ idle: 5 * minute, absolute: hour })).body, { idle: 5 * minute, absolute: hour });
      const client = await signIn();
      clock.advance(7 * minute);
      assertProblem(await client('GET', '/me'), 401, 'session-ended');
      await put({ idle: hour, absolute: 12 * hour });
      assert.deepEqual((await api('GET', '/settings/sessions')).body, { idle: hour, absolute: 12 * hour });
    });

    test('one sees one’s sessions, and ends one or all others', async () => {
      const [here, there, elsewhere] = [await signIn(), await signIn(), await signIn()];
      const list = await here('GET', '/me/sessions');
      const id = (await there('GET', '/me')).body.session.id;
      assert.ok(list.body.items.some((one: { id: string }) => one.id === id));
      assert.doesNotMatch(JSON.stringify(list.body), /[0-9a-f]{64}/);
      assert.equal((await here('DELETE', `/me/sessions/${id}`)).status, 204);
      assertProblem(await there('GET', '/me'), 401, 'session-ended');
      assertProblem(await here('DELETE', `/me/sessions/${id}`), 404, 'session-not-found');
      assert.ok((await here('DELETE', '/me/sessions')).body.ended >= 1);
      assertProblem(await elsewhere('GET', '/me'), 401, 'session-ended');
      assert.equal((await here('GET', '/me')).status, 200);
    });

    test('another password asks for the present one, and ends all other sessions', async () => {
      const [here, there] = [await signIn(), await signIn()];
      const next = 'nineteen quiet otters';
      const change = (body: object) => here('PUT', '/me/password', { body });
      assertProblem(await change({ password: next }), 422, 'password-wrong');
      assertProblem(await change({ present: 'quiet otters jungle', password: next }), 422, 'password-wrong');
      assertProblem(await change({ present: password, password: 'jordan@alder.example' }), 422, 'password-common');
      assert.equal((await change({ present: password, password: next })).status, 204);
      assertProblem(await there('GET', '/me'), 401, 'session-ended');
      assert.equal((await here('GET', '/me')).status, 200);
      await signIn({ ...first, password: next });
      assert.equal((await change({ present: next, password })).status, 204);
    });

    test('a new administrator comes in by a code, once, and chooses a password', async () => {
      const admin = await signIn();
      const made = await admin('POST', '/administrators', { body: { name: 'Help Desk', signInName: 'desk' } });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const { administrator, code: invitation } = made.body;
      assert.deepEqual(
        [administrator.signInName, administrator.state, administrator.lastSignInAt],
        ['desk', 'active', null],
      );
      assert.doesNotMatch(JSON.stringify((await api('GET', '/events')).body), new RegExp(invitation));
      const taken = await admin('POST', '/administrators', { body: { name: 'Other', signInName: 'DESK' } });
      assertProblem(taken, 409, 'sign-in-name-taken');
      assertProblem(
        await sessionClient(world)('POST', '/session', { body: { signInName: 'desk', password } }),
        401,
        'sign-in-failed',
      );
      const desk = sessionClient(world);
      const come = (body: object) => desk('POST', '/session/code', { body });
      assertProblem(await come({ code: invitation, password: 'deskdeskdesk' }), 422, 'password-common');
      const inside = await come({ code: invitation, password: 'eleven brass kettles' });
      assert.deepEqual([inside.status, inside.body.signInName, inside.body.password], [200, 'desk', true]);
      assertProblem(await come({ code: invitation, password: 'eleven brass kettles' }), 401, 'sign-in-code-wrong');
      await signIn({ signInName: 'desk', password: 'eleven brass kettles' });
    });

    test('a code is good for three days', async () => {
      const { code: late } = (await api('POST', '/administrators/desk/reset')).body;
      clock.advance(72 * hour);
      assertProblem(
        await sessionClient(world)('POST', '/session/code', { body: { code: late } }),
        401,
        'sign-in-code-wrong',
      );
    });

    test('a reset ends password and sessions, and the newest code alone is good', async () => {
      const reset = async () => (await api('POST', '/administrators/desk/reset')).body.code as string;
      const come = (given: string) =>
        sessionClient(world)('POST', '/session/code', { body: { code: given, password: 'eleven brass kettles' } });
      assert.equal((await come(await reset())).status, 200);
      const desk = await signIn({ signInName: 'desk', password: 'eleven brass kettles' });
      const old = await reset();
      const fresh = await reset();
      assertProblem(await desk('GET', '/me'), 401, 'session-ended');
      assertProblem(
        await sessionClient(world)('POST', '/session', {
          body: { signInName: 'desk', password: 'eleven brass kettles' },
        }),
        401,
        'sign-in-failed',
      );
      assertProblem(await come(old), 401, 'sign-in-code-wrong');
      assert.equal((await come(fresh)).status, 200);
    });

    test('who is disabled is out at once, and comes in again with the same password', async () => {
      const credentials = { signInName: 'desk', password: 'eleven brass kettles' };
      const desk = await signIn(credentials);
      const { body: shown, headers } = await api('GET', '/administrators/desk');
      const put = (state: string, version: string) =>
        api('PUT', '/administrators/desk', {
          body: { name: shown.name, signInName: 'desk', state },
          headers: { 'if-match': version },
        });
      assertProblem(await api('PUT', '/administrators/desk', { body: { ...credentials } }), 400, 'bad-request');
      const disabled = await put('disabled', headers.get('etag') ?? '');
      assert.equal(disabled.status, 200, JSON.stringify(disabled.body));
      assertProblem(await desk('GET', '/me'), 401, 'session-ended');
      assertProblem(await sessionClient(world)('POST', '/session', { body: credentials }), 401, 'sign-in-failed');
      assertProblem(await put('active', headers.get('etag') ?? ''), 412, 'administrator-version');
      assert.equal((await put('active', disabled.headers.get('etag') ?? '')).status, 200);
      await signIn(credentials);
    });

    test('who has no role may do nothing but look after themselves', async () => {
      const desk = await signIn({ signInName: 'desk', password: 'eleven brass kettles' });
      const me = await desk('GET', '/me');
      assert.deepEqual([me.body.permissions, me.body.grants], [[], []]);
      assertProblem(await desk('GET', '/users'), 403, 'forbidden');
      assert.equal((await desk('GET', '/me/sessions')).status, 200);
      const limited = await api('POST', '/tokens', { body: { name: 'few', permissions: ['administrators.write'] } });
      const token = limited.body.secret;
      assertProblem(
        await api('POST', `/administrators/${first.signInName}/reset`, { token }),
        403,
        'beyond-own-rights',
      );
      assertProblem(await api('DELETE', `/administrators/${first.signInName}`, { token }), 403, 'beyond-own-rights');
      assert.equal((await api('POST', '/administrators/desk/reset', { token })).status, 200);
      const { code: fresh } = (await api('POST', '/administrators/desk/reset')).body;
      await desk('POST', '/session/code', { body: { code: fresh, password: 'eleven brass kettles' } });
    });

    test('the last administrator can neither be disabled nor deleted', async () => {
      const desk = await signIn({ signInName: 'desk', password: 'eleven brass kettles' });
      assert.equal((await api('DELETE', '/administrators/desk')).status, 204);
      assertProblem(await desk('GET', '/me'), 401, 'session-ended');
      assertProblem(await api('GET', '/administrators/desk'), 404, 'administrator-not-found');
      const { body: shown, headers } = await api('GET', `/administrators/${first.signInName}`);
      const { name, signInName } = shown;
      const put = await api('PUT', `/administrators/${shown.id}`, {
        body: { name, signInName, state: 'disabled' },
        headers: { 'if-match': headers.get('etag') ?? '' },
      });
      assertProblem(put, 409, 'last-administrator');
      assertProblem(await api('DELETE', `/administrators/${shown.id}`), 409, 'last-administrator');
    });

    test('administrators’ sessions are seen and ended by others', async () => {
      const [one, two] = [await signIn(), await signIn()];
      const list = (await api('GET', `/administrators/${first.signInName}/sessions`)).body.items;
      const id = (await one('GET', '/me')).body.session.id;
      assert.ok(list.some((each: { id: string }) => each.id === id));
      assert.equal((await api('DELETE', `/administrators/${first.signInName}/sessions/${id}`)).status, 204);
      assertProblem(await one('GET', '/me'), 401, 'session-ended');
      assert.ok((await api('DELETE', `/administrators/${first.signInName}/sessions`)).body.ended >= 1);
      assertProblem(await two('GET', '/me'), 401, 'session-ended');
    });

    test('an API token is told who it is, and has no session', async () => {
      const me = await api('GET', '/me');
      assert.deepEqual(
        [me.body.kind, me.body.name, me.body.permissions, me.body.session],
        ['token', 'test', 'all', null],
      );
      assertProblem(await api('GET', '/me/sessions'), 403, 'session-needed');
      assertProblem(await api('DELETE', '/session'), 403, 'session-needed');
    });

    test('five mistakes make a name wait at one network, and it says for how long', async () => {
      clock.advance(second);
      const attempt = (given: string) =>
        sessionClient(world)('POST', '/session', { body: { signInName: first.signInName, password: given } });
      for (let i = 0; i < 5; i++) assertProblem(await attempt('a wrong password'), 401, 'sign-in-failed');
      const delayed = await attempt(password);
      assertProblem(delayed, 429, 'sign-in-delayed');
      assert.equal(delayed.headers.get('retry-after'), '30');
      clock.advance(30 * second);
      assert.equal((await attempt(password)).status, 200);
      assert.equal((await attempt(password)).status, 200);
      const failed = await api('GET', '/audit?by=all&types=access.sign-in-failed');
      assert.ok(failed.body.items.length >= 2, JSON.stringify(failed.body));
      assert.equal(failed.body.items[0].objects[0].name, first.signInName);
    });

    test('what is old is forgotten', async () => {
      await world.server.access.forget();
      clock.advance(100 * 24 * hour);
      await world.server.access.forget();
      const [me] = await world.server.foundation.store.administrators.all();
      assert.ok(me !== undefined);
      assert.deepEqual(await world.server.foundation.store.sessions.of(me.id), []);
    });
  });
