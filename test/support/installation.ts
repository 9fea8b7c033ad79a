/**
 * Installations to measure on: an authority, a profile for all devices, devices whose deployments wait for their
 * certificate, and, where asked for, many that have theirs already. Made through the product's own use cases and ports.
 */
import { assign } from '../../src/assignments/assign.ts';
import type { Certificate, CertificateId } from '../../src/authority/certificate.ts';
import type { Challenge, ChallengeId } from '../../src/challenges/challenge.ts';
import { createLog } from '../../src/compose/log.ts';
import type { RunningServer } from '../../src/compose/server.ts';
import { startServer } from '../../src/compose/server.ts';
import type { Config } from '../../src/config/config.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import { hashSecret } from '../../src/crypto/secret.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { blankDevice } from '../../src/directory/blank-device.ts';
import type { Device, DeviceId } from '../../src/directory/device.ts';
import { systemCause } from '../../src/events/event.ts';
import type { ScepTransaction, ScepTransactionId } from '../../src/events/scep-transaction.ts';
import { parseCertificate, type Certificate as X509Certificate } from '../../src/formats/x509/certificate.ts';
import { toBase32, toBase64, toHex } from '../../src/lib/bytes.ts';
import { day, systemClock } from '../../src/lib/clock.ts';
import { newId } from '../../src/lib/ids.ts';
import { randomBytes } from '../../src/lib/random.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import { saveProfile } from '../../src/profiles/save-profile.ts';

export type Installation = {
  readonly config: Config;
  readonly profile: ScepProfile;
  readonly registrationAuthority: X509Certificate;
  /** Deployments that wait, each with the secret of a challenge. */
  readonly waiting: readonly { readonly deployment: Deployment; readonly challenge: string }[];
};

type Issued = { readonly deployment: Deployment; readonly certificate: Certificate };

const cause = systemCause;
const clock = systemClock;

/** `waiting` devices without a certificate, and `issued` certificates in the store. The server is stopped when this returns. */
export async function makeInstallation(
  config: Config,
  counts: { readonly waiting: number; readonly issued: number; readonly issuerKey?: 'rsa-2048' | 'p-256' },
): Promise<Installation> {
  await using server = await startServer({
    config,
    clock,
    log: createLog('warn'),
    secret: 'make',
    cryptoThreads: 0,
    prepare: async ({ authority, addresses }) => {
      const { issuerKey = 'rsa-2048' } = counts;
      await authority.create({ name: 'Bench', slug: 'bench', pkiUrl: addresses.pkiUrl, issuerKey, cause });
    },
  });
  const context = await server.authority.issuing.active(null);
  const profile = await makeProfile(server, context.issuer.chain.at(-1) ?? context.issuer.certificate);
  for (let made = 0; made < counts.issued; made += 5000) {
    const some = await makeDevices(server, Math.min(5000, counts.issued - made));
    await issueAll(server, await deploymentsOf(server, profile, some), context.issuer.certificate);
  }
  const devices = await makeDevices(server, counts.waiting);
  const waiting = await withChallenges(server, await deploymentsOf(server, profile, devices));
  const ra = context.issuer.registrationAuthorities[0];
  if (ra === undefined) throw new Error('the authority has no RA');
  return { config, profile, registrationAuthority: parseCertificate(ra.certificate), waiting };
}

async function makeProfile(server: RunningServer, root: Uint8Array): Promise<ScepProfile> {
  const { store } = server.foundation;
  const ports = { ...store, clock, issuers: server.authority.issuerFacts };
  const save = async (document: unknown) => {
    const result = await saveProfile(ports, { id: null, version: null, document, cause });
    if (result.kind === 'refused') throw new Error(JSON.stringify(result.findings));
    return result.profile;
  };
  const trusted = await save({
    kind: 'trustedCertificate',
    name: 'Bench root',
    slug: 'bench-root',
    platform: 'linux',
    settings: { certificate: toBase64(root) },
  });
  const profile = await save({
    kind: 'scep',
    name: 'Bench',
    slug: 'bench',
    platform: 'linux',
    settings: {
      certificateType: 'device',
      subjectNameFormat: 'CN={{DeviceName}},OU=Bench,O=Example',
      subjectAlternativeNames: [{ type: 'dns', value: '{{DeviceName}}.bench.example' }],
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
      hashAlgorithm: ['sha2'],
      rootCertificate: trusted.slug,
    },
  });
  for (const { id } of [trusted, profile])
    await assign(ports, { profileId: id, assignments: [{ mode: 'include', target: { kind: 'allDevices' } }], cause });
  if (profile.kind !== 'scep') throw new Error('saved another kind');
  return profile;
}

/** What a bench does to an installation while no server runs on it. */
export async function atInstallation<T>(config: Config, work: (server: RunningServer) => Promise<T>): Promise<T> {
  await using server = await startServer({ config, clock, log: createLog('warn'), secret: 'make', cryptoThreads: 0 });
  return await work(server);
}

let serial = 0;

async function makeDevices(server: RunningServer, count: number): Promise<readonly DeviceId[]> {
  const { store } = server.foundation;
  const now = clock.now();
  const devices = Array.from({ length: count }, (): Device => {
    const number = ++serial;
    return {
      ...blankDevice({ id: newId(clock), deviceName: `bench-${number}`, platform: 'linux', now }),
      ownership: 'corporate',
      serialNumber: `B${number}`,
      enrolledAt: now,
      registeredAt: now,
    };
  });
  const ids = devices.map(({ id }) => id);
  await store.transact(async () => {
    await store.devices.save(devices);
    await store.dirtyQueue.mark(ids);
  });
  await server.reconciling.settled();
  return ids;
}

