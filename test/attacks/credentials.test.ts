/** Device credentials, join tokens and API tokens in the wrong hands. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createApiToken } from '../../src/access/create-api-token.ts';
import type { GrantedPermission } from '../../src/access/permission.ts';
import { revokeCredentials } from '../../src/delivery/revoke-credentials.ts';
import type { DeviceId } from '../../src/directory/device.ts';
import { systemCause } from '../../src/events/event.ts';
import { parseJoinToken } from '../../src/formats/agent/join-token-text.ts';
import { toBase32 } from '../../src/lib/bytes.ts';
import { day, minute } from '../../src/lib/clock.ts';
import { randomBytes } from '../../src/lib/random.ts';
import { type AttackLab, startAttackLab } from '../support/attack-lab.ts';

const cause = systemCause;
let lab: AttackLab;
before(async () => {
  lab = await startAttackLab();
});
after(() => lab[Symbol.asyncDispose]());

type Answer = { readonly status: number; readonly code: string | null; readonly body: Record<string, unknown> };

async function call(
  method: string,
  path: string,
  options: { bearer?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { bearer, body, headers = {} } = options;
  const response = await fetch(`${lab.world.url}${path}`, {
    method,
    headers: {
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: response.status, code: typeof json.code === 'string' ? json.code : null, body: json };
}

/** From an address of its own as a proxy with HTTPS would tell it, so that no limit of another test counts. */
let addresses = 0;
const elsewhere = () => ({ 'x-forwarded-for': `198.51.100.${++addresses}`, 'x-forwarded-proto': 'https' });

const facts = { deviceName: 'bench-01', platform: 'linux' };

async function joinToken(options: { deviceId?: DeviceId; lifetime?: number } = {}): Promise<string> {
  const { deviceId = null, lifetime = day } = options;
  const { text } = await lab.world.server.delivery.createJoinToken({ deviceId, userId: null, lifetime, cause });
  return lab.keep(parseJoinToken(text).secret);
}

const join = (secret: string, headers: Record<string, string> = elsewhere()) =>
  call('POST', '/device/v1/join', { body: { secret, facts }, headers });

async function joined(deviceId?: DeviceId): Promise<{ deviceId: DeviceId; credential: string }> {
  const { status, body } = await join(await joinToken({ ...(deviceId !== undefined && { deviceId }) }));
  assert.equal(status, 201, JSON.stringify(body));
  return { deviceId: body.deviceId as DeviceId, credential: lab.keep(String(body.credential)) };
}

const checkIn = (bearer: string) =>
  call('POST', '/device/v1/check-in', { bearer, body: { facts, held: [] }, headers: elsewhere() });

const refused = ({ status, code }: Answer): [number, string | null] => [status, code];
const devices = () => Number(lab.rows('SELECT count(*) AS n FROM device')[0]?.n);

describe('a join token', () => {
  test('serves once, and the second attempt is on record', async () => {
    const secret = await joinToken();
    assert.equal((await join(secret)).status, 201);
    const count = devices();
    assert.deepEqual(refused(await join(secret)), [401, 'token-used']);
    assert.equal(devices(), count);
    const [event] = lab.rows("SELECT data FROM event WHERE type = 'access.refused' ORDER BY id DESC LIMIT 1");
    assert.equal(JSON.parse(String(event?.data)).reason, 'token-used');
  });

  test('serves one of two devices that show it at the same time', async () => {
    const secret = await joinToken();
    const count = devices();
    const answers = await Promise.all([join(secret), join(secret), join(secret)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 401, 401]);
    assert.equal(devices(), count + 1);
  });

  test('is worth nothing once expired', async () => {
    const secret = await joinToken({ lifetime: minute });
    lab.clock.advance(minute);
    const count = devices();
    assert.deepEqual(refused(await join(secret)), [401, 'token-expired']);
    assert.equal(devices(), count);
  });

  test('cannot be guessed: ten tries, then the address waits, and another does not', async () => {
    const headers = elsewhere();
    const count = devices();
    for (let i = 0; i < 10; i++)
      assert.deepEqual(refused(await join(toBase32(randomBytes(32)), headers)), [401, 'token-unknown']);
    assert.deepEqual(refused(await join(await joinToken(), headers)), [429, 'too-many-failed-joins']);
    assert.equal(devices(), count);
    assert.equal((await join(await joinToken())).status, 201);
  });

  test('is neither a credential nor an API token, nor are those join tokens', async () => {
    const secret = await joinToken();
    assert.deepEqual(refused(await checkIn(secret)), [401, 'credential-unknown']);
    assert.equal((await call('GET', '/api/v1/devices', { bearer: secret })).status, 401);
    const { credential } = await joined();
    for (const each of [credential, lab.world.adminToken])
      assert.deepEqual(refused(await join(each)), [401, 'token-unknown']);
    assert.equal((await call('GET', '/api/v1/devices', { bearer: credential })).status, 401);
    assert.deepEqual(refused(await checkIn(lab.world.adminToken)), [401, 'credential-unknown']);
  });

  test('is not asked for over plain HTTP from elsewhere', async () => {
    const secret = await joinToken();
    const headers = { 'x-forwarded-for': '198.51.100.250' };
    assert.deepEqual(refused(await join(secret, headers)), [403, 'https-needed']);
    assert.equal((await join(secret)).status, 201);
  });
});

