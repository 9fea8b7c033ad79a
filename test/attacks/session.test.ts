/** Sessions, sign-in and the first run in the wrong hands. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newSetUpCode } from '../../src/access/set-up.ts';
import { hashPassword } from '../../src/crypto/password-hash.ts';
import { minute, second } from '../../src/lib/clock.ts';
import { type AdminClient, type ApiAnswer, adminClient, assertProblem } from '../support/admin-client.ts';
import { type AttackLab, startAttackLab } from '../support/attack-lab.ts';
import { type SessionClient, sessionClient } from '../support/session-client.ts';

const password = 'seven brass kettles sing';
const victim = { signInName: 'victim@alder.example', password };
let lab: AttackLab;
let api: AdminClient;
before(async () => {
  lab = await startAttackLab();
  api = adminClient(lab.world);
});
after(() => lab[Symbol.asyncDispose]());

/** Its own network as a proxy with HTTPS would tell it, so that no limit of another test counts. */
let networks = 0;
const elsewhere = (network = ++networks) => ({
  'x-forwarded-for': `198.51.${100 + (network >> 8)}.${network & 255}`,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'admin.alder.example',
  origin: 'https://admin.alder.example',
});

async function setUp(): Promise<string> {
  const code = lab.keep(await newSetUpCode({ ...lab.world.server.foundation.store, clock: lab.clock }));
  return code;
}

async function signIn(client: SessionClient = sessionClient(lab.world), headers = elsewhere()): Promise<SessionClient> {
  const answer = await client('POST', '/session', { body: victim, headers });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  lab.keep((client.cookie() ?? '').replace(/^.*=/, ''));
  return client;
}

describe('the first run', () => {
  test('without the code, with a guessed one, with one of another kind', async () => {
    const code = await setUp();
    const headers = elsewhere();
    const attempt = (given: string) =>
      sessionClient(lab.world)('POST', '/setup', { body: { code: given, name: 'Mallory', ...victim }, headers });
    for (const guess of ['0', 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A', code.slice(0, -1), `${code}A`, "' OR 1=1"])
      assertProblem(await attempt(guess), 401, 'set-up-code-wrong');
    for (let i = 5; i < 10; i++) assertProblem(await attempt(`GUESS-${i}`), 401, 'set-up-code-wrong');
    const right = await attempt(code);
    assertProblem(right, 429, 'too-many-codes');
    assert.ok(Number(right.headers.get('retry-after')) > 0);
    assert.equal((await sessionClient(lab.world)('GET', '/setup')).body.needed, true);
  });

  test('over plain HTTP from elsewhere, or from another site’s page', async () => {
    const code = await setUp();
    const body = { code, name: 'Mallory', ...victim };
    const plain = { 'x-forwarded-for': '198.51.100.250', 'x-forwarded-proto': 'http' };
    assertProblem(await sessionClient(lab.world)('POST', '/setup', { body, headers: plain }), 403, 'https-needed');
    for (const site of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }])
      assertProblem(
        await sessionClient(lab.world)('POST', '/setup', { body, headers: { ...elsewhere(), ...site } }),
        403,
        'cross-site-request',
      );
  });

  test('of many that come with the code at once one becomes the administrator, and the code is gone', async () => {
    const code = await setUp();
    const tries = Array.from({ length: 5 }, (_, at) =>
      sessionClient(lab.world)('POST', '/setup', {
        body: { code, name: `Nr ${at}`, signInName: at === 0 ? victim.signInName : `nr-${at}`, password },
        headers: elsewhere(),
      }),
    );
    const answers = await Promise.all(tries);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
    const [only, ...others] = (await api('GET', '/administrators')).body.items;
    assert.equal(others.length, 0);
    await api('PUT', `/administrators/${only.id}`, {
      body: { name: 'Victim', signInName: victim.signInName, state: 'active' },
      headers: { 'if-match': `"${only.version}"` },
    });
    const again = await sessionClient(lab.world)('POST', '/setup', {
      body: { code, name: 'Mallory', signInName: 'mallory', password },
      headers: elsewhere(),
    });
    assertProblem(again, 409, 'already-set-up');
  });
});

