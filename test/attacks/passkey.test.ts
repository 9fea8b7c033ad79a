/** Passkeys: how they are added and used, and every way in which an assertion that is not one is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newSetUpCode } from '../../src/access/set-up.ts';
import { minute } from '../../src/lib/clock.ts';
import { type AdminClient, type ApiAnswer, adminClient, assertProblem } from '../support/admin-client.ts';
import { type AttackLab, startAttackLab } from '../support/attack-lab.ts';
import { type SessionClient, sessionClient } from '../support/session-client.ts';
import {
  type AuthenticatorOptions,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '../support/software-authenticator.ts';

const adminUrl = 'https://admin.alder.example';
const place = { rpId: 'admin.alder.example', origin: adminUrl };
const password = 'seven brass kettles sing';
const victim = { signInName: 'victim@alder.example', password };

let lab: AttackLab;
let api: AdminClient;
let owner: SessionClient;
let authenticator: SoftwareAuthenticator;

let networks = 0;
const elsewhere = () => ({
  'x-forwarded-for': `203.0.113.${++networks % 250}`,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'admin.alder.example',
  origin: adminUrl,
});
const call = (client: SessionClient, method: string, path: string, body?: unknown): Promise<ApiAnswer> =>
  client(method, path, { headers: elsewhere(), ...(body !== undefined && { body }) });

before(async () => {
  lab = await startAttackLab({ config: { adminUrl, trustedProxies: ['127.0.0.1'] } });
  api = adminClient(lab.world);
  const code = await newSetUpCode({ ...lab.world.server.foundation.store, clock: lab.clock });
  owner = sessionClient(lab.world);
  const made = await call(owner, 'POST', '/setup', { code, name: 'Victim', ...victim });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  authenticator = softwareAuthenticator(place);
  assert.equal((await add(authenticator, 'Laptop')).status, 201);
});
after(() => lab[Symbol.asyncDispose]());

async function add(
  made: SoftwareAuthenticator,
  name: string,
  changes: AuthenticatorOptions & { challenge?: string } = {},
): Promise<ApiAnswer> {
  const { body } = await call(owner, 'POST', '/me/passkeys/options');
  const credential = made.create(changes.challenge ?? body.publicKey.challenge, changes);
  return call(owner, 'POST', '/me/passkeys', { name, credential });
}

async function challenge(): Promise<string> {
  return (await call(sessionClient(lab.world), 'POST', '/session/passkey/options')).body.publicKey.challenge;
}

const signIn = (credential: unknown, client = sessionClient(lab.world)) =>
  call(client, 'POST', '/session/passkey', { credential });

describe('a passkey', () => {
  test('is asked for so that authenticators find it by themselves and ask who it is', async () => {
    const { body } = await call(owner, 'POST', '/me/passkeys/options');
    assert.deepEqual(body.origins, [adminUrl]);
    const { rp, user, authenticatorSelection, attestation, excludeCredentials } = body.publicKey;
    assert.deepEqual(rp, { id: 'admin.alder.example', name: 'Scepward' });
    assert.equal(user.name, victim.signInName);
    assert.deepEqual([authenticatorSelection.userVerification, attestation], ['required', 'none']);
    assert.equal(excludeCredentials[0].id, authenticator.credentialId);
    const signingIn = (await call(sessionClient(lab.world), 'POST', '/session/passkey/options')).body;
    assert.deepEqual(Object.keys(signingIn.publicKey).sort(), ['challenge', 'rpId', 'timeout', 'userVerification']);
  });

  for (const [algorithm, name] of [
    [-7, 'ES256'],
    [-8, 'EdDSA'],
    [-257, 'RS256'],
  ] as const)
    test(`of ${name} is added, signs in, and is removed`, async () => {
      const made = softwareAuthenticator({ ...place, algorithm });
      const added = await add(made, name);
      assert.equal(added.status, 201, JSON.stringify(added.body));
      const client = sessionClient(lab.world);
      const answer = await signIn(made.get(await challenge()), client);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.deepEqual([answer.body.signInName, answer.body.session.method], [victim.signInName, 'passkey']);
      assert.equal((await call(client, 'GET', '/me')).status, 200);
      const renamed = await call(client, 'PUT', `/me/passkeys/${added.body.id}`, { name: `${name} key` });
      assert.equal(renamed.body.lastUsedAt, lab.clock.now());
      const { items } = (await call(client, 'GET', '/me/passkeys')).body;
      assert.ok(items.some((one: { name: string }) => one.name === `${name} key`));
      assert.equal((await call(client, 'DELETE', `/me/passkeys/${added.body.id}`)).status, 204);
      assertProblem(await signIn(made.get(await challenge())), 401, 'passkey-unknown');
    });

  test('stays after a reset of the password, and goes when another administrator removes it', async () => {
    const made = softwareAuthenticator(place);
    const { body } = await add(made, 'Phone');
    const path = `/administrators/${victim.signInName}/passkeys`;
    assert.ok((await api('GET', path)).body.items.some((one: { id: string }) => one.id === body.id));
    assert.equal((await api('DELETE', `${path}/${body.id}`)).status, 204);
    assertProblem(await api('DELETE', `${path}/${body.id}`), 404, 'passkey-not-found');
    const types = (await api('GET', '/audit?types=access.passkey-removed')).body.items;
    assert.equal(types[0].objects[0].name, victim.signInName);
  });

  test('says what is wrong when it is added', async () => {
    const made = () => softwareAuthenticator(place);
    assertProblem(await add(authenticator, 'again'), 409, 'passkey-known');
    assertProblem(await add(made(), 'x', { challenge: await challenge() }), 401, 'passkey-challenge');
    assertProblem(await add(made(), 'x', { origin: 'https://evil.example' }), 401, 'passkey-origin');
    assertProblem(await add(made(), 'x', { crossOrigin: true }), 401, 'passkey-origin');
    assertProblem(await add(made(), 'x', { rpId: 'alder.example' }), 401, 'passkey-relying-party');
    assertProblem(await add(made(), 'x', { userVerified: false }), 401, 'passkey-not-verified');
    assertProblem(await add(made(), 'x', { type: 'webauthn.get' }), 401, 'passkey-malformed');
    const { body } = await call(owner, 'POST', '/me/passkeys/options');
    const good = made().create(body.publicKey.challenge) as { id: string; response: Record<string, unknown> };
    const changed = (response: object) => ({ ...good, response: { ...good.response, ...response } });
    const post = (credential: unknown) => call(owner, 'POST', '/me/passkeys', { name: 'x', credential });
    assertProblem(await post(changed({ publicKeyAlgorithm: -257 })), 422, 'passkey-algorithm');
    assertProblem(await post(changed({ publicKeyAlgorithm: -65535 })), 422, 'passkey-algorithm');
    assertProblem(await post(changed({ publicKey: 'AAAA' })), 422, 'passkey-algorithm');
    assertProblem(await post(changed({ authenticatorData: '****' })), 400, 'passkey-malformed');
    assertProblem(await post({ ...good, id: 'AAAA' }), 400, 'passkey-malformed');
    assert.equal((await post(good)).status, 201);
    assertProblem(await post({ ...good }), 401, 'passkey-challenge');
  });
});

describe('an assertion', () => {
  test('that is replayed, late, or answers a challenge that was never given', async () => {
    const given = authenticator.get(await challenge());
    assert.equal((await signIn(given)).status, 200);
    const again = await signIn(given);
    assert.equal(again.status, 401);
    // With a counter that goes on it is the challenge that stops it.
    const twice = await challenge();
    assert.equal((await signIn(authenticator.get(twice))).status, 200);
    assertProblem(await signIn(authenticator.get(twice)), 401, 'passkey-challenge');
    const late = await challenge();
    lab.clock.advance(5 * minute);
    assertProblem(await signIn(authenticator.get(late)), 401, 'passkey-challenge');
    const other = (await call(sessionClient(lab.world), 'POST', '/session', victim)).status;
    assert.equal(other, 200);
    for (const made of ['AAAA', Buffer.alloc(56).toString('base64url'), `${await challenge()}A`])
      assertProblem(await signIn(authenticator.get(made)), 401, 'passkey-challenge');
    const forAdding = (await call(owner, 'POST', '/me/passkeys/options')).body?.publicKey?.challenge;
    if (forAdding !== undefined) assertProblem(await signIn(authenticator.get(forAdding)), 401, 'passkey-challenge');
  });

  test('that was made for another page, in a frame, for another site, or without asking who it is', async () => {
    const attempt = async (options: AuthenticatorOptions) => signIn(authenticator.get(await challenge(), options));
    for (const origin of ['https://evil.example', 'http://admin.alder.example', 'https://admin.alder.example:444'])
      assertProblem(await attempt({ origin }), 401, 'passkey-origin');
    assertProblem(await attempt({ crossOrigin: true }), 401, 'passkey-origin');
    assertProblem(await attempt({ rpId: 'evil.example' }), 401, 'passkey-relying-party');
    assertProblem(await attempt({ userVerified: false }), 401, 'passkey-not-verified');
    assertProblem(await attempt({ type: 'webauthn.create' }), 401, 'passkey-malformed');
  });

  test('with a signature of another key, over other data, of another user', async () => {
    const thief = softwareAuthenticator(place);
    const own = thief.get(await challenge());
    assertProblem(await signIn({ ...own, id: authenticator.credentialId }), 401, 'passkey-signature');
    assertProblem(await signIn(own), 401, 'passkey-unknown');
    const good = authenticator.get(await challenge());
    const otherClient = authenticator.get(await challenge());
    const mixed = { ...good, response: { ...good.response, clientDataJSON: otherClient.response.clientDataJSON } };
    assertProblem(await signIn(mixed), 401, 'passkey-signature');
    const data = Buffer.from(String(good.response.authenticatorData), 'base64url');
    data[36] = 0xff;
    const counted = { ...good, response: { ...good.response, authenticatorData: data.toString('base64url') } };
    assertProblem(await signIn(counted), 401, 'passkey-signature');
    const asOther = authenticator.get(await challenge(), { userHandle: Buffer.from('somebody').toString('base64url') });
    assertProblem(await signIn(asOther), 401, 'passkey-unknown');
  });

  test('of a copy: the counter falls behind, which is on record', async () => {
    assert.equal((await signIn(authenticator.get(await challenge(), { signCount: 1000 }))).status, 200);
    assertProblem(await signIn(authenticator.get(await challenge(), { signCount: 1000 })), 401, 'passkey-copied');
    const { items } = (await api('GET', '/audit?by=all&types=access.sign-in-failed')).body;
    assert.deepEqual([items[0].detail.reason, items[0].objects[0].name], ['passkey-copied', victim.signInName]);
    assert.equal((await signIn(authenticator.get(await challenge(), { signCount: 1001 }))).status, 200);
  });

  test('of somebody who is disabled', async () => {
    const made = await api('POST', '/administrators', { body: { name: 'Other', signInName: 'other' } });
    const other = sessionClient(lab.world);
    await call(other, 'POST', '/session/code', { code: made.body.code });
    const key = softwareAuthenticator(place);
    const { body } = await call(other, 'POST', '/me/passkeys/options');
    const added = await call(other, 'POST', '/me/passkeys', {
      name: 'k',
      credential: key.create(body.publicKey.challenge),
    });
    assert.equal(added.status, 201);
    assert.equal((await signIn(key.get(await challenge()))).status, 200);
    await api('PUT', '/administrators/other', {
      body: { name: 'Other', signInName: 'other', state: 'disabled' },
      headers: { 'if-match': `"${made.body.administrator.version}"` },
    });
    assertProblem(await signIn(key.get(await challenge())), 401, 'passkey-unknown');
  });

  test('too many that fail make one network wait', async () => {
    const client = sessionClient(lab.world);
    const headers = elsewhere();
    const post = async () =>
      client('POST', '/session/passkey', { headers, body: { credential: softwareAuthenticator(place).get('AAAA') } });
    for (let i = 0; i < 10; i++) assertProblem(await post(), 401, 'passkey-challenge');
    assertProblem(await post(), 429, 'too-many-codes');
  });
});
