/**
 * The certificates that sign OCSP answers (RFC 6960 §2.6, "delegated"): one at a time for each issuer that serves devices.
 * They are short-lived, since nobody asks about them (id-pkix-ocsp-nocheck), and renew themselves at half their life; but for
 * the last one, which is made before its issuer's key is removed (docs/decisions/0031).
 */

import type { CryptoPool } from '../crypto/crypto-pool.ts';
import { generateKeyPair, type KeyKind, type KeyPair } from '../crypto/key-pair.ts';
import { poolSigner, type Signer } from '../crypto/signer.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { keyPurpose } from '../formats/x509/extended-key-usage.ts';
import { encodeName, nameOf } from '../formats/x509/name.ts';
import { nameText } from '../formats/x509/name-text.ts';
import { type Clock, day } from '../lib/clock.ts';
import { fence, type Lease, type LeaseStore } from '../lib/lease.ts';
import type { Transact } from '../lib/transact.ts';
import type { AuthorityStore } from './authority-store.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import type { CertificateStore } from './certificate-store.ts';
import { expectKey, hasKey } from './has-key.ts';
import type { Issuer, IssuerId } from './issuer.ts';
import type { IssuingContext } from './issuing-context.ts';
import { keyIdentifier } from './key-identifier.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import { prepare } from './prepare.ts';
import { servesDevices } from './serves-devices.ts';
import { newStoredKey, openStoredKey } from './stored-key.ts';
import { certificateValidity } from './validity.ts';

/** Days, and when what is left is renewed. */
const template = { maximumValidity: 60, profileMaySetValidity: false };
export const ocspSignerRenewal = 30 * day;

export type OcspSigner = {
  readonly issuer: Issuer;
  readonly signer: Signer;
  readonly certificate: Uint8Array;
  /** Of its public key: the responder's name. */
  readonly keyHash: Uint8Array;
  readonly notAfter: number;
};

type Kept = { readonly key: StoredKey; readonly certificate: Certificate };

type Reading = { readonly keys: Pick<KeyStore, 'all'>; readonly certificates: Pick<CertificateStore, 'get'> };

/** The newest of each issuer; those whose keys are gone are left out. The record has the id of its key. */
async function keptSigners(
  { certificates }: Pick<Reading, 'certificates'>,
  keys: readonly StoredKey[],
): Promise<ReadonlyMap<IssuerId, Kept>> {
  const found = new Map<IssuerId, Kept>();
  for (const key of keys) {
    if (key.purpose !== 'ocsp' || key.sealed === null) continue;
    const certificate = await certificates.get(certificateIdOf(key));
    if (certificate === null || certificate.revokedAt !== null) continue;
    const known = found.get(certificate.issuerId);
    if (known === undefined || known.certificate.notAfter < certificate.notAfter)
      found.set(certificate.issuerId, { key, certificate });
  }
  return found;
}

/** An issuer whose certificates may be asked about; `signer` is null until one has been made. */
export type OcspService = { readonly issuer: Issuer; readonly signer: OcspSigner | null };

/**
 * Of every issuer that serves devices, has not ended and has a signer, or a key to make one with. Keys are in the pool, also
 * where another node made them.
 */
export async function loadOcspSigners(
  deps: Reading & {
    readonly authorities: Pick<AuthorityStore, 'issuers'>;
    readonly pool: CryptoPool;
    readonly secret: Uint8Array;
    readonly clock: Clock;
  },
): Promise<readonly OcspService[]> {
  const keys = await deps.keys.all();
  const kept = await keptSigners(deps, keys);
  const signing = new Set(keys.filter(({ sealed }) => sealed !== null).map(({ id }) => id));
  const now = deps.clock.now();
  const services: OcspService[] = [];
  for (const issuer of await deps.authorities.issuers()) {
    if (!servesDevices(issuer) || parseCertificate(issuer.certificate).notAfter <= now) continue;
    const own = kept.get(issuer.id);
    if (own === undefined || own.certificate.notAfter <= now) {
      if (signing.has(issuer.keyId)) services.push({ issuer, signer: null });
      continue;
    }
    const { key, certificate } = own;
    if (!deps.pool.hasKey(key.id)) deps.pool.addKey(key.id, openStoredKey(deps.secret, key));
    const signer: OcspSigner = {
      issuer,
      signer: poolSigner(deps.pool, key.id, key.publicKey, 'yields'),
      certificate: certificate.der,
      keyHash: keyIdentifier(key.publicKey),
      notAfter: certificate.notAfter,
    };
    services.push({ issuer, signer });
  }
  return services;
}

