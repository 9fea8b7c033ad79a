/**
 * A real SCEP server for one test file: SQLite, an authority, the crypto pool and HTTP on a free port of loopback.
 * Profiles and deployments are put in as rows, so that a test says exactly what may be issued.
 */

import { defaultTemplate, legacyTemplate } from '../../src/authority/certificate-template.ts';
import { type CreatedAuthority, createAuthority } from '../../src/authority/create-authority.ts';
import { issuingAuthorities } from '../../src/authority/issuing-authorities.ts';
import { openSigner } from '../../src/authority/open-signer.ts';
import { unlockKeys } from '../../src/authority/unlock-keys.ts';
import { mintChallenge } from '../../src/challenges/mint-challenge.ts';
import { createCryptoPool } from '../../src/crypto/crypto-pool.ts';
import { generateKeyPair, type KeyKind, type KeyPair } from '../../src/crypto/key-pair.ts';
import { plainBytes } from '../../src/crypto/plain-bytes.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import type { DeviceId } from '../../src/directory/device.ts';
import { decideApproval } from '../../src/enrollment/decide-approval.ts';
import type { PendingRequest } from '../../src/enrollment/pending-request.ts';
import { systemCause } from '../../src/events/event.ts';
import { keyPurpose } from '../../src/formats/x509/extended-key-usage.ts';
import { encodeName, nameOf } from '../../src/formats/x509/name.ts';
import { registerHealthRoutes } from '../../src/http/health/routes.ts';
import { registerPkiRoutes } from '../../src/http/pki/routes.ts';
import { registerScepRoutes } from '../../src/http/scep/routes.ts';
import { createServer } from '../../src/http/server.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { type Clock, minute, systemClock } from '../../src/lib/clock.ts';
import { newId } from '../../src/lib/ids.ts';
import type { Expectation } from '../../src/profiles/expectation.ts';
import { defaultServerOptions } from '../../src/profiles/parse-server-options.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import type { ProfileId } from '../../src/profiles/profile-id.ts';
import type { HashAlgorithm, ServerOptions } from '../../src/profiles/scep-settings.ts';
import type { Store } from '../../src/store/store.ts';
import { takeRsaKey } from './key-pool.ts';
import { neverIssued } from './make-facts.ts';
import { openTestStores, type StoreKind } from './stores.ts';
import { testEnrollment } from './test-enrollment.ts';

export type ProfileChange = Partial<ServerOptions> & {
  readonly slug?: string;
  readonly hashAlgorithm?: readonly HashAlgorithm[];
  readonly renewalThreshold?: number;
};

export type Wanted = Partial<Omit<Expectation, 'subject' | 'subjectText'>> & {
  /** Pairs of identifier and text, most general first. */
  readonly subject?: readonly (readonly [string, string])[];
};

export type ScepTestServer = AsyncDisposable & {
  readonly url: string;
  readonly stores: Store;
  /** Decides on all requests that wait. */
  decide(decision: 'approved' | 'rejected'): Promise<readonly PendingRequest[]>;
  readonly authority: CreatedAuthority;
  /** Deployments for which a new challenge was scheduled. */
  readonly scheduled: string[];
  addProfile(change?: ProfileChange): Promise<ScepProfile>;
  addDeployment(profile: ScepProfile, wanted?: Wanted): Promise<Deployment>;
  /** `lifetime` in ms. */
  mint(deployment: Deployment, lifetime?: number): Promise<string>;
  addressOf(profile: ScepProfile, deployment?: Deployment): string;
  reload(deployment: Deployment): Promise<Deployment>;
};

export type ScepTestOptions = {
  readonly clock?: Clock;
  readonly kind?: StoreKind;
  readonly failuresPerMinute?: number;
  readonly maxPending?: number;
  /** Worker threads; default 0: all on this one. */
  readonly threads?: number;
};

