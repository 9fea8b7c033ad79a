/**
 * Injured messages of real clients through the whole server, damaged at four depths. None of them can be in order: the
 * challenges that the recordings hold are unknown here, and the one that is known comes with another subject. So every
 * answer is a refusal, the server never fails by itself, and afterwards it still issues.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enroll } from '../../src/client/scep-client.ts';
import { signWithDigest } from '../../src/crypto/sign-with-digest.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
} from '../../src/formats/pkcs10/certification-request.ts';
import { parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { signatureScheme } from '../../src/formats/x509/algorithms.ts';
import type { Certificate } from '../../src/formats/x509/certificate.ts';
import { extendedKeyUsageExtension } from '../../src/formats/x509/extended-key-usage.ts';
import { keyUsageExtension } from '../../src/formats/x509/key-usage.ts';
import { encodeName, nameOf } from '../../src/formats/x509/name.ts';
import { subjectAltNameExtension } from '../../src/formats/x509/subject-alt-name.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { capturedMessages, vector } from '../formats/captured.ts';
import { mutated, numbersFrom } from '../formats/mutate.ts';
import { ownClient } from '../support/own-client.ts';
import { rounds } from '../support/rounds.ts';
import { makeScenario, type Scenario } from '../support/scep-scenario.ts';
import {
  buildMessage,
  registrationAuthorityOf,
  requestedBy,
  selfSigned,
  type TestIdentity,
  testClientKey,
} from '../support/scep-test-client.ts';
import { startWorld, type World } from '../support/world.ts';

type Below = (bound: number) => number;

const times = rounds(300, 5000);
/** Requests under way at once. */
const width = 16;

let world: World;
let scenario: Scenario;
let recipient: Certificate;
let signer: TestIdentity;
let challenge: string;
before(async () => {
  // Failures are limited by address: each message comes from one of its own.
  world = await startWorld({ config: { trustedProxies: ['127.0.0.1'] } });
  scenario = await makeScenario(world, { name: 'fuzz', user: null });
  recipient = await registrationAuthorityOf(scenario.scepUrl);
  signer = selfSigned(await testClientKey(), encodeName(nameOf([['2.5.4.3', 'boss']])));
  challenge = await scenario.challenge();
});
after(() => world[Symbol.asyncDispose]());

type Recorded = { readonly name: string; readonly message: Uint8Array; readonly content: Uint8Array };

const recordings: readonly Recorded[] = capturedMessages().map((name) => ({
  name,
  message: vector(`${name}.der`),
  content: vector(`${name}.content.der`),
}));

const typeOf = (name: string) =>
  name.endsWith('poll') ? 'CertPoll' : name.endsWith('renew') ? 'RenewalReq' : 'PKCSReq';

function sealed(name: string, content: Uint8Array): Uint8Array {
  return buildMessage({ type: typeOf(name), content, signer, recipient });
}

/** At which depth a message is damaged; each maker is handed one recording. */
const depths: Readonly<Record<string, (recorded: Recorded, below: Below) => Uint8Array>> = {
  'as recorded, so for another recipient': ({ message }, below) => mutated(message, below),
  'enveloped for this server, damaged outside': ({ name, content }, below) => mutated(sealed(name, content), below),
  'damaged inside, then enveloped and signed': ({ name, content }, below) => sealed(name, mutated(content, below)),
  'a request with a challenge of this server, damaged, then signed at every level': (_recorded, below) =>
    sealed('enrol', damagedRequest(below)),
};

/** Half are damaged in the value of one extension and parse, so that what compares requests sees them. */
function damagedRequest(below: Below): Uint8Array {
  const scheme = signatureScheme('rsa', 'sha256');
  if (scheme === undefined) throw new Error('no scheme');
  const deep = below(2) === 0;
  const extensions = [
    subjectAltNameExtension([{ kind: 'dns', value: 'boss.example.test' }], false),
    keyUsageExtension(['digitalSignature']),
    extendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2']),
  ];
  const hurt = below(extensions.length);
  const whole = encodeCertificationRequestInfo({
    subject: nameOf([['2.5.4.3', 'boss']]),
    spki: signer.key.publicKey,
    challengePassword: challenge,
    extensions: extensions.map((each, i) =>
      deep && i === hurt ? { ...each, value: mutated(each.value, below) } : each,
    ),
  });
  const info = deep ? whole : mutated(whole, below);
  return assembleCertificationRequest(info, scheme.identifier, signWithDigest(signer.key.privateKey, 'sha256', info));
}

function send(message: Uint8Array, round: number, below: Below): Promise<Response> {
  const headers = { 'x-forwarded-for': `10.${(round >> 16) & 255}.${(round >> 8) & 255}.${round & 255}` };
  const url = `${scenario.scepUrl}?operation=PKIOperation`;
  return below(4) === 0 && message.length < 20_000
    ? fetch(`${url}&message=${encodeURIComponent(toBase64(message))}`, { headers })
    : fetch(url, { method: 'POST', headers, body: new Blob([message.slice()]) });
}

/** What it was refused with, which shows how far it came. */
async function refuses(message: Uint8Array, round: number, below: Below): Promise<string> {
  const response = await send(message, round, below);
  const body = new Uint8Array(await response.arrayBuffer());
  const about = `round ${round}, ${toBase64(message)}`;
  if (response.status !== 200) {
    assert.equal(response.status, 400, about);
    return 'unreadable';
  }
  const reply = parsePkiMessage(body);
  assert.ok(reply.ok, about);
  assert.equal(reply.message.pkiStatus, 'FAILURE', about);
  return reply.message.failInfoText?.split(' ')[0] ?? '';
}

for (const [depth, make] of Object.entries(depths))
  test(`${depth}: always refused`, async () => {
    const seen = new Map<string, number>();
    const each = Math.ceil(times / Object.keys(depths).length);
    const offset = Object.keys(depths).indexOf(depth) * each;
    let next = 0;
    await Promise.all(
      Array.from({ length: width }, async () => {
        while (next < each) {
          const round = offset + next++;
          const below = numbersFrom(round);
          const recorded = recordings[round % recordings.length];
          assert.ok(recorded !== undefined);
          const reason = await refuses(make(recorded, below), round, below);
          seen.set(reason, (seen.get(reason) ?? 0) + 1);
        }
      }),
    );
    assert.ok(seen.size > 1, JSON.stringify([...seen]));
  });

test('nothing was issued, no fault of ours was logged, and the server still issues', async () => {
  const { store } = world.server.foundation;
  const query = { deploymentId: null, deviceId: scenario.device.id, profileId: null, search: null, status: null };
  const issued = await store.certificates.list(query, world.clock.now(), { limit: 10, cursor: null });
  assert.deepEqual(issued.items, []);
  assert.deepEqual(
    world.log.filter((line) => line.includes('"level":"error"')),
    [],
  );
  assert.ok((await fetch(`${world.url}/readyz`)).ok);
  await using client = await ownClient(world, scenario.scepUrl);
  const requested = requestedBy(await scenario.deployment());
  const outcome = await enroll(client.exchange, await testClientKey(), requested, await scenario.challenge());
  assert.equal(outcome.kind, 'issued', JSON.stringify(outcome));
});
