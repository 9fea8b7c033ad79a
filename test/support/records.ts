/** Records with every field set to something plausible, for tests that care about a few of them. */
import { randomBytes } from 'node:crypto';
import type { Certificate } from '../../src/authority/certificate.ts';
import type { Challenge } from '../../src/challenges/challenge.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import type { Device } from '../../src/directory/device.ts';
import type { Group } from '../../src/directory/group.ts';
import type { User } from '../../src/directory/user.ts';
import type { Issuance } from '../../src/enrollment/issuance-ledger.ts';
import { systemCause } from '../../src/events/event.ts';
import type { ScepTransaction } from '../../src/events/scep-transaction.ts';
import { hour, systemClock } from '../../src/lib/clock.ts';
import { newId } from '../../src/lib/ids.ts';
import type { Expectation } from '../../src/profiles/expectation.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import { makeDevice, makeGroup, makeScepProfile, makeTrustedProfile, makeUser, neverIssued } from './make-facts.ts';

/** The moment at which all records are made. */
export const recordTime = 1_790_000_000_000;

export function anId<Id extends string>(): Id {
  return newId<Id>(systemClock);
}

export function someHex(octets: number): string {
  return randomBytes(octets).toString('hex');
}

const made = { createdAt: recordTime, updatedAt: recordTime } as const;

export function aUser(given: Partial<User> = {}): User {
  const id = anId<User['id']>();
  return makeUser({
    id,
    userPrincipalName: `${id}@example.com`,
    userName: 'anna',
    displayName: 'Anna Ångström',
    givenName: 'Anna',
    surname: 'Ångström',
    emailAddress: 'anna@example.com',
    department: 'R&D',
    onPremisesDistinguishedName: 'CN=Anna\\, A.,DC=example,DC=com',
    sources: { displayName: 'csv' },
    ...made,
    ...given,
  });
}

export function aDevice(given: Partial<Device> = {}): Device {
  return makeDevice({
    id: anId<Device['id']>(),
    deviceName: 'laptop-1',
    platform: 'windows10',
    osVersion: '10.0.26100',
    serialNumber: 'SN-1',
    fullyQualifiedDomainName: 'laptop-1.example.com',
    isRooted: false,
    sources: { deviceName: 'csv' },
    reported: { osVersion: '10.0.26200' },
    enrolledAt: null,
    registeredAt: recordTime,
    ...made,
    ...given,
  });
}

export function aGroup(given: Partial<Group> = {}): Group {
  return makeGroup({ id: anId<Group['id']>(), ...made, ...given });
}

const expectation: Expectation = {
  subject: 'MBExDzANBgNVBAMMBkFubmEgQQ==',
  subjectText: 'CN=Anna A',
  subjectAlternativeNames: [{ type: 'upn', value: 'anna@example.com' }],
  securityIdentifier: null,
  keyUsage: ['digitalSignature'],
  extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
  keySize: 2048,
  validityPeriod: { value: 1, unit: 'years' },
};

/** For Linux, with the settings that the platform has, and below a root that is stored nowhere. */
export function aScepProfile(given: Partial<ScepProfile> = {}): ScepProfile {
  const profile = makeScepProfile(makeTrustedProfile(), {
    keyStorage: 'pem',
    certificateAccess: { mode: 'userApproval' },
  });
  const id = anId<ScepProfile['id']>();
  return { ...profile, id, slug: `wifi-${id}` as ScepProfile['slug'], scopeTags: ['default'], ...made, ...given };
}

export function aDeployment(given: Partial<Deployment> = {}): Deployment {
  return {
    id: anId<Deployment['id']>(),
    kind: 'scep',
    profileId: anId<Deployment['profileId']>(),
    deviceId: anId<Deployment['deviceId']>(),
    userId: null,
    consumerId: null,
    deliveryRef: someHex(12),
    wanted: true,
    removal: null,
    state: 'challengeIssued',
    problem: null,
    expectation,
    revision: 1,
    contentVersion: 1,
    deliveryVersion: 1,
    generation: 1,
    ...neverIssued,
    stateSince: recordTime,
    createdAt: recordTime,
    updatedAt: recordTime,
    ...given,
  };
}

export function aChallenge(
  deployment: Pick<Deployment, 'id' | 'profileId' | 'generation' | 'revision'>,
  given: Partial<Challenge> = {},
): Challenge {
  return {
    id: anId<Challenge['id']>(),
    deploymentId: deployment.id,
    profileId: deployment.profileId,
    generation: deployment.generation,
    revision: deployment.revision,
    secretHash: someHex(32),
    createdAt: recordTime,
    expiresAt: recordTime + hour,
    state: 'live',
    cancelReason: null,
    boundKey: null,
    certificateId: null,
    ...given,
  };
}

export function aCertificate(given: Partial<Certificate> = {}): Certificate {
  return {
    id: anId<Certificate['id']>(),
    issuerId: 'issuer-1' as Certificate['issuerId'],
    serial: someHex(16),
    der: new Uint8Array(randomBytes(1250)),
    purpose: 'device',
    subjectText: 'CN=Anna A',
    subjectAlternativeNames: ['upn:anna@example.com'],
    notBefore: recordTime - hour,
    notAfter: recordTime + 365 * 24 * hour,
    thumbprint: someHex(20),
    thumbprint256: someHex(32),
    keyHash: someHex(32),
    shard: 0,
    state: 'released',
    deploymentId: null,
    generation: null,
    renewsId: null,
    issuedAt: recordTime,
    installedAt: null,
    revokedAt: null,
    revocationReason: null,
    supersededAt: null,
    revokeAt: null,
    ...given,
  };
}

export function aScepTransaction(given: Partial<ScepTransaction> = {}): ScepTransaction {
  return {
    id: anId<ScepTransaction['id']>(),
    at: recordTime,
    node: 'test-node',
    requestId: anId<string>(),
    clientAddress: '192.0.2.1',
    operation: 'PKIOperation',
    messageType: 19,
    transactionID: someHex(16),
    profileId: null,
    deploymentId: null,
    certificateId: null,
    outcome: 'success',
    reason: null,
    algorithms: { digest: 'sha256', cipher: 'aes-256-cbc', keySize: 2048 },
    detail: {},
    timings: { decode: 0.1, open: 0.8, check: 0.05, sign: 0.4, commit: 0, answer: 0.5 },
    ...given,
  };
}

/** What the first enrolment of `deployment` with `challenge` would commit. */
export function anIssuance(deployment: Deployment, challenge: Challenge, given: Partial<Issuance> = {}): Issuance {
  const certificate =
    given.certificate ?? aCertificate({ deploymentId: deployment.id, generation: deployment.generation });
  return {
    certificate,
    proof: { kind: 'challenge', challengeId: challenge.id },
    deploymentId: deployment.id,
    revision: deployment.revision,
    generation: deployment.generation,
    renewAt: certificate.notAfter - 30 * 24 * hour,
    pendingRequestId: null,
    events: [
      {
        type: 'certificate.issued',
        cause: systemCause,
        subjects: [
          { kind: 'deployment', id: deployment.id },
          { kind: 'device', id: deployment.deviceId },
          { kind: 'profile', id: deployment.profileId },
          { kind: 'certificate', id: certificate.id },
        ],
        data: { serial: certificate.serial },
      },
    ],
    transaction: aScepTransaction({
      deploymentId: deployment.id,
      profileId: deployment.profileId,
      certificateId: certificate.id,
    }),
    now: recordTime + 1000,
    ...given,
  };
}
