import { generateKeyPair, type KeyKind, type KeyPair } from '../crypto/key-pair.ts';
import { inlineSigner } from '../crypto/signer.ts';
import type { Cause } from '../events/event.ts';
import { type Name, nameOf } from '../formats/x509/name.ts';
import { type Clock, day, minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import { caCertificate } from './ca-certificate.ts';
import { defaultTemplate } from './certificate-template.ts';
import { firstCrls } from './first-crls.ts';
import type { Authority, AuthorityId, CertificateTemplate, Issuer, IssuerId } from './issuer.ts';
import { issuingContext } from './issuing-context.ts';
import {
  type AuthorityNaming,
  checkNaming,
  type NewAuthority,
  type NewAuthorityPorts,
  storeNewAuthority,
} from './new-authority.ts';
import { crlAddress, issuerAddress } from './pki-address.ts';
import { registrationAuthority } from './registration-authority.ts';
import { newStoredKey } from './stored-key.ts';
import { addPeriod } from './validity.ts';

export type AuthorityKeyKind = Exclude<KeyKind, 'rsa-1024'>;

export type CreateAuthority = AuthorityNaming & {
  /** From `parsePkiUrl`. */
  readonly pkiUrl: string;
  readonly cause: Cause;
  /** Defaults: RSA-3072 and RSA-2048. */
  readonly rootKey?: AuthorityKeyKind;
  readonly issuerKey?: AuthorityKeyKind;
  /** Years; the issuer ends before its root. Defaults: 20 and 10. */
  readonly rootYears?: number;
  readonly issuerYears?: number;
  /** Of the certificates' CRLs; can never grow later. Default 1. */
  readonly shards?: number;
  readonly templates?: readonly CertificateTemplate[];
};

export type CreatedAuthority = { readonly authority: Authority; readonly root: Issuer; readonly issuer: Issuer };

type Deps = NewAuthorityPorts & {
  readonly clock: Clock;
  /** The installation's, that seals keys. */
  readonly secret: Uint8Array;
  /** For tests, which share keys. */
  readonly makeKey?: (kind: KeyKind) => Promise<KeyPair>;
};

/**
 * A new root, an issuer below it, and an RA certificate (RSA-2048) below that, with first CRLs of both. Takes seconds
 * for the keys. Throws `Failure` `authority-exists`, `authority-name-invalid`, `authority-slug-invalid` or
 * `authority-lifetime-invalid`.
 */
export async function createAuthority(deps: Deps, input: CreateAuthority): Promise<CreatedAuthority> {
  checkNaming(input);
  const { rootYears = 20, issuerYears = 10 } = input;
  if (!(issuerYears >= 1 && issuerYears < rootYears && rootYears <= 100))
    throw new Failure(
      'invalid',
      'authority-lifetime-invalid',
      'The issuer must last at least a year and end before its root, and the root lasts at most 100 years.',
      { rootYears, issuerYears },
    );
  const make = deps.makeKey ?? generateKeyPair;
  const [rootPair, issuerPair, raPair] = await Promise.all([
    make(input.rootKey ?? 'rsa-3072'),
    make(input.issuerKey ?? 'rsa-2048'),
    make('rsa-2048'),
  ]);
  const made = await sign(deps, { ...input, rootYears, issuerYears }, rootPair, issuerPair, raPair);
  await storeNewAuthority(deps, made.stored, 'authority.created', input.cause);
  return made;
}

type Years = { readonly rootYears: number; readonly issuerYears: number };

async function sign(
  { clock, secret }: Deps,
  input: CreateAuthority & Years,
  rootPair: KeyPair,
  issuerPair: KeyPair,
  raPair: KeyPair,
): Promise<CreatedAuthority & { stored: NewAuthority }> {
  const now = clock.now();
  const notBefore = wholeSeconds(now - 10 * minute);
  const rootKey = newStoredKey(clock, secret, 'root', rootPair);
  const issuerKey = newStoredKey(clock, secret, 'issuer', issuerPair);
  const raKey = newStoredKey(clock, secret, 'ra', raPair);
  const rootSigner = inlineSigner(rootPair.privateKey);

  const authorityId = newId<AuthorityId>(clock);
  const issuerId = newId<IssuerId>(clock);
  const authority: Authority = {
    id: authorityId,
    slug: input.slug,
    name: input.name,
    pkiUrl: input.pkiUrl,
    templates: input.templates ?? [defaultTemplate],
    activeIssuerId: issuerId,
    rollover: null,
    version: 1,
    createdAt: now,
  };
  const issuerBase = { authorityId, chain: [], registrationAuthorities: [], createdAt: now };

  const rootId = newId<IssuerId>(clock);
  const rootName = commonName(input.name, 'Root CA');
  const rootCertificate = await caCertificate(clock, {
    issuerId: rootId,
    issuer: rootName,
    signer: rootSigner,
    subject: rootName,
    spki: rootPair.publicKey,
    pathLength: undefined,
    notBefore,
    notAfter: wholeSeconds(addPeriod(notBefore, { value: input.rootYears, unit: 'years' })),
    addresses: null,
  });
  const root: Issuer = {
    ...issuerBase,
    id: rootId,
    slug: `${input.slug}-root`,
    certificate: rootCertificate.der,
    keyId: rootKey.id,
    shards: 1,
  };

  const issuerCertificate = await caCertificate(clock, {
    issuerId: rootId,
    issuer: rootName,
    signer: rootSigner,
    subject: commonName(input.name, 'Issuing CA'),
    spki: issuerPair.publicKey,
    pathLength: 0,
    notBefore,
    notAfter: wholeSeconds(addPeriod(notBefore, { value: input.issuerYears, unit: 'years' })) - day,
    addresses: { crl: crlAddress(authority, root, 0), issuer: issuerAddress(authority, root) },
  });
  const bare: Issuer = {
    ...issuerBase,
    id: issuerId,
    slug: `${input.slug}-g1`,
    certificate: issuerCertificate.der,
    chain: [rootCertificate.der],
    keyId: issuerKey.id,
    shards: input.shards ?? 1,
  };
  const issuerSigner = inlineSigner(issuerPair.privateKey);
  const ra = await registrationAuthority(issuingContext(authority, bare, issuerSigner), clock, raPair.publicKey);
  const issuer: Issuer = { ...bare, registrationAuthorities: [{ certificate: ra.der, keyId: raKey.id }] };
  return {
    authority,
    root,
    issuer,
    stored: {
      authority,
      issuers: [root, issuer],
      keys: [rootKey, issuerKey, raKey],
      certificates: [rootCertificate, issuerCertificate, ra],
      crls: [
        ...(await firstCrls(issuingContext(authority, root, rootSigner), now)),
        ...(await firstCrls(issuingContext(authority, issuer, issuerSigner), now)),
      ],
    },
  };
}

function commonName(organisation: string, role: string): Name {
  return nameOf([
    ['2.5.4.10', organisation],
    ['2.5.4.3', `${organisation} ${role}`],
  ]);
}

function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