describe('a session', () => {
  test('has a cookie that no script sees, no other site sends, and over HTTPS no other host sets', async () => {
    const secure = await signIn();
    assert.match(
      secure.lastSetCookie() ?? '',
      /^__Host-scepward=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    const local = sessionClient(lab.world);
    await local('POST', '/session', { body: victim });
    assert.match(local.lastSetCookie() ?? '', /^scepward=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    lab.keep((local.cookie() ?? '').replace(/^.*=/, ''));
    // What was set over plain HTTP is none over HTTPS: somebody on the way could have set it.
    const answer = await sessionClient(lab.world, local.cookie())('GET', '/me', { headers: elsewhere() });
    assertProblem(answer, 401, 'unauthenticated');
  });

  test('fixation: a cookie that was planted before sign-in is worth nothing after it', async () => {
    const planted = `__Host-scepward=${'A'.repeat(43)}`;
    const client = await signIn(sessionClient(lab.world, planted));
    assert.notEqual(client.cookie(), planted);
    assertProblem(
      await sessionClient(lab.world, planted)('GET', '/me', { headers: elsewhere() }),
      401,
      'session-ended',
    );
    // Nor is the attacker's own session, planted, the victim's then: it has ended.
    const attackers = await signIn();
    const held = attackers.cookie();
    await signIn(sessionClient(lab.world, held));
    assertProblem(await attackers('GET', '/me', { headers: elsewhere() }), 401, 'session-ended');
  });

  test('in a cookie of another name, in an address, in a header', async () => {
    const client = await signIn();
    const secret = (client.cookie() ?? '').replace(/^.*=/, '');
    const stranger = sessionClient(lab.world);
    const headers = elsewhere();
    for (const extra of [
      { cookie: `scepward=${secret}` },
      { cookie: `session=${secret}` },
      { authorization: `Bearer ${secret}` },
    ])
      assert.equal((await stranger('GET', '/me', { headers: { ...headers, ...extra } })).status, 401);
    assert.equal((await stranger('GET', `/me?scepward=${secret}`, { headers })).status, 401);
  });

  test('cross-site requests: from another origin, a sibling, a frame, without the header, with a form', async () => {
    const client = await signIn();
    const groups = async () => (await api('GET', '/groups?search=csrf')).body.items.length;
    const before = await groups();
    const attempt = (headers: Record<string, string>) =>
      client('POST', '/groups', { body: { name: 'csrf', kind: 'user' }, headers: { ...elsewhere(), ...headers } });
    for (const origin of [
      'https://evil.example',
      'https://alder.example',
      'http://admin.alder.example',
      'https://admin.alder.example:8443',
      'https://admin.alder.example.evil.example',
      'null',
    ])
      assertProblem(await attempt({ origin }), 403, 'cross-site-request');
    for (const site of ['cross-site', 'same-site'])
      assertProblem(await attempt({ 'sec-fetch-site': site }), 403, 'cross-site-request');
    const bare: Record<string, string> = { ...elsewhere(), cookie: client.cookie() ?? '' };
    const form = await fetch(`${lab.world.url}/api/v1/groups`, {
      method: 'POST',
      headers: { ...bare, 'content-type': 'text/plain' },
      body: JSON.stringify({ name: 'csrf', kind: 'user' }),
    });
    assert.equal(form.status, 403);
    assert.equal(((await form.json()) as { code: string }).code, 'request-header-missing');
    const { origin: _, ...unsaid } = bare;
    const json = await fetch(`${lab.world.url}/api/v1/groups`, {
      method: 'POST',
      headers: { ...unsaid, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'csrf', kind: 'user' }),
    });
    assert.equal(((await json.json()) as { code: string }).code, 'request-header-missing');
    assertProblem(
      await client('DELETE', '/session', { headers: { ...elsewhere(), origin: 'https://evil.example' } }),
      403,
      'cross-site-request',
    );
    assertProblem(
      await client('GET', '/users', { headers: { ...elsewhere(), 'sec-fetch-site': 'cross-site' } }),
      403,
      'cross-site-request',
    );
    assert.equal(await groups(), before);
    assert.equal((await attempt({})).status, 201);
  });

  test('signing somebody in as oneself from another site', async () => {
    const answer = await sessionClient(lab.world)('POST', '/session', {
      body: victim,
      headers: { ...elsewhere(), origin: 'https://evil.example' },
    });
    assertProblem(answer, 403, 'cross-site-request');
    assert.equal(answer.headers.getSetCookie().length, 0);
  });

  test('its secret changes, also for requests that overlap, and a stolen former one ends it', async () => {
    const client = await signIn();
    const former = client.cookie();
    lab.clock.advance(15 * minute);
    const together = await Promise.all(
      Array.from({ length: 8 }, () => sessionClient(lab.world, former)('GET', '/me', { headers: elsewhere() })),
    );
    const renewed = new Set(together.map(({ headers }) => headers.getSetCookie()[0]));
    assert.deepEqual([together.every(({ status }) => status === 200), renewed.size], [true, 1]);
    // The answers got lost: the browser still has the former one, and gets the same again.
    assert.equal((await client('GET', '/me', { headers: elsewhere() })).status, 200);
    assert.notEqual(client.cookie(), former);
    lab.keep((client.cookie() ?? '').replace(/^.*=/, ''));
    assert.equal((await client('GET', '/me', { headers: elsewhere() })).status, 200);
    const late = () => sessionClient(lab.world, former)('GET', '/me', { headers: elsewhere() });
    lab.clock.advance(59 * second);
    assert.equal((await late()).status, 200, 'what was under way');
    lab.clock.advance(second);
    assertProblem(await late(), 401, 'session-ended');
    assertProblem(await client('GET', '/me', { headers: elsewhere() }), 401, 'session-ended');
    const { items } = (await api('GET', '/audit?by=all&types=access.session-ended')).body;
    assert.equal(items[0].detail.reason, 'former-secret-used');
    assert.equal(items[0].objects[0].name, victim.signInName);
  });

  test('another’s is not shown and cannot be ended as one’s own', async () => {
    const made = await api('POST', '/administrators', { body: { name: 'Other', signInName: 'other' } });
    const other = sessionClient(lab.world);
    const code = lab.keep(made.body.code);
    await other('POST', '/session/code', { body: { code, password: 'nine copper lanterns' }, headers: elsewhere() });
    lab.keep((other.cookie() ?? '').replace(/^.*=/, ''));
    const client = await signIn();
    const id = (await client('GET', '/me', { headers: elsewhere() })).body.session.id;
    assertProblem(await other('DELETE', `/me/sessions/${id}`, { headers: elsewhere() }), 404, 'session-not-found');
    const list = (await other('GET', '/me/sessions', { headers: elsewhere() })).body.items;
    assert.deepEqual(
      list.map((one: { id: string }) => one.id === id),
      [false],
    );
  });
});

describe('guessing', () => {
  const attempt = (network: number, given = 'a wrong password', signInName = victim.signInName): Promise<ApiAnswer> =>
    sessionClient(lab.world)('POST', '/session', {
      body: { signInName, password: given },
      headers: elsewhere(network),
    });

  test('many at once count as many: none gets through beside the others', async () => {
    const network = ++networks;
    const answers = await Promise.all(Array.from({ length: 12 }, () => attempt(network)));
    const counts = Map.groupBy(answers, ({ status }) => status);
    assert.deepEqual([counts.get(401)?.length, counts.get(429)?.length], [5, 7]);
    lab.clock.advance(15 * minute);
    assert.equal((await attempt(network, password)).status, 200);
  });

  test('strangers everywhere lock nobody out where they come from', async () => {
    const home = ++networks;
    assert.equal((await attempt(home, password)).status, 200);
    // Sixty failures, each from a network of its own; hashing that often would only take time.
    const before = networks;
    let refused = 0;
    for (let i = 0; i < 60; i++) if ((await attempt(++networks)).status === 429) refused++;
    assert.ok(refused >= 5, `${refused} were told to wait, of ${networks - before}`);
    assertProblem(await attempt(++networks, password), 429, 'sign-in-delayed');
    assert.equal((await attempt(home, password)).status, 200, 'the administrator at their own desk');
    lab.clock.advance(15 * minute);
    assert.equal((await attempt(++networks, password)).status, 200, 'and elsewhere a quarter of an hour later');
  });

  test('one network that tries many names is stopped, and says the same of names that nobody has', async () => {
    const network = ++networks;
    const codes = new Set<string>();
    for (let i = 0; i < 30; i++) codes.add((await attempt(network, 'a wrong password', `nobody-${i}`)).body.code);
    assert.deepEqual([...codes], ['sign-in-failed']);
    assertProblem(await attempt(network, password), 429, 'too-many-sign-ins');
    assert.equal((await attempt(++networks, password)).status, 200);
  });

  test('a name that nobody has waits as one that somebody has', async () => {
    const network = ++networks;
    const outcomes = async (name: string) => {
      const answers: unknown[] = [];
      for (let i = 0; i < 6; i++) {
        const { status, body, headers } = await attempt(network, 'a wrong password', name);
        answers.push([status, body.code, body.detail, headers.get('retry-after')]);
      }
      return answers;
    };
    assert.deepEqual(await outcomes(`nobody-${network}@alder.example`), await outcomes('other'));
  });

  test('and takes as long', async () => {
    lab.clock.advance(15 * minute);
    await hashPassword('warm');
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let i = 0; i < 8; i++)
      for (const [kind, name] of [
        ['known', 'other'],
        ['unknown', `nobody-at-all-${i}`],
      ] as const) {
        const begun = performance.now();
        await attempt(++networks, 'a wrong password', name);
        times[kind].push(performance.now() - begun);
      }
    const least = (all: readonly number[]) => Math.min(...all);
    // Without a hash computed for nobody it would be a tenth; what the machine does besides is more than the rest.
    assert.ok(least(times.unknown) > least(times.known) / 2, JSON.stringify(times));
  });

  test('what is typed in place of a name stands nowhere', async () => {
    const typed = lab.keep('My-Real-Password-Typed-Too-Early');
    await attempt(++networks, 'x', typed);
  });
});

test('what was tried is on record, not each of it', async () => {
  const { items } = (await api('GET', '/audit?by=all&types=access.sign-in-failed&limit=200')).body;
  assert.ok(items.length > 5 && items.length < 150, `${items.length} events`);
});

test('no secret is left anywhere', () => {
  lab.keep(password);
  return lab.assertNothingLeaked();
});
