/** What of an authority's own ends, and when to mind: issuers, roots, RA and OCSP certificates, revocation lists, TLS. Pure. */
import { parseCertificate } from '../formats/x509/certificate.ts';
import { nameText } from '../formats/x509/name-text.ts';
import { day, hour } from '../lib/clock.ts';
import { crlIntervalOf } from './crl-lifetime.ts';
import type { PublishedCrl } from './crl-store.ts';
import type { Authority, Issuer } from './issuer.ts';
import { servesDevices } from './serves-devices.ts';

export type EndingKind = 'root' | 'issuer' | 'ra' | 'ocsp' | 'crl' | 'tls';

export type Ending = {
  readonly kind: EndingKind;
  /** Of the issuer it belongs to; null for TLS. */
  readonly issuer: string | null;
  readonly name: string;
  /** Milliseconds UTC. Null: there is none, and should be. */
  readonly endsAt: number | null;
  readonly severity: 'ok' | 'warning' | 'critical';
  /** What to do; null while all is well. */
  readonly fix: string | null;
};

export type EndingFacts = {
  readonly authorities: readonly Authority[];
  readonly issuers: readonly {
    readonly issuer: Issuer;
    /** Whether it can sign. */
    readonly hasKey: boolean;
    /** End of the certificate that signs OCSP answers. */
    readonly ocspUntil: number | null;
    readonly crls: readonly (Omit<PublishedCrl, 'der'> | null)[];
  }[];
  /** Of HTTPS; null where none is served. */
  readonly tls: { readonly certificate: Uint8Array; readonly own: boolean } | null;
  readonly now: number;
};

/** Those that matter most first. */
export function endings(facts: EndingFacts): readonly Ending[] {
  const found = [...facts.issuers.flatMap((each) => ofIssuer(facts, each)), ...ofTls(facts)];
  const rank = { critical: 0, warning: 1, ok: 2 };
  return found.toSorted(
    (a, b) => rank[a.severity] - rank[b.severity] || (a.endsAt ?? 0) - (b.endsAt ?? 0) || (a.name < b.name ? -1 : 1),
  );
}

function ofIssuer(facts: EndingFacts, given: EndingFacts['issuers'][number]): Ending[] {
  const { issuer, hasKey } = given;
  const { now } = facts;
  const { subject, notAfter } = parseCertificate(issuer.certificate);
  const authority = facts.authorities.find(({ id }) => id === issuer.authorityId);
  const active = authority?.activeIssuerId === issuer.id;
  // An issuer that was followed by another one may end; nothing of it needs to go on.
  if (notAfter <= now && !active) return [];
  const serving = servesDevices(issuer);
  const certificate = {
    kind: serving ? 'issuer' : 'root',
    issuer: issuer.slug,
    name: nameText(subject),
    endsAt: notAfter,
  } as const;
  const left = notAfter - now;
  if (!serving)
    return [
      judged(
        certificate,
        left,
        { warning: 3 * 365 * day, critical: 365 * day },
        'Make a new authority before this root ends, and distribute its root.',
      ),
      ...ofLists(given, now),
    ];
  const longest = Math.max(0, ...(authority?.templates ?? []).map(({ maximumValidity }) => maximumValidity * day));
  const limits = active ? { warning: longest + 180 * day, critical: 60 * day } : { warning: 0, critical: 0 };
  return [
    judged(
      certificate,
      left,
      limits,
      'Certificates become shorter, as none outlives its issuer: go over to the next one (authority rollover).',
    ),
    ...(active || hasKey ? ofServices(given, left, now) : []),
    ...(hasKey ? ofLists(given, now) : []),
  ];
}

/** They renew themselves: whoever is warned has a server that does not do its timed work. */
const timedWork = 'It should have been renewed by itself: look for “timed work failed” in the log of the servers.';

function ofServices({ issuer, ocspUntil }: EndingFacts['issuers'][number], issuerLeft: number, now: number): Ending[] {
  const [ra] = issuer.registrationAuthorities;
  const found: Ending[] = [];
  const add = (kind: 'ra' | 'ocsp', name: string, endsAt: number, warning: number, critical: number) => {
    // What ends with its issuer needs no warning of its own.
    const limits = issuerLeft - (endsAt - now) <= day ? { warning: 0, critical: 0 } : { warning, critical };
    found.push(judged({ kind, issuer: issuer.slug, name, endsAt }, endsAt - now, limits, timedWork));
  };
  if (ra !== undefined) {
    const { subject, notAfter } = parseCertificate(ra.certificate);
    add('ra', nameText(subject), notAfter, 300 * day, 30 * day);
  }
  const name = `OCSP signer of ${issuer.slug}`;
  if (ocspUntil !== null) add('ocsp', name, ocspUntil, 20 * day, 5 * day);
  else if (now - issuer.createdAt >= hour)
    found.push({
      kind: 'ocsp',
      issuer: issuer.slug,
      name,
      endsAt: null,
      severity: 'warning',
      fix: `There is none, so OCSP is answered “try later”. ${timedWork}`,
    });
  return found;
}

function ofLists({ issuer, crls }: EndingFacts['issuers'][number], now: number): Ending[] {
  return crls.map((crl, shard): Ending => {
    const base = { kind: 'crl', issuer: issuer.slug, name: `revocation list ${issuer.slug}/${shard}` } as const;
    if (crl === null) return { ...base, endsAt: null, severity: 'critical', fix: `There is none. ${timedWork}` };
    const { thisUpdate, nextUpdate } = crl;
    const overdue = now - thisUpdate > crlIntervalOf(nextUpdate - thisUpdate) + day;
    const severity = nextUpdate - now < day ? 'critical' : overdue ? 'warning' : 'ok';
    return { ...base, endsAt: nextUpdate, severity, fix: severity === 'ok' ? null : timedWork };
  });
}

function ofTls({ tls, now }: EndingFacts): Ending[] {
  if (tls === null) return [];
  const { subject, notAfter } = parseCertificate(tls.certificate);
  const name = `HTTPS certificate ${nameText(subject)}`.trim();
  const fix = tls.own
    ? timedWork
    : 'Replace the files of SCEPWARD_TLS_CERT and SCEPWARD_TLS_KEY; they are read anew by themselves.';
  return [
    judged(
      { kind: 'tls', issuer: null, name, endsAt: notAfter },
      notAfter - now,
      { warning: 20 * day, critical: 5 * day },
      fix,
    ),
  ];
}

function judged(
  ending: Omit<Ending, 'severity' | 'fix'>,
  left: number,
  limits: { readonly warning: number; readonly critical: number },
  fix: string,
): Ending {
  const severity = left <= limits.critical ? 'critical' : left <= limits.warning ? 'warning' : 'ok';
  return { ...ending, severity, fix: severity === 'ok' ? null : fix };
}