describe('a device credential', () => {
  test('that was guessed, or is missing, or no credential at all', async () => {
    assert.deepEqual(refused(await checkIn(`scepward_device_${'A'.repeat(43)}`)), [401, 'credential-unknown']);
    for (const authorization of ['', 'Bearer', 'Basic YTpi', `Bearer ${'x'.repeat(200)}`, "Bearer ' OR 1=1"]) {
      const headers = { authorization, ...elsewhere() };
      const answer = await call('POST', '/device/v1/check-in', { body: { facts, held: [] }, headers });
      assert.deepEqual(refused(answer), [401, 'credential-missing']);
    }
  });

  test('that was revoked', async () => {
    const { deviceId, credential } = await joined();
    assert.equal((await checkIn(credential)).status, 200);
    await revokeCredentials({ ...lab.world.server.foundation.store, clock: lab.clock }, { deviceId, cause });
    assert.deepEqual(refused(await checkIn(credential)), [401, 'credential-revoked']);
  });

  test('that was replaced, once the new one was used', async () => {
    const { credential } = await joined();
    assert.equal((await checkIn(credential)).status, 200);
    lab.clock.advance(31 * day);
    const { body } = await checkIn(credential);
    const next = lab.keep(String(body.credential));
    assert.notEqual(next, 'null');
    assert.equal((await checkIn(next)).status, 200);
    assert.deepEqual(refused(await checkIn(credential)), [401, 'credential-superseded']);
    assert.equal((await checkIn(next)).status, 200);
  });

  test('of before the device joined again', async () => {
    const first = await joined();
    assert.equal((await checkIn(first.credential)).status, 200);
    const second = await joined(first.deviceId);
    assert.equal((await checkIn(first.credential)).status, 401);
    assert.equal((await checkIn(second.credential)).status, 200);
  });

  test('of a retired device yields no challenge and no trusted certificate', async () => {
    const victim = await lab.victim();
    const { credential } = await joined(victim.device.id);
    const before = await checkIn(credential);
    const enroll = before.body.enroll as readonly { challenge: string }[];
    assert.equal(enroll.length, 1);
    for (const { challenge } of enroll) lab.keep(challenge);
    await lab.world.server.lifecycle.retire({ deviceId: victim.device.id, action: 'retire', cause });
    const { status, body } = await checkIn(credential);
    assert.deepEqual([status, body.retired, body.enroll, body.trustedCertificates], [200, true, [], []]);
    const message = lab.request(
      { ...(await (await lab.victim()).deployment()) },
      { challenge: enroll[0]?.challenge ?? '' },
    );
    await lab.refused(() => lab.send(victim.scepUrl, message), {
      reason: 'challenge-cancelled',
      wire: 'challenge-cancelled',
    });
  });

  test('of a deleted device', async () => {
    const { deviceId, credential } = await joined();
    await lab.world.server.lifecycle.deleteDevices({ deviceIds: [deviceId], cause });
    assert.equal((await checkIn(credential)).status, 401);
  });

  test("says nothing about another device's deployments", async () => {
    const victim = await lab.victim();
    const { credential } = await joined();
    const { id, state } = await victim.deployment();
    const { status, body } = await call('POST', '/device/v1/check-in', {
      bearer: credential,
      body: { facts, held: [{ deploymentId: id, thumbprint256: null, underWay: null }] },
      headers: elsewhere(),
    });
    assert.equal(status, 200);
    assert.doesNotMatch(JSON.stringify(body.enroll), new RegExp(victim.device.deviceName));
    assert.equal((await victim.deployment()).state, state);
  });
});

