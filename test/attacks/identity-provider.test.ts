/** Signing in by an identity provider: what it gives, and everything that gives nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newSetUpCode } from '../../src/access/set-up.ts';
import { type AdminClient, type ApiAnswer, adminClient, assertProblem } from '../support/admin-client.ts';
import {
  type FakeIdentityProvider,
  fakeClient,
  honestClaims,
  type Lies,
  startFakeIdentityProvider,
} from '../support/fake-identity-provider.ts';
import { addDana, dana } from '../support/sign-in-to-console.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let api: AdminClient;
let fake: FakeIdentityProvider;
let provider: { id: string; version: number; redirectUris: string[] };

let networks = 0;

/** A browser, as far as it matters: cookies, our own origin, a network of its own. */
function browser() {
  const jar = new Map<string, string>();
  const from = `203.0.113.${++networks % 250}`;
  const call = async (method: string, path: string, options: { body?: unknown; headers?: object } = {}) => {
    const answer = await api(method, path, {
      token: null,
      ...(options.body !== undefined && { body: options.body }),
      headers: {
        'x-scepward-request': '1',
        'sec-fetch-site': 'same-origin',
        'x-forwarded-for': from,
        'x-forwarded-proto': 'https',
        origin: world.url,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...options.headers,
      },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (/; Max-Age=0\b/.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  const leave = async (id = provider.id): Promise<string> => {
    const { status, body } = await call('POST', `/session/identity-providers/${id}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.url;
  };
  const comeBack = (answer: URLSearchParams | string) =>
    call('POST', '/session/identity-provider', { body: { answer: String(answer) } });
  return { call, jar, leave, comeBack };
}

async function signIn(lies: Lies = {}, person = browser()): Promise<ApiAnswer> {
  const url = await person.leave();
  fake.lie(lies);
  const answer = await person.comeBack(fake.signIn(url));
  fake.lie({});
  return answer;
}

const settings = { name: 'Staff', ...fakeClient, scopes: ['profile', 'email'], groupsClaim: 'groups', enabled: true };

async function change(changes: object): Promise<ApiAnswer> {
  const { version } = (await api('GET', `/identity-providers/${provider.id}`)).body;
  const { clientSecret: _, ...rest } = settings;
  const body = { ...rest, issuer: fake.issuer, ...changes };
  return api('PUT', `/identity-providers/${provider.id}`, { body, headers: { 'if-match': `"${version}"` } });
}

before(async () => {
  fake = await startFakeIdentityProvider();
  world = await startWorld({
    authority: false,
    cryptoThreads: 0,
    config: { oidcPrivate: true, trustedProxies: ['127.0.0.1'] },
  });
  api = adminClient(world);
  await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
  const made = await api('POST', '/identity-providers', { body: { ...settings, issuer: fake.issuer } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  provider = made.body;
});
after(async () => {
  await world[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
});

describe('whom a provider vouches for', () => {
  test('is known from the first time on, and may do nothing before a group or they have a role', async () => {
    const person = browser();
    const { items } = (await person.call('GET', '/session/identity-providers')).body;
    assert.deepEqual(items, [{ id: provider.id, name: 'Staff' }]);
    const first = await signIn({}, person);
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.deepEqual(
      [first.body.signInName, first.body.name, first.body.session.method, first.body.grants],
      [honestClaims.email, honestClaims.name, 'identity-provider', []],
    );
    assertProblem(await person.call('GET', '/groups'), 403, 'forbidden');
    const member = { kind: 'oidcGroup', value: 'pki-admins' };
    const given = await api('POST', '/role-assignments', { body: { role: 'Read Only Operator', members: [member] } });
    assert.equal(given.status, 201, JSON.stringify(given.body));
    assert.deepEqual(given.body.members, [{ ...member, providerId: provider.id, providerName: 'Staff' }]);
    assert.equal((await person.call('GET', '/groups')).status, 200, 'what a group gives counts at once');
    const again = await signIn();
    assert.equal(again.body.id, first.body.id);
    assertProblem(await api('DELETE', `/identity-providers/${provider.id}`), 409, 'identity-provider-in-use');
    assert.equal((await api('DELETE', `/role-assignments/${given.body.id}`)).status, 204);
    assertProblem(await person.call('GET', '/groups'), 403, 'forbidden');
  });

  test('is led out at the provider as well', async () => {
    const person = browser();
    await signIn({}, person);
    const { signOutUrl } = (await person.call('DELETE', '/session')).body;
    assert.equal(signOutUrl, `${fake.issuer}/logout?client_id=${fakeClient.clientId}`);
    assertProblem(await person.call('GET', '/me'), 401, 'unauthenticated');
  });

  test('keeps their groups of another provider to themselves', async () => {
    const other = await startFakeIdentityProvider();
    const made = await api('POST', '/identity-providers', {
      body: { ...settings, name: 'Guests', issuer: other.issuer },
    });
    const members = [{ kind: 'oidcGroup', value: 'pki-admins' }];
    const role = 'Administrator';
    assertProblem(await api('POST', '/role-assignments', { body: { role, members } }), 422, 'identity-provider-needed');
    const given = await api('POST', '/role-assignments', {
      body: { role, members: [{ ...members[0], provider: 'Staff' }] },
    });
    const guest = browser();
    const url = await guest.leave(made.body.id);
    other.lie({ claims: { email: 'guest@elsewhere.example' } });
    const answer = await guest.comeBack(other.signIn(url));
    assert.deepEqual([answer.status, answer.body.grants], [200, []]);
    assert.equal((await signIn()).body.permissions, 'all');
    await api('DELETE', `/role-assignments/${given.body.id}`);
    assert.equal((await api('DELETE', `/identity-providers/${made.body.id}`)).status, 204);
    assertProblem(await guest.call('GET', '/me'), 401, 'session-ended');
    await other[Symbol.asyncDispose]();
  });

  test('comes in with keys that the provider has changed a moment ago', async () => {
    assert.equal((await signIn()).status, 200);
    fake.rotateKeys();
    assert.equal((await signIn()).status, 200);
  });

  test('has groups from UserInfo, from within a claim, or one without a list', async () => {
    const read = async (groupsClaim: string, lies: Lies) => {
      assert.equal((await change({ groupsClaim })).status, 200);
      const answer = await signIn(lies);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      const [session] = await world.server.foundation.store.sessions.of(answer.body.id);
      return session?.groups;
    };
    assert.deepEqual(await read('roles', { userInfo: { roles: ['a', 'b', 'a'] } }), ['a', 'b']);
    assert.deepEqual(await read('realm_access.roles', { claims: { realm_access: { roles: ['x'] } } }), ['x']);
    assert.deepEqual(await read('roles', { claims: { roles: 'only' } }), ['only']);
    assert.deepEqual(await read('constructor.name', {}), []);
    assert.deepEqual(await read('', { claims: { groups: 7 } }), []);
    assert.equal((await change({})).status, 200);
  });
});

describe('nobody comes in', () => {
  const now = Math.floor(Date.now() / 1000);
  const rows: readonly (readonly [what: string, lies: Lies, status: number, code: string, reason?: string])[] = [
    ['with an answer for another application', { claims: { aud: 'other' } }, 401, 'provider-answer', 'aud'],
    ['with one for several', { claims: { aud: ['scepward', 'other'] } }, 401, 'provider-answer', 'aud'],
    ['with the nonce of another sign-in', { claims: { nonce: 'other' } }, 401, 'provider-answer', 'nonce'],
    ['without a nonce', { claims: { nonce: undefined } }, 401, 'provider-answer'],
    ['from another issuer', { claims: { iss: 'https://other.example' } }, 401, 'provider-answer', 'iss'],
    ['with an old answer', { claims: { iat: now - 900, exp: now - 600 } }, 401, 'provider-answer', 'clock-differs'],
    ['with one of tomorrow', { claims: { nbf: now + 3600 } }, 401, 'provider-answer', 'clock-differs'],
    ['with a foreign signature', { foreignKey: true }, 401, 'provider-answer'],
    ['without a signature', { unsigned: true }, 401, 'provider-answer'],
    ['without an ID token', { withoutIdToken: true }, 401, 'provider-answer'],
    ['as two people', { userInfo: { sub: 'somebody else' } }, 401, 'provider-answer'],
    ['where the provider sends on', { redirects: 'http://169.254.169.254/' }, 401, 'provider-answer'],
    [
      'whose groups are too many to be listed',
      { claims: { groups: undefined, _claim_names: { groups: 'src1' } } },
      403,
      'provider-groups-overage',
    ],
    ['with hasgroups', { claims: { groups: undefined, hasgroups: true } }, 403, 'provider-groups-overage'],
    ['with groups that are no list of texts', { claims: { groups: [{ name: 'x' }] } }, 403, 'provider-groups-invalid'],
    [
      'with more groups than are taken',
      { claims: { groups: Array.from({ length: 1001 }, (_, i) => `g${i}`) } },
      403,
      'provider-groups-too-many',
    ],
    [
      'by the name of a local administrator',
      { claims: { sub: 'new', email: dana.signInName.toUpperCase() }, userInfo: { sub: 'new' } },
      403,
      'sign-in-name-of-another',
    ],
  ];
  for (const [what, lies, status, code, reason] of rows)
    test(what, async () => {
      const person = browser();
      const answer = await signIn(lies, person);
      assertProblem(answer, status, code);
      if (reason !== undefined) assert.equal(answer.body.params.reason, reason, answer.body.detail);
      assert.ok(![...person.jar.keys()].includes('__Host-scepward'), 'no session');
      const [event] = (await api('GET', '/audit?by=all&types=access.sign-in-failed')).body.items;
      assert.equal(event.detail.reason, reason ?? event.detail.reason);
      assert.equal(event.detail.provider, 'Staff');
    });

  test('twice with one answer, nor in another browser, nor late', async () => {
    const person = browser();
    const answer = fake.signIn(await person.leave());
    const cookies = new Map(person.jar);
    assertProblem(await browser().comeBack(answer), 401, 'provider-sign-in-lost');
    assert.equal((await person.comeBack(answer)).status, 200);
    assertProblem(await person.comeBack(answer), 401, 'provider-sign-in-lost');
    const thief = browser();
    for (const [name, value] of cookies) thief.jar.set(name, value);
    assertProblem(await thief.comeBack(answer), 401, 'provider-refused');
    const stranger = browser();
    stranger.jar.set('__Host-scepward-sign-in', 'AAAA');
    assertProblem(await stranger.comeBack(answer), 401, 'provider-sign-in-lost');
  });

  test('with the state of another sign-in, or none', async () => {
    const person = browser();
    const answer = fake.signIn(await person.leave());
    answer.set('state', 'x'.repeat(43));
    assertProblem(await person.comeBack(answer), 401, 'provider-answer');
    answer.delete('state');
    assertProblem(await person.comeBack(answer), 401, 'provider-answer');
    for (const rubbish of ['?', 'code', 'state=%00', 'x'.repeat(8000), 'error=<script>&state='])
      assert.equal((await person.comeBack(rubbish)).status, 401, rubbish);
  });

  test('who changed their mind at the provider, which is no event', async () => {
    const person = browser();
    const state = new URL(await person.leave()).searchParams.get('state') ?? '';
    const events = async () => (await api('GET', '/audit?by=all&types=access.sign-in-failed')).body.items.length;
    const before = await events();
    const answer = await person.comeBack(new URLSearchParams({ error: 'access_denied', state }));
    assertProblem(answer, 401, 'provider-refused');
    assert.equal(await events(), before);
  });

  test('from a page of somebody else', async () => {
    const person = browser();
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const left = await person.call('POST', `/session/identity-providers/${provider.id}`, { headers });
    assertProblem(left, 403, 'cross-site-request');
    const answer = String(fake.signIn(await person.leave()));
    const back = await person.call('POST', '/session/identity-provider', { headers, body: { answer } });
    assertProblem(back, 403, 'cross-site-request');
  });

  test('who was shut out, or once the provider is disabled, which ends sessions', async () => {
    const person = browser();
    const { body } = await signIn({}, person);
    const path = `/administrators/${body.id}`;
    const disable = async (state: string) => {
      const known = await api('GET', path);
      const { name, signInName } = known.body;
      const headers = { 'if-match': known.headers.get('etag') ?? '' };
      assert.equal((await api('PUT', path, { body: { name, signInName, state }, headers })).status, 200);
    };
    await disable('disabled');
    assertProblem(await signIn(), 403, 'administrator-disabled');
    await disable('active');
    const under = browser();
    const answer = fake.signIn(await under.leave());
    const other = browser();
    await signIn({}, other);
    assert.equal((await other.call('GET', '/me')).status, 200);
    assert.equal((await change({ enabled: false })).status, 200);
    assertProblem(await other.call('GET', '/me'), 401, 'session-ended');
    assertProblem(await under.comeBack(answer), 404, 'identity-provider-not-found');
    assert.deepEqual((await other.call('GET', '/session/identity-providers')).body.items, []);
    assert.equal((await change({})).status, 200);
    assertProblem(await under.comeBack(answer), 401, 'provider-sign-in-lost');
  });

  test('while the provider does not know us, or is away', async () => {
    assert.equal((await change({ clientSecret: 'another' })).status, 200);
    const answer = await signIn();
    assertProblem(answer, 401, 'provider-refused');
    assert.match(answer.body.detail, /client secret/);
    assert.equal((await change({ clientSecret: fakeClient.clientSecret })).status, 200);
    const gone = await startFakeIdentityProvider();
    const made = await api('POST', '/identity-providers', {
      body: { ...settings, name: 'Gone', issuer: gone.issuer },
    });
    const person = browser();
    const away = gone.signIn(await person.leave(made.body.id));
    await gone[Symbol.asyncDispose]();
    assertProblem(await person.comeBack(away), 503, 'provider-away');
    const trial = await api('POST', `/identity-providers/${made.body.id}/test`);
    assert.equal(trial.body.answers, false);
    await api('DELETE', `/identity-providers/${made.body.id}`);
  });
});

describe('a provider', () => {
  const add = (changes: object, token?: string) =>
    api('POST', '/identity-providers', {
      body: { ...settings, name: `P ${Math.random()}`, issuer: fake.issuer, ...changes },
      ...(token !== undefined && { token }),
    });

  test('is refused with what is wrong', async () => {
    for (const issuer of ['not an address', 'ftp://x.example', 'https://u:p@x.example', 'https://x.example/?a=b'])
      assertProblem(await add({ issuer }), 422, 'issuer-invalid');
    assertProblem(await add({ issuer: 'http://169.254.169.254/' }), 422, 'provider-address-refused');
    assertProblem(await add({ issuer: 'http://[fe80::1]/' }), 422, 'provider-address-refused');
    assertProblem(await add({ issuer: `${fake.issuer}/elsewhere` }), 422, 'provider-answer');
    assertProblem(await add({ issuer: 'http://127.0.0.1:9' }), 422, 'provider-away');
    assertProblem(await add({ scopes: ['with space'] }), 422, 'oidc-scope-invalid');
    assertProblem(await add({ name: ' staff ' }), 409, 'identity-provider-name-taken');
    assertProblem(await change({ issuer: 'http://127.0.0.1:9' }), 422, 'provider-away');
    assert.equal((await add({ issuer: 'http://127.0.0.1:9', enabled: false })).status, 201);
    fake.lie({ published: { issuer: 'https://other.example' } });
    assertProblem(await add({}), 422, 'provider-answer');
    fake.lie({});
  });

  test('keeps its secret to itself', async () => {
    const shown = JSON.stringify([
      (await api('GET', '/identity-providers')).body,
      (await api('GET', '/audit?types=access.identity-provider-saved')).body,
      world.log,
    ]);
    assert.ok(!shown.includes('of the test, and not'));
    const stored = await world.server.foundation.store.identityProviders.all();
    assert.ok(stored.every(({ clientSecret }) => !clientSecret?.includes('of the test')));
  });

  test('is set up only by who may do everything: it could give everything', async () => {
    const { secret } = (await api('POST', '/tokens', { body: { name: 'some', permissions: ['administrators.write'] } }))
      .body;
    assertProblem(await add({}, secret), 403, 'beyond-own-rights');
    const refused = await api('DELETE', `/identity-providers/${provider.id}`, { token: secret });
    assertProblem(refused, 403, 'beyond-own-rights');
  });

  test('of a private network is not called unless that is allowed', async () => {
    await using closed = await startWorld({ authority: false, cryptoThreads: 0 });
    const answer = await adminClient(closed)('POST', '/identity-providers', {
      body: { ...settings, issuer: fake.issuer },
    });
    assertProblem(answer, 422, 'provider-address-refused');
    assert.match(answer.body.detail, /SCEPWARD_OIDC_PRIVATE/);
  });
});
