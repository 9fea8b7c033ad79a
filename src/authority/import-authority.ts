import { generateKeyPair, type KeyKind, type KeyPair } from '../crypto/key-pair.ts';
import { inlineSigner } from '../crypto/signer.ts';
import type { Cause } from '../events/event.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { defaultTemplate } from './certificate-template.ts';
import { firstCrls } from './first-crls.ts';
import { type ImportSource, readImport } from './import-material.ts';
import type { Authority, AuthorityId, CertificateTemplate, Issuer, IssuerId } from './issuer.ts';
import { issuingContext } from './issuing-context.ts';
import { type AuthorityNaming, checkNaming, type NewAuthorityPorts, storeNewAuthority } from './new-authority.ts';
import { registrationAuthority } from './registration-authority.ts';
import { newStoredKey } from './stored-key.ts';

export type ImportAuthority = AuthorityNaming & {
  readonly source: ImportSource;
  /** From `parsePkiUrl`. */
  readonly pkiUrl: string;
  readonly cause: Cause;
  /** Default 1; can never grow later. */
  readonly shards?: number;
  readonly templates?: readonly CertificateTemplate[];
};

type Deps = NewAuthorityPorts & {
  readonly clock: Clock;
  /** The installation's, that seals keys. */
  readonly secret: Uint8Array;
  /** For tests, which share keys. */
  readonly makeKey?: (kind: KeyKind) => Promise<KeyPair>;
};

/**
 * An authority from an existing CA key and certificate, with an RA certificate of our own below it. Throws `Failure` as
 * `readImport` does, and `authority-exists`, `authority-name-invalid`, `authority-slug-invalid`.
 */
export async function importAuthority(
  deps: Deps,
  input: ImportAuthority,
): Promise<{ readonly authority: Authority; readonly issuer: Issuer }> {
  checkNaming(input);
  const { clock, secret } = deps;
  const now = clock.now();
  const { privateKey, publicKey, certificate, chain } = await readImport(input.source, now);
  const raPair = await (deps.makeKey ?? generateKeyPair)('rsa-2048');
  const issuerKey = newStoredKey(clock, secret, 'issuer', { privateKey, publicKey });
  const raKey = newStoredKey(clock, secret, 'ra', raPair);
  const authority: Authority = {
    id: newId<AuthorityId>(clock),
    slug: input.slug,
    name: input.name,
    pkiUrl: input.pkiUrl,
    templates: input.templates ?? [defaultTemplate],
    activeIssuerId: newId<IssuerId>(clock),
    rollover: null,
    version: 1,
    createdAt: now,
  };
  const bare: Issuer = {
    id: authority.activeIssuerId,
    authorityId: authority.id,
    slug: `${input.slug}-g1`,
    certificate: certificate.der,
    chain: chain.map(({ der }) => der),
    keyId: issuerKey.id,
    registrationAuthorities: [],
    shards: input.shards ?? 1,
    createdAt: now,
  };
  const signer = inlineSigner(privateKey);
  const ra = await registrationAuthority(issuingContext(authority, bare, signer), clock, raPair.publicKey);
  const issuer: Issuer = { ...bare, registrationAuthorities: [{ certificate: ra.der, keyId: raKey.id }] };
  await storeNewAuthority(
    deps,
    {
      authority,
      issuers: [issuer],
      keys: [issuerKey, raKey],
      certificates: [ra],
      crls: await firstCrls(issuingContext(authority, issuer, signer), now),
    },
    'authority.imported',
    input.cause,
  );
  return { authority, issuer };
}
