import type { Issuer } from './issuer.ts';

/** What GetCACert answers with (RFC 8894 §4.2), in order. */
export type CaCertificates = {
  /** The certificate that requests are encrypted to and answers signed with. */
  readonly registrationAuthority: Uint8Array | null;
  readonly issuer: Uint8Array;
  /** From the issuer's issuer up to the root; empty when the issuer is a root. */
  readonly chain: readonly Uint8Array[];
};

export function caCertificates(issuer: Issuer): CaCertificates {
  return {
    registrationAuthority: issuer.registrationAuthorities[0]?.certificate ?? null,
    issuer: issuer.certificate,
    chain: issuer.chain,
  };
}

/** RA first, then the issuer, then what is above it: all of it, or without the chain. */
export function caCertificateList(issuer: Issuer, extent: 'issuer' | 'chain'): readonly Uint8Array[] {
  const { registrationAuthority, chain } = caCertificates(issuer);
  const ra = registrationAuthority === null ? [] : [registrationAuthority];
  return [...ra, issuer.certificate, ...(extent === 'chain' ? chain : [])];
}
