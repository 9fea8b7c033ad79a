import type { KeyKind, KeyPair } from '../crypto/key-pair.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { type Clock, day } from '../lib/clock.ts';
import { fence, type Lease, type LeaseStore } from '../lib/lease.ts';
import type { Transact } from '../lib/transact.ts';
import type { AuthorityStore } from './authority-store.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateStore } from './certificate-store.ts';
import { expectKey, hasKey } from './has-key.ts';
import type { Issuer, IssuerId } from './issuer.ts';
import type { IssuingContext } from './issuing-context.ts';
import type { KeyStore } from './key-store.ts';
import { registrationAuthority } from './registration-authority.ts';
import { servesDevices } from './serves-devices.ts';
import { newStoredKey } from './stored-key.ts';

/** An RA certificate with less left than this is followed by a new one; so long, at least, the old key opens envelopes. */
export const raRenewal = 365 * day;

export type RenewRegistrationAuthoritiesDeps = {
  readonly authorities: Pick<AuthorityStore, 'issuers' | 'getIssuer' | 'saveIssuer'>;
  readonly keys: Pick<KeyStore, 'get' | 'insert'>;
  readonly certificates: Pick<CertificateStore, 'insert'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly leases: Pick<LeaseStore, 'beat'>;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly secret: Uint8Array;
  readonly contextOf: (issuerId: IssuerId) => Promise<IssuingContext>;
  readonly makeKey: (kind: KeyKind) => Promise<KeyPair>;
};

/**
 * Timed work of one node. The new certificate is what GetCACert hands out from then on; the old ones stay, open envelopes
 * and sign the answers to them until they end.
 */
export async function renewRegistrationAuthorities(
  deps: RenewRegistrationAuthoritiesDeps,
  { lease, cause }: { readonly lease: Lease; readonly cause: Cause },
): Promise<readonly Certificate[]> {
  const made: Certificate[] = [];
  for (const issuer of await deps.authorities.issuers())
    if (isDue(issuer, deps.clock.now()) && (await hasKey(deps.keys, issuer)))
      made.push(await renew(deps, issuer, lease, cause));
  return made;
}

function isDue(issuer: Issuer, now: number): boolean {
  const [current] = issuer.registrationAuthorities;
  if (!servesDevices(issuer) || current === undefined) return false;
  const end = parseCertificate(current.certificate).notAfter;
  const issuerEnd = parseCertificate(issuer.certificate).notAfter;
  // One that ends with its issuer is the last one.
  return issuerEnd > now && end - now <= raRenewal && issuerEnd - end > day;
}

async function renew(
  deps: RenewRegistrationAuthoritiesDeps,
  { id }: Issuer,
  lease: Lease,
  cause: Cause,
): Promise<Certificate> {
  const { clock } = deps;
  const pair = await deps.makeKey('rsa-2048');
  const key = newStoredKey(clock, deps.secret, 'ra', pair);
  const certificate = await registrationAuthority(await deps.contextOf(id), clock, pair.publicKey);
  await deps.transact(async () => {
    await fence(deps.leases, lease);
    const issuer = await deps.authorities.getIssuer(id);
    if (issuer === null) return;
    await deps.keys.insert(key);
    await deps.certificates.insert(certificate);
    await expectKey(deps.keys, issuer);
    const now = clock.now();
    const earlier = issuer.registrationAuthorities.filter((each) => parseCertificate(each.certificate).notAfter > now);
    const current = { certificate: certificate.der, keyId: key.id };
    await deps.authorities.saveIssuer({ ...issuer, registrationAuthorities: [current, ...earlier] });
    await deps.events.append([
      {
        type: 'certificate.issued',
        cause,
        subjects: [
          { kind: 'certificate', id: certificate.id },
          { kind: 'issuer', id },
        ],
        data: { purpose: 'ra', notAfter: certificate.notAfter },
      },
    ]);
  });
  return certificate;
}