describe('the administration API', () => {
  const token = async (permissions: readonly GrantedPermission[], expiresAt: number | null = null) => {
    const ports = { ...lab.world.server.foundation.store, clock: lab.clock };
    const made = await createApiToken(ports, { name: 'some', permissions, expiresAt, cause });
    return { id: made.token.id, secret: lab.keep(made.secret) };
  };
  const users = (bearer?: string, headers: Record<string, string> = {}) =>
    call('GET', '/api/v1/users', { ...(bearer !== undefined && { bearer }), headers });

  test('without a token, with a guessed one, with one in the address', async () => {
    assert.equal((await users()).status, 401);
    assert.equal((await users(`scepward_${'A'.repeat(43)}`)).status, 401);
    assert.equal((await call('GET', `/api/v1/users?token=${lab.world.adminToken}`)).status, 401);
    assert.equal((await users(undefined, { cookie: `token=${lab.world.adminToken}` })).status, 401);
  });

  test('with a token that was revoked, or has expired', async () => {
    const { id, secret } = await token(['directory.read'], lab.clock.now() + minute);
    assert.equal((await users(secret)).status, 200);
    lab.clock.advance(minute);
    assert.equal((await users(secret)).status, 401);
    const other = await token(['directory.read']);
    const { status } = await call('DELETE', `/api/v1/tokens/${other.id}`, { bearer: lab.world.adminToken });
    assert.ok(status < 300);
    assert.equal((await users(other.secret)).status, 401);
    assert.notEqual(other.id, id);
  });

  test('with too little permission: nothing is read, nothing made', async () => {
    const { secret } = await token(['directory.read']);
    const victim = await lab.victim();
    const { id } = await victim.deployment();
    const count = () => Number(lab.rows('SELECT count(*) AS n FROM challenge')[0]?.n);
    const before = count();
    const body = { profile: victim.profile.slug, device: victim.device.id };
    const calls: readonly (readonly [string, string, unknown?])[] = [
      ['POST', '/api/v1/challenges', body],
      ['POST', '/api/v1/users', { userPrincipalName: 'x@example.test' }],
      ['DELETE', `/api/v1/devices/${victim.device.id}`],
      ['POST', `/api/v1/deployments/${id}/re-issue`],
      ['GET', '/api/v1/events'],
      ['POST', '/api/v1/join-tokens', {}],
      ['POST', '/api/v1/tokens', { name: 'more', permissions: ['directory.read'] }],
    ];
    for (const [method, path, payload] of calls) {
      const answer = await call(method, path, { bearer: secret, ...(payload !== undefined && { body: payload }) });
      assert.equal(answer.status, 403, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    }
    assert.equal(count(), before);
  });

  test('cannot be used to make a token that may do more than the one that asks', async () => {
    const { secret } = await token(['tokens.manage', 'directory.read']);
    const make = (permissions: unknown) =>
      call('POST', '/api/v1/tokens', { bearer: secret, body: { name: 'climber', permissions } });
    assert.equal((await make(['challenges.create'])).status, 403);
    assert.equal((await make('all')).status, 403);
    const allowed = await make(['directory.read']);
    assert.equal(allowed.status, 201);
    for (const value of Object.values(allowed.body)) if (String(value).startsWith('scepward_')) lab.keep(String(value));
  });

  test('over plain HTTP from elsewhere, even with the right token', async () => {
    const bearer = lab.world.adminToken;
    assert.deepEqual(refused(await users(bearer, { 'x-forwarded-for': '198.51.100.7' })), [403, 'https-needed']);
    const half = { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': 'http' };
    assert.deepEqual(refused(await users(bearer, half)), [403, 'https-needed']);
    assert.equal((await users(bearer, elsewhere())).status, 200);
  });

  test('behind a proxy that nobody trusts, not even with the word of that proxy', async () => {
    await using direct = await startAttackLab({ config: { trustedProxies: [] } });
    const headers = { authorization: `Bearer ${direct.world.adminToken}`, ...elsewhere() };
    const answer = await fetch(`${direct.world.url}/api/v1/users`, { headers });
    assert.equal(answer.status, 403);
  });

  test('shows a secret once: neither the list nor a repeat with the same Idempotency-Key has it', async () => {
    const bearer = lab.world.adminToken;
    const victim = await lab.victim();
    const body = { profile: victim.profile.slug, device: victim.device.id };
    const make = () =>
      call('POST', '/api/v1/challenges', { bearer, body, headers: { 'idempotency-key': 'the-same-key-again' } });
    const first = await make();
    assert.equal(first.status, 201);
    const challenge = lab.keep(String(first.body.challenge));
    const second = await make();
    assert.equal(second.status, 409);
    assert.doesNotMatch(JSON.stringify(second.body), new RegExp(challenge));
    const list = await call('GET', '/api/v1/tokens', { bearer });
    assert.doesNotMatch(JSON.stringify(list.body), /[0-9a-f]{64}|scepward_[A-Za-z0-9_-]{20}/);
  });
});

test('no secret is left anywhere', () => lab.assertNothingLeaked());
