/**
 * The authorities as a SCEP call needs them, kept in memory: whose certificates to hand out, which RA opens and signs, and
 * whether a name is one of ours. Rebuilt when the authorities change; a call takes one snapshot.
 */
import type { Authority, Issuer, IssuerId } from '../authority/issuer.ts';
import { clientCertificates } from '../formats/asn1/leniency.ts';
import { type CertificateId, identifies } from '../formats/cms/certificate-id.ts';
import { type Certificate, parseCertificate } from '../formats/x509/certificate.ts';
import { decodeName } from '../formats/x509/name.ts';
import { sameName } from '../formats/x509/same-name.ts';
import { sameBytes } from '../lib/bytes.ts';

export type RegistrationAuthority = { readonly certificate: Certificate; readonly keyId: string };

/** An authority that can issue now. */
export type Ca = {
  readonly authority: Authority;
  readonly issuer: Issuer;
  readonly issuerCertificate: Certificate;
  /** Signs replies and is what GetCACert hands out. */
  readonly registrationAuthority: RegistrationAuthority;
  /** All that still open envelopes, of every generation of this authority; the current one first. */
  readonly recipients: readonly RegistrationAuthority[];
  /** Announced, and not in use yet. */
  readonly next: NextCa | null;
};

export type NextCa = Pick<Ca, 'issuer' | 'registrationAuthority'>;

export type CaDirectory = {
  /** By slug; null: the default, which is the oldest. */
  find(authoritySlug: string | null): Ca | null;
  /** Issuers (of any generation) whose certificates bear this issuer name; several generations may share one. */
  issuersNamed(issuerDer: Uint8Array): readonly IssuerId[];
  /** Whether one of our CA certificates, roots included, bears this subject. */
  isOurs(nameDer: Uint8Array): boolean;
};

export function caDirectory(authorities: readonly Authority[], issuers: readonly Issuer[]): CaDirectory {
  const parsed = issuers.map((issuer) => ({ issuer, certificate: parseCertificate(issuer.certificate) }));
  const cas = [...authorities]
    .sort((a, b) => a.createdAt - b.createdAt)
    .flatMap((authority) => toCa(authority, parsed));
  const names = [
    ...parsed.map(({ issuer, certificate }) => ({ id: issuer.id, ...subjectOf(certificate) })),
    ...parsed.flatMap(({ issuer }) => issuer.chain.map((der) => ({ id: null, ...subjectOf(parseCertificate(der)) }))),
  ];
  const named = (nameDer: Uint8Array) => {
    const exact = names.filter(({ der }) => sameBytes(der, nameDer));
    if (exact.length > 0) return exact;
    const given = decodeName(nameDer, { leniency: clientCertificates });
    return names.filter(({ name }) => sameName(name, given));
  };
  return {
    find: (slug) => (slug === null ? cas[0] : cas.find(({ authority }) => authority.slug === slug)) ?? null,
    issuersNamed: (issuerDer) => named(issuerDer).flatMap(({ id }) => id ?? []),
    isOurs: (nameDer) => named(nameDer).length > 0,
  };
}

function subjectOf({ subject, subjectDer }: Certificate) {
  return { name: subject, der: subjectDer };
}

/** The RA that an envelope is for, by issuer and serial number or key identifier. */
export function recipientOf(
  ca: Ca,
  ids: readonly CertificateId[],
): { ra: RegistrationAuthority; index: number } | null {
  for (const [index, id] of ids.entries()) {
    const ra = ca.recipients.find(({ certificate }) => identifies(id, certificate));
    if (ra !== undefined) return { ra, index };
  }
  return null;
}

type ParsedIssuer = { readonly issuer: Issuer; readonly certificate: Certificate };

function toCa(authority: Authority, parsed: readonly ParsedIssuer[]): Ca[] {
  const own = parsed.filter(({ issuer }) => issuer.authorityId === authority.id);
  const active = own.find(({ issuer }) => issuer.id === authority.activeIssuerId);
  if (active === undefined) return [];
  const others = own.filter((each) => each !== active);
  const recipients = [active, ...others].flatMap(({ issuer }) =>
    issuer.registrationAuthorities.map(({ certificate, keyId }) => ({
      certificate: parseCertificate(certificate),
      keyId,
    })),
  );
  const [registrationAuthority] = recipients;
  if (registrationAuthority === undefined || active.issuer.registrationAuthorities.length === 0) return [];
  const { issuer, certificate: issuerCertificate } = active;
  return [{ authority, issuer, issuerCertificate, registrationAuthority, recipients, next: nextCa(authority, own) }];
}

function nextCa({ rollover }: Authority, own: readonly ParsedIssuer[]): NextCa | null {
  if (rollover === null || rollover.announcedAt === null || rollover.switchedAt !== null) return null;
  const issuer = own.find((each) => each.issuer.id === rollover.nextIssuerId)?.issuer;
  const [ra] = issuer?.registrationAuthorities ?? [];
  if (issuer === undefined || ra === undefined) return null;
  return { issuer, registrationAuthority: { certificate: parseCertificate(ra.certificate), keyId: ra.keyId } };
}
