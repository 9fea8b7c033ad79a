import { parseCertificate } from '../formats/x509/certificate.ts';
import { toHex } from '../lib/bytes.ts';
import type { Issuer } from './issuer.ts';

export type AuthorityEnd = {
  /** Slug. */
  readonly issuer: string;
  readonly role: 'issuer' | 'ra' | 'root';
  /** ms UTC. */
  readonly notAfter: number;
};

/** When issuers, their current RA, and roots whose key is elsewhere come to their end. */
export function authorityEnds(issuers: readonly Issuer[]): readonly AuthorityEnd[] {
  const known = new Set(issuers.map(({ certificate }) => toHex(certificate)));
  return issuers.flatMap(({ slug, certificate, chain, registrationAuthorities }) => {
    const root = chain.at(-1);
    const ra = registrationAuthorities[0];
    const end = (role: AuthorityEnd['role'], der: Uint8Array): AuthorityEnd => ({
      issuer: slug,
      role,
      notAfter: parseCertificate(der).notAfter,
    });
    return [
      end('issuer', certificate),
      ...(ra === undefined ? [] : [end('ra', ra.certificate)]),
      ...(root === undefined || known.has(toHex(root)) ? [] : [end('root', root)]),
    ];
  });
}
