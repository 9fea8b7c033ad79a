/**
 * An authority is a CA as administrators see it; an issuer is one generation of its key. Serials, shards and CRLs belong
 * to the issuer. The RA certificate of an issuer signs CertRep and opens envelopes, so the CA key may be of any kind.
 */
import type { Branded } from '../lib/ids.ts';

export type AuthorityId = Branded<'AuthorityId'>;
export type IssuerId = Branded<'IssuerId'>;
export type KeyId = Branded<'KeyId'>;

export type Authority = {
  readonly id: AuthorityId;
  /** In addresses; never changes. */
  readonly slug: string;
  readonly name: string;
  /** Base address of CDP, AIA and OCSP, without trailing slash; stored, because it ends up in certificates. */
  readonly pkiUrl: string;
  readonly templates: readonly CertificateTemplate[];
  readonly activeIssuerId: IssuerId;
  /** The change to another issuer that is under way; null: none. */
  readonly rollover: Rollover | null;
  readonly version: number;
  readonly createdAt: number;
};

/** What an authority is willing to issue. */
export type CertificateTemplate = {
  readonly name: string;
  /** Days. */
  readonly maximumValidity: number;
  /** Otherwise a profile's certificate validity period is refused. */
  readonly profileMaySetValidity: boolean;
  /** Bits of an RSA key. */
  readonly keySizes: readonly (1024 | 2048 | 3072 | 4096)[];
  /** Digests that may sign a request: `sha1`, `sha2`. */
  readonly hashAlgorithms: readonly ('sha1' | 'sha2')[];
  readonly keyUsages: readonly ('digitalSignature' | 'keyEncipherment')[];
  /** OIDs; null: any. */
  readonly extendedKeyUsages: readonly string[] | null;
};

export type Issuer = {
  readonly id: IssuerId;
  readonly authorityId: AuthorityId;
  /** In the addresses of CRL and CA certificate; unique. */
  readonly slug: string;
  readonly certificate: Uint8Array;
  /** From the issuer's own issuer up to the root, DER. Empty when the issuer is a root. */
  readonly chain: readonly Uint8Array[];
  readonly keyId: KeyId;
  /** Current RA first; earlier ones still open envelopes. */
  readonly registrationAuthorities: readonly { readonly certificate: Uint8Array; readonly keyId: KeyId }[];
  readonly shards: number;
  readonly createdAt: number;
};

/** Times are null until the step was taken; milliseconds UTC. */
export type Rollover = {
  readonly previousIssuerId: IssuerId;
  readonly nextIssuerId: IssuerId;
  readonly announcedAt: number | null;
  readonly distributedAt: number | null;
  readonly switchedAt: number | null;
};