async function deploymentsOf(server: RunningServer, profile: ScepProfile, devices: readonly DeviceId[]) {
  const found: Deployment[] = [];
  for (let from = 0; from < devices.length; from += 500)
    found.push(...(await server.foundation.store.deployments.byDevices(devices.slice(from, from + 500))));
  return found.filter(({ profileId }) => profileId === profile.id);
}

async function withChallenges(server: RunningServer, deployments: readonly Deployment[]) {
  const { store } = server.foundation;
  const waiting = deployments.map((deployment) => ({ deployment, challenge: toBase32(randomBytes(17)).slice(0, 26) }));
  const now = clock.now();
  const rows = waiting.map(
    ({ deployment, challenge }): Challenge => ({
      id: newId<ChallengeId>(clock),
      deploymentId: deployment.id,
      profileId: deployment.profileId,
      generation: deployment.generation,
      revision: deployment.revision,
      secretHash: hashSecret(challenge),
      createdAt: now,
      expiresAt: now + day,
      state: 'live',
      cancelReason: null,
      boundKey: null,
      certificateId: null,
    }),
  );
  await store.transact(() => store.challenges.insert(rows));
  return waiting;
}

/** Gives these devices certificates for all that waits for one, in a server that is stopped when this returns. */
export async function issueToDevices(config: Config, deviceIds: readonly DeviceId[]): Promise<readonly Issued[]> {
  return atInstallation(config, (server) => issueIn(server, deviceIds));
}

async function issueIn(server: RunningServer, deviceIds: readonly DeviceId[]): Promise<readonly Issued[]> {
  const { issuer } = await server.authority.issuing.active(null);
  const deployments = await server.foundation.store.deployments.byDevices(deviceIds);
  const waiting = deployments.filter(({ wanted, expectation }) => wanted && expectation !== null);
  return await issueAll(server, waiting, issuer.certificate);
}

/** Through the ledger, with certificates of the usual size that nobody signed: the store cannot tell. */
async function issueAll(
  server: RunningServer,
  deployments: readonly Deployment[],
  filler: Uint8Array,
): Promise<readonly Issued[]> {
  const issued: Issued[] = [];
  // No more at a time than a busy PostgreSQL answers before its callers give up.
  for (let from = 0; from < deployments.length; from += 200)
    issued.push(...(await issueTogether(server, deployments.slice(from, from + 200), filler)));
  return issued;
}

async function issueTogether(
  server: RunningServer,
  deployments: readonly Deployment[],
  filler: Uint8Array,
): Promise<readonly Issued[]> {
  const { store } = server.foundation;
  const waiting = await withChallenges(server, deployments);
  const { issuer } = await server.authority.issuing.active(null);
  return Promise.all(
    waiting.map(async ({ deployment, challenge }) => {
      const found = await store.requestFacts.byChallenge(hashSecret(challenge));
      if (found === null) throw new Error('the challenge is gone');
      const certificate = fakeCertificate(issuer.id, deployment, filler);
      const result = await store.ledger.commit({
        certificate,
        proof: { kind: 'challenge', challengeId: found.challenge.id },
        deploymentId: deployment.id,
        revision: deployment.revision,
        generation: deployment.generation,
        renewAt: certificate.notAfter,
        pendingRequestId: null,
        events: [
          {
            type: 'certificate.issued',
            cause,
            subjects: [
              { kind: 'certificate', id: certificate.id },
              { kind: 'deployment', id: deployment.id },
              { kind: 'device', id: deployment.deviceId },
            ],
            data: { serial: certificate.serial },
          },
        ],
        transaction: fakeTransaction(deployment, certificate.id),
        now: clock.now(),
      });
      if (result.kind !== 'committed') throw new Error(`not committed: ${JSON.stringify(result)}`);
      return { deployment, certificate };
    }),
  );
}

function fakeCertificate(issuerId: Certificate['issuerId'], deployment: Deployment, filler: Uint8Array): Certificate {
  const der = new Uint8Array(1250);
  der.set(filler.subarray(0, 1250));
  der.set(randomBytes(32), 600);
  const now = clock.now();
  return {
    id: newId<CertificateId>(clock),
    issuerId,
    serial: `5${toHex(randomBytes(16)).slice(1)}`,
    der,
    purpose: 'device',
    subjectText: deployment.expectation?.subjectText ?? '',
    subjectAlternativeNames: [],
    notBefore: now,
    notAfter: now + 365 * day,
    thumbprint: toHex(randomBytes(20)),
    thumbprint256: toHex(randomBytes(32)),
    keyHash: sha256Hex(randomBytes(8)),
    shard: 0,
    state: 'released',
    deploymentId: deployment.id,
    generation: deployment.generation,
    renewsId: null,
    issuedAt: now,
    installedAt: null,
    revokedAt: null,
    revocationReason: null,
    supersededAt: null,
    revokeAt: null,
  };
}

function fakeTransaction(deployment: Deployment, certificateId: string): ScepTransaction {
  return {
    id: newId<ScepTransactionId>(clock),
    at: clock.now(),
    node: 'bench',
    requestId: newId(clock),
    clientAddress: '127.0.0.1',
    operation: 'PKIOperation',
    messageType: 19,
    transactionID: toHex(randomBytes(20)),
    profileId: deployment.profileId,
    deploymentId: deployment.id,
    certificateId,
    outcome: 'success',
    reason: null,
    algorithms: { digest: 'sha256', cipher: 'aes256-cbc', keySize: 2048 },
    detail: {},
    timings: { decode: 0.1, open: 1, check: 0.1, sign: 0.5 },
  };
}