export type RenewOcspSignersDeps = Reading & {
  readonly authorities: Pick<AuthorityStore, 'issuers'>;
  readonly keys: Pick<KeyStore, 'all' | 'get' | 'insert'>;
  readonly certificates: Pick<CertificateStore, 'get' | 'insert'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly leases: Pick<LeaseStore, 'beat'>;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly secret: Uint8Array;
  readonly contextOf: (issuerId: IssuerId) => Promise<IssuingContext>;
  /** For tests, which share keys. */
  readonly makeKey?: (kind: KeyKind) => Promise<KeyPair>;
};

/** Timed work of one node: a new signer for each issuer that has none, or one at half its life. Gives back those made. */
export async function renewOcspSigners(
  deps: RenewOcspSignersDeps,
  { lease, cause }: { readonly lease: Lease; readonly cause: Cause },
): Promise<readonly Certificate[]> {
  const now = deps.clock.now();
  const kept = await keptSigners(deps, await deps.keys.all());
  const made: Certificate[] = [];
  for (const issuer of await deps.authorities.issuers()) {
    if (!servesDevices(issuer) || !(await hasKey(deps.keys, issuer))) continue;
    const issuerEnd = parseCertificate(issuer.certificate).notAfter;
    const end = kept.get(issuer.id)?.certificate.notAfter ?? 0;
    // One that ends with its issuer is the last one.
    if (issuerEnd <= now || end - now > ocspSignerRenewal || issuerEnd - end <= day) continue;
    made.push(await makeSigner(deps, issuer, lease, cause));
  }
  return made;
}

async function makeSigner(
  deps: RenewOcspSignersDeps,
  issuer: Issuer,
  lease: Lease,
  cause: Cause,
): Promise<Certificate> {
  const context = await deps.contextOf(issuer.id);
  const { key, certificate } = await newOcspSigner({ ...deps, context });
  await deps.transact(async () => {
    await fence(deps.leases, lease);
    await deps.keys.insert(key);
    await deps.certificates.insert(certificate);
    await expectKey(deps.keys, issuer);
    await deps.events.append([
      {
        type: 'certificate.issued',
        cause,
        subjects: [
          { kind: 'certificate', id: certificate.id },
          { kind: 'issuer', id: issuer.id },
        ],
        data: { purpose: 'ocsp', notAfter: certificate.notAfter },
      },
    ]);
  });
  return certificate;
}

/** Made and certified, not stored yet. `until`: when another end than the usual one is wanted, ms. */
export async function newOcspSigner(deps: {
  readonly clock: Clock;
  readonly secret: Uint8Array;
  readonly context: IssuingContext;
  readonly makeKey?: (kind: KeyKind) => Promise<KeyPair>;
  readonly until?: number;
}): Promise<Kept> {
  const { clock, context } = deps;
  const pair = await (deps.makeKey ?? generateKeyPair)(keyKindFor(context));
  const key = newStoredKey(clock, deps.secret, 'ocsp', pair);
  return { key, certificate: await certify(context, clock, key, pair, deps.until) };
}

function certify(
  context: IssuingContext,
  clock: Clock,
  key: StoredKey,
  pair: KeyPair,
  until?: number,
): Promise<Certificate> {
  const subject = nameOf([
    ['2.5.4.10', context.authority.name],
    ['2.5.4.3', 'OCSP responder'],
  ]);
  const usual = certificateValidity({ period: null, template, issuer: context.certificate, now: clock.now() });
  const notAfter = until === undefined ? usual.notAfter : Math.min(until, context.certificate.notAfter);
  return prepare(
    { context, clock },
    {
      id: certificateIdOf(key),
      fields: {
        subject: encodeName(subject),
        subjectAlternativeNames: [],
        spki: pair.publicKey,
        keyUsage: ['digitalSignature'],
        extendedKeyUsages: [keyPurpose.ocspSigning],
        securityIdentifier: null,
        notBefore: usual.notBefore,
        notAfter,
      },
      subjectText: nameText(subject),
      purpose: 'ocsp',
      template: null,
      deploymentId: null,
      generation: null,
      renewsId: null,
    },
  );
}

/** Who verifies the issuer's signature can verify this one; RSA-2048 and P-256 are quick, and enough for two months. */
function keyKindFor({ certificate }: IssuingContext): KeyKind {
  return certificate.publicKey.kind === 'rsa' ? 'rsa-2048' : 'p-256';
}

function certificateIdOf(key: StoredKey): CertificateId {
  const id: string = key.id;
  return id as CertificateId;
}
