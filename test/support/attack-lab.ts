/**
 * Where attacks are tried: a whole server with a clock that can be moved, devices to attack, and one way to say that an
 * attack was refused: nothing issued, the true reason on record, and no word too much on the wire.
 */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assign } from '../../src/assignments/assign.ts';
import { openStoredKey } from '../../src/authority/stored-key.ts';
import { mintChallenge } from '../../src/challenges/mint-challenge.ts';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { saveDevice } from '../../src/directory/save-device.ts';
import { systemCause } from '../../src/events/event.ts';
import { parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { type Certificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { toBase64, utf8 } from '../../src/lib/bytes.ts';
import { hour } from '../../src/lib/clock.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import {
  type AskedFor,
  askedBy,
  type CsrSigning,
  type ForgedMessage,
  forgedCsr,
  forgeMessage,
} from './forged-message.ts';
import { runCommand } from './run-command.ts';
import { makeScenario, type Scenario, type ScenarioOptions } from './scep-scenario.ts';
import {
  readReply,
  registrationAuthorityOf,
  selfSigned,
  type TestIdentity,
  testClientKey,
} from './scep-test-client.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** A device that is due a certificate. */
export type Victim = Omit<Scenario, 'challenge' | 'openGeneration' | 'user'> & {
  /** Fresh; from then on nothing may show it. */
  challenge(lifetime?: number): Promise<string>;
};

export type Enrolment = Partial<Omit<ForgedMessage, 'content'>> & {
  readonly key?: ClientKey;
  readonly challenge: string | null;
  readonly ask?: (asked: AskedFor) => AskedFor;
  readonly csr?: CsrSigning;
  /** Instead of a request. */
  readonly content?: Uint8Array;
};

export type Refused = {
  /** On record. */
  readonly reason: string;
  /** On the wire, without the request id; by default nothing but that it was refused. */
  readonly wire?: string;
  readonly failInfo?: string;
};

export type AttackLab = AsyncDisposable & {
  readonly world: World;
  readonly clock: FakeClock;
  readonly ra: Certificate;
  /** Of the active issuer. */
  readonly issuer: Certificate;
  /** Two keys of the attacker, for where one is as good as another. */
  readonly key: ClientKey;
  readonly otherKey: ClientKey;
  victim(options?: Partial<ScenarioOptions>): Promise<Victim>;
  /** Another device with the same profile. */
  sibling(victim: Victim): Promise<Victim>;
  /** A request as the deployment's device would make it, but for what is said otherwise. */
  request(deployment: Deployment, enrolment: Enrolment): Uint8Array;
  /** From an address that nobody used before, unless one is given. */
  send(address: string, message: Uint8Array, from?: string): Promise<Response>;
  /** What an honest device does. */
  enrolled(victim: Victim, key?: ClientKey): Promise<TestIdentity>;
  /** Does `attack` and holds it against what must have become of it. Answers the bytes that went over the wire. */
  refused(attack: () => Promise<Response>, expected: Refused): Promise<Uint8Array>;
  /** Certificates in the books. */
  certificates(): number;
  /** Rows of a query on the database file, as somebody who got hold of it would read them. */
  rows(sql: string, ...values: string[]): Record<string, unknown>[];
  /** From now on nothing may show this text. */
  keep<T extends string>(secret: T): T;
  /** Looks for all that was kept, and for every private key, in the log, events, transactions and files. */
  assertNothingLeaked(): Promise<void>;
};

const hidden = 'request-refused';
const cause = systemCause;

export async function startAttackLab(options: WorldOptions = {}): Promise<AttackLab> {
  const clock = fakeClock();
  await using starting = new AsyncDisposableStack();
  const world = starting.use(
    await startWorld({
      clock,
      cryptoThreads: 0,
      ...options,
      config: { trustedProxies: ['127.0.0.1'], ...options.config },
    }),
  );
  const secrets = new Set<string>([world.adminToken]);
  const keep = <T extends string>(secret: T): T => {
    secrets.add(secret);
    return secret;
  };
  const { issuer } = await world.server.authority.issuing.active(null);
  const database = new DatabaseSync(databaseFile(world.folder), { readOnly: true });
  starting.defer(() => database.close());
  const rows = (sql: string, ...values: string[]) => database.prepare(sql).all(...values) as Record<string, unknown>[];
  const certificates = () => Number(rows('SELECT count(*) AS n FROM certificate')[0]?.n);
  const key = await testClientKey();
  const otherKey = await testClientKey();
  let victims = 0;
  let addresses = 0;
  const freshAddress = () => {
    addresses++;
    return `10.1.${addresses >> 8}.${addresses & 255}`;
  };
  const victim = async (change: Partial<ScenarioOptions> = {}): Promise<Victim> => {
    const scenario = await makeScenario(world, { name: `victim-${++victims}`, user: null, ...change });
    return { ...scenario, challenge: async (lifetime) => keep(await scenario.challenge(lifetime)) };
  };
  const sibling = async (of: Victim): Promise<Victim> => {
    const { store } = world.server.foundation;
    const ports = { ...store, clock };
    const facts = { deviceName: `${of.device.deviceName}-sibling-${++victims}`, platform: of.device.platform };
    const device = await saveDevice(ports, { id: null, source: 'api', facts, cause });
    const targets = [of.device, device].map(
      ({ id }) => ({ mode: 'include', target: { kind: 'device', deviceId: id } }) as const,
    );
    for (const { id } of [of.root, of.profile]) await assign(ports, { profileId: id, assignments: targets, cause });
    await world.server.reconciling.settled();
    const deployment = async () => {
      const found = (await store.deployments.byDevices([device.id])).find(
        ({ profileId }) => profileId === of.profile.id,
      );
      assert.ok(found);
      return found;
    };
    return {
      ...of,
      device,
      deployment,
      challenge: async (lifetime = hour) => {
        const mint = { deployment: await deployment(), lifetime, now: clock.now(), cause };
        const minted = await store.transact(() => mintChallenge(store, mint));
        assert.ok(minted.kind === 'minted');
        return keep(minted.secret);
      },
    };
  };
  const ra = await registrationAuthorityOf((await victim()).scepUrl);
  const request = (deployment: Deployment, enrolment: Enrolment): Uint8Array => {
    const { key: withKey = key, challenge, ask = (asked) => asked, csr = {}, ...rest } = enrolment;
    const asked = ask(askedBy(deployment));
    return forgeMessage({
      type: 'PKCSReq',
      content: forgedCsr(withKey, asked, challenge, csr),
      signer: selfSigned(withKey, new Uint8Array([0x30, 0])),
      recipient: ra,
      ...rest,
    }).bytes;
  };
  const send = (address: string, message: Uint8Array, from = freshAddress()) =>
    fetch(`${address}?operation=PKIOperation`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-pki-message', 'x-forwarded-for': from },
      body: new Blob([message.slice()]),
    });
  const running = starting.move();
  return {
    world,
    clock,
    ra,
    issuer: parseCertificate(issuer.certificate),
    key,
    otherKey,
    victim,
    sibling,
    request,
    send,
    rows,
    certificates,
    keep,
    async enrolled(target, withKey = key) {
      const message = request(await target.deployment(), { challenge: await target.challenge(), key: withKey });
      const reply = await readReply(await send(target.scepUrl, message), withKey);
      const [certificate] = reply.certificates;
      assert.ok(certificate !== undefined, `an honest request is answered ${reply.status} ${reply.reason}`);
      return { key: withKey, certificate };
    },
    async refused(attack, { reason, wire = hidden, failInfo = 'badRequest' }) {
      const before = certificates();
      const response = await attack();
      const id = response.headers.get('x-request-id');
      assert.ok(id !== null);
      const bytes = new Uint8Array(await response.arrayBuffer());
      assert.equal(response.status, 200, new TextDecoder().decode(bytes));
      assert.equal(certificates(), before, 'something was issued');

      const [row] = rows('SELECT outcome, reason, certificate_id FROM scep_transaction WHERE request_id = ?', id);
      assert.deepEqual({ ...row }, { outcome: 'failure', reason, certificate_id: null });
      const [event] = rows('SELECT type, data FROM event WHERE request_id = ? ORDER BY id DESC', id);
      assert.equal(event?.type, 'enrollment.refused');
      assert.equal(JSON.parse(String(event?.data)).reason, reason);

      const parsed = parsePkiMessage(bytes);
      assert.ok(parsed.ok);
      const { pkiStatus, failInfo: info, failInfoText, content } = parsed.message;
      assert.deepEqual(
        { pkiStatus, info, failInfoText, content },
        { pkiStatus: 'FAILURE', info: failInfo, failInfoText: `${wire} ${id}`, content: undefined },
      );
      return bytes;
    },
    async assertNothingLeaked() {
      assert.ok(secrets.size > 1, 'there were secrets to look for');
      const places = await whereToLook(world);
      for (const secret of secrets)
        for (const [place, bytes] of places) {
          assert.equal(bytes.indexOf(Buffer.from(utf8(secret))), -1, `${place} shows ${secret}`);
          assert.equal(
            bytes.indexOf(Buffer.from(toBase64(utf8(secret)).slice(0, -4))),
            -1,
            `${place} shows ${secret} in Base64`,
          );
        }
      for (const part of await privateKeys(world))
        for (const [place, bytes] of places) {
          assert.equal(bytes.indexOf(part), -1, `${place} shows a private key`);
          assert.equal(bytes.indexOf('PRIVATE KEY'), -1, `${place} shows a private key in PEM`);
        }
      // What is looked for is really there, as hashes.
      const files = Buffer.concat(
        places.filter(([place]) => place.startsWith('scepward.db')).map(([, bytes]) => bytes),
      );
      assert.ok(files.includes(sha256Hex(utf8(world.adminToken))), 'hashes are found where they should be');
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function databaseFile(folder: string): string {
  const name = readdirSync(folder).find((file) => file.endsWith('.db'));
  assert.ok(name !== undefined, `there is a database in ${folder}`);
  return join(folder, name);
}

/** Log, events and transactions stand in the files too; they are looked at on their own for what encodings might hide. */
async function whereToLook(world: World): Promise<readonly (readonly [string, Buffer])[]> {
  const { folder, log } = world;
  const database = new DatabaseSync(databaseFile(folder), { readOnly: true });
  const table = (name: string) => Buffer.from(JSON.stringify(database.prepare(`SELECT * FROM ${name}`).all()));
  const places: (readonly [string, Buffer])[] = [
    ['the log', Buffer.from(log.join('\n'))],
    ['the events', table('event')],
    ['the SCEP transactions', table('scep_transaction')],
  ];
  database.close();
  // By another process: closing a file of a database drops the locks that this process has on it (POSIX).
  for (const file of readdirSync(folder).filter((name) => name.startsWith('scepward.db'))) {
    const { code, stdout, stderr } = await runCommand('cat', [join(folder, file)]);
    assert.equal(code, 0, stderr);
    places.push([file, Buffer.from(stdout)]);
  }
  return places;
}

/** 32 bytes of each that are in no public key. */
async function privateKeys(world: World): Promise<readonly Buffer[]> {
  const { store, secret } = world.server.foundation;
  const keys = await store.keys.all();
  assert.ok(keys.length > 0);
  return keys.map((stored) => {
    const der = Buffer.from(openStoredKey(secret, stored));
    // The audit log's has no public half: it is 32 random bytes.
    if (stored.purpose === 'audit') return der;
    const { d = '' } = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
    return Buffer.from(d, 'base64url').subarray(0, 32);
  });
}
