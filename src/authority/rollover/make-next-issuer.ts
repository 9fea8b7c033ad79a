import type { KeyKind, KeyPair } from '../../crypto/key-pair.ts';
import { inlineSigner } from '../../crypto/signer.ts';
import { parseCertificate } from '../../formats/x509/certificate.ts';
import { nameOf } from '../../formats/x509/name.ts';
import { type Clock, day, minute } from '../../lib/clock.ts';
import { newId } from '../../lib/ids.ts';
import { caCertificate } from '../ca-certificate.ts';
import type { Certificate } from '../certificate.ts';
import type { AuthorityKeyKind } from '../create-authority.ts';
import type { PublishedCrl } from '../crl-store.ts';
import { firstCrls } from '../first-crls.ts';
import type { Authority, Issuer, IssuerId } from '../issuer.ts';
import { issuingContext } from '../issuing-context.ts';
import type { StoredKey } from '../key-store.ts';
import { newOcspSigner } from '../ocsp-signer.ts';
import type { SignerFor } from '../open-signer.ts';
import { crlAddress, issuerAddress } from '../pki-address.ts';
import { registrationAuthority } from '../registration-authority.ts';
import { newStoredKey } from '../stored-key.ts';
import { addPeriod } from '../validity.ts';
import { generationOf, nextSlug } from './rollover-plan.ts';

export type NextIssuer = {
  readonly issuer: Issuer;
  readonly keys: readonly StoredKey[];
  readonly certificates: readonly Certificate[];
  readonly crls: readonly PublishedCrl[];
};

/** The issuer after `previous` below the same root, with its RA, OCSP signer and first CRLs: signed, not stored yet. */
export async function makeNextIssuer(
  deps: {
    readonly clock: Clock;
    readonly secret: Uint8Array;
    readonly signerFor: SignerFor;
    readonly makeKey: (kind: KeyKind) => Promise<KeyPair>;
  },
  given: {
    readonly authority: Authority;
    readonly previous: Issuer;
    readonly root: Issuer;
    readonly key: AuthorityKeyKind;
    readonly years: number;
  },
): Promise<NextIssuer> {
  const { clock, secret } = deps;
  const { authority, previous, root } = given;
  const [pair, raPair] = await Promise.all([deps.makeKey(given.key), deps.makeKey('rsa-2048')]);
  const key = newStoredKey(clock, secret, 'issuer', pair);
  const raKey = newStoredKey(clock, secret, 'ra', raPair);
  const rootCertificate = parseCertificate(root.certificate);
  const now = clock.now();
  const slug = nextSlug(authority, previous);
  const notBefore = wholeSeconds(Math.max(now - 10 * minute, rootCertificate.notBefore));
  const wanted = addPeriod(notBefore, { value: given.years, unit: 'years' }) - day;
  // A name of its own: then nobody needs a key identifier to tell the generations apart.
  const subject = nameOf([
    ['2.5.4.10', authority.name],
    ['2.5.4.3', `${authority.name} Issuing CA G${generationOf(slug)}`],
  ]);
  const certificate = await caCertificate(clock, {
    issuerId: root.id,
    issuer: rootCertificate.subject,
    signer: await deps.signerFor(root),
    subject,
    spki: pair.publicKey,
    pathLength: 0,
    notBefore,
    notAfter: wholeSeconds(Math.min(wanted, rootCertificate.notAfter - day)),
    addresses: { crl: crlAddress(authority, root, 0), issuer: issuerAddress(authority, root) },
  });
  const bare: Issuer = {
    id: newId<IssuerId>(clock),
    authorityId: authority.id,
    slug,
    certificate: certificate.der,
    chain: [root.certificate, ...root.chain],
    keyId: key.id,
    registrationAuthorities: [],
    shards: previous.shards,
    createdAt: now,
  };
  const signer = inlineSigner(pair.privateKey);
  const ra = await registrationAuthority(issuingContext(authority, bare, signer), clock, raPair.publicKey);
  const issuer: Issuer = { ...bare, registrationAuthorities: [{ certificate: ra.der, keyId: raKey.id }] };
  const context = issuingContext(authority, issuer, signer);
  const ocsp = await newOcspSigner({ ...deps, context });
  return {
    issuer,
    keys: [key, raKey, ocsp.key],
    certificates: [certificate, ra, ocsp.certificate],
    crls: await firstCrls(context, now),
  };
}

function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