export async function startScepTestServer(options: ScepTestOptions = {}): Promise<ScepTestServer> {
  const { clock = systemClock, failuresPerMinute = 10_000, threads = 0 } = options;
  await using opening = new AsyncDisposableStack();
  const stores = opening.use(await openTestStores({ clock, ...(options.kind ? { kind: options.kind } : {}) }));
  const secret = new Uint8Array(32).fill(7);
  const authority = await createAuthority(
    { ...stores, clock, secret, makeKey: pooledKey },
    {
      name: 'Test',
      slug: 'test',
      pkiUrl: 'http://pki.example.test',
      cause: systemCause,
      rootKey: 'rsa-2048',
      templates: [defaultTemplate, legacyTemplate],
    },
  );
  const pool = opening.use(createCryptoPool({ threads }));
  await unlockKeys({ keys: stores.keys, pool, secret });
  const signerFor = openSigner({ keys: stores.keys, pool, secret });
  const issuing = issuingAuthorities({ authorities: stores.authorities, signerFor, clock });
  const scheduled: string[] = [];
  const scep = testEnrollment({
    store: stores,
    clock,
    maxPending: options.maxPending ?? 1024,
    pool,
    issuing,
    scheduleChallenge: async ({ id }) => void scheduled.push(id),
    failuresPerMinute,
  });
  const server = await createServer({
    clock,
    log: { request: () => {}, error: (_id, error) => console.error(error) },
    trustedProxies: [],
    routes: (app) => {
      registerScepRoutes(app, scep);
      registerHealthRoutes(app, { readiness: async () => ({ store: null }) });
      registerPkiRoutes(app, pkiUseCases(stores, clock));
    },
  });
  opening.defer(() => server.stop(200));
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const open = opening.move();
  const now = () => clock.now();
  return {
    url,
    stores,
    authority,
    scheduled,
    decide: async (decision) => {
      const waiting = await stores.pendingRequests.list('waiting', 100);
      const decided: PendingRequest[] = [];
      for (const { id } of waiting)
        decided.push(await decideApproval({ ...stores, clock }, { id, decision, cause: systemCause }));
      return decided;
    },
    addProfile: async (change = {}) => {
      const profile = profileOf(clock, change);
      await stores.transact(() => stores.profiles.save(profile));
      return profile;
    },
    addDeployment: async (profile, wanted = {}) => {
      const deployment = deploymentOf(clock, profile, wanted);
      await stores.transact(() => stores.deployments.save([deployment]));
      return deployment;
    },
    mint: async (deployment, lifetime = 60 * minute) => {
      const fresh = (await stores.deployments.get(deployment.id)) ?? deployment;
      const minted = await stores.transact(() =>
        mintChallenge(stores, { deployment: fresh, lifetime, now: now(), cause: systemCause }),
      );
      if (minted.kind !== 'minted') throw new Error(`no challenge: ${minted.reason}`);
      return minted.secret;
    },
    addressOf: (profile, deployment) =>
      `${url}/scep/${profile.slug}${deployment === undefined ? '' : `/d/${deployment.deliveryRef}`}`,
    reload: async ({ id }) => {
      const found = await stores.deployments.get(id);
      if (found === null) throw new Error('the deployment is gone');
      return found;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function pooledKey(kind: KeyKind): Promise<KeyPair> {
  if (kind !== 'rsa-2048') return generateKeyPair(kind);
  const { privateKey, publicKey } = await takeRsaKey(2048);
  return {
    privateKey: plainBytes(privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: plainBytes(publicKey.export({ type: 'spki', format: 'der' })),
  };
}

function profileOf(clock: Clock, change: ProfileChange): ScepProfile {
  const { slug = 'wifi', hashAlgorithm = ['sha2'], renewalThreshold = 20, ...server } = change;
  const now = clock.now();
  return {
    id: newId<ProfileId>(clock),
    kind: 'scep',
    slug: slug as ScepProfile['slug'],
    name: slug,
    description: '',
    scopeTags: [],
    version: 1,
    contentVersion: 1,
    deliveryVersion: 1,
    createdAt: now,
    updatedAt: now,
    settings: {
      platform: 'windows10',
      keyStorageProvider: 'software',
      hashAlgorithm,
      certificateType: 'device',
      subjectNameFormat: 'CN={{DeviceName}}',
      subjectAlternativeNames: [],
      certificateValidityPeriod: { value: 1, unit: 'years' },
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      keySize: 2048,
      rootCertificate: newId<ProfileId>(clock),
      extendedKeyUsages: [{ name: 'Client Authentication', oid: keyPurpose.clientAuth }],
      renewalThreshold,
      scepServerUrls: [],
      server: { ...defaultServerOptions('windows10'), ...server },
    },
  };
}

export const commonName = '2.5.4.3';
export const organizationName = '2.5.4.10';

let devices = 0;

function deploymentOf(clock: Clock, profile: ScepProfile, wanted: Wanted): Deployment {
  const now = clock.now();
  const { subject = [[commonName, `device-${++devices}`]], ...rest } = wanted;
  const name = nameOf(subject);
  return {
    id: newId(clock),
    kind: 'scep',
    profileId: profile.id,
    deviceId: newId<DeviceId>(clock),
    userId: null,
    consumerId: null,
    deliveryRef: newId(clock),
    wanted: true,
    removal: null,
    state: 'requested',
    problem: null,
    expectation: {
      subject: toBase64(encodeName(name)),
      subjectText: subject.map(([type, value]) => `${type}=${value}`).join(', '),
      subjectAlternativeNames: [],
      securityIdentifier: null,
      keyUsage: profile.settings.keyUsage,
      extendedKeyUsages: profile.settings.extendedKeyUsages,
      keySize: profile.settings.keySize,
      validityPeriod: profile.settings.certificateValidityPeriod,
      ...rest,
    },
    revision: 1,
    contentVersion: 1,
    deliveryVersion: 1,
    generation: 1,
    ...neverIssued,
    stateSince: now,
    createdAt: now,
    updatedAt: now,
  };
}

function pkiUseCases(stores: Store, clock: Clock) {
  const bySlug = async (slug: string) => (await stores.authorities.issuers()).find((issuer) => issuer.slug === slug);
  return {
    crl: async (slug: string, shard: number) => {
      const issuer = await bySlug(slug);
      return issuer === undefined ? null : stores.crls.latest(issuer.id, shard);
    },
    issuerCertificate: async (slug: string) => (await bySlug(slug))?.certificate ?? null,
    now: () => clock.now(),
  };
}
