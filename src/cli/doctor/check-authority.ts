import type { Ending } from '../../authority/endings.ts';
import { type Certificate, parseCertificate } from '../../formats/x509/certificate.ts';
import { nameText } from '../../formats/x509/name-text.ts';
import { day, minute } from '../../lib/clock.ts';
import { type Check, ok, problem, warning } from './check.ts';

type Issuer = {
  readonly certificate: Uint8Array;
  readonly registrationAuthorities: readonly { readonly certificate: Uint8Array }[];
};

/** A certificate of our own that stands on a CRL. */
export type RevokedOwn = {
  readonly subjectText: string;
  /** ms UTC. */
  readonly revokedAt: number;
};

const soon = 60 * day;

/** Remaining life of issuer, root and RA certificates. */
export function checkCertificates(issuers: readonly Issuer[], now: number): Check[] {
  if (issuers.length === 0)
    return [problem('certificate', 'There is no certification authority yet.', 'Run: bin/scepward init')];
  return issuers
    .flatMap(({ certificate, registrationAuthorities }) => [
      certificate,
      ...registrationAuthorities.map((each) => each.certificate),
    ])
    .map((der) => checkLife(parseCertificate(der), now));
}

function checkLife({ subject, notBefore, notAfter }: Certificate, now: number): Check {
  const name = nameText(subject);
  const until = new Date(notAfter).toISOString().slice(0, 10);
  if (now > notAfter)
    return problem(
      'certificate',
      `${name} ended on ${until}.`,
      'Make or import a new authority; this one cannot issue.',
    );
  if (now < notBefore)
    return problem('certificate', `${name} begins in the future.`, 'Set the clock of this machine right.');
  const days = Math.floor((notAfter - now) / day);
  if (notAfter - now < soon)
    return warning(
      'certificate',
      `${name} ends in ${days} days.`,
      'Prepare its successor: certificates end before it does.',
    );
  return ok('certificate', `${name}: until ${until}, ${days} days.`);
}

/** Whoever looks at CRLs trusts nothing that a revoked issuer, root or RA has signed. */
export function checkRevocations(revoked: readonly RevokedOwn[]): Check[] {
  return revoked.map(({ subjectText, revokedAt }) =>
    problem(
      'certificate',
      `${subjectText} was revoked on ${new Date(revokedAt).toISOString().slice(0, 10)}.`,
      'That is for good: start a new installation with init, or go back to a copy from before.',
    ),
  );
}

/** architecture.md, identity and time: the server refuses to issue beyond this. */
const mostBehind = 5 * minute;

/** `lastEvent`: ms UTC, null when nothing has happened yet. */
export function checkClock(lastEvent: number | null, now: number): Check {
  if (lastEvent === null || lastEvent - now <= mostBehind)
    return ok('clock', `${new Date(now).toISOString()}; not behind what this installation has written.`);
  const behind = Math.ceil((lastEvent - now) / minute);
  return problem(
    'clock',
    `The clock stands ${behind} minutes before the last event of this installation: nothing is issued.`,
    'Set the clock of this machine right.',
  );
}

/** What a running server says about itself: also of OCSP signers, revocation lists and its HTTPS certificate. */
export function checkEndings(endings: readonly Ending[]): Check[] {
  return endings.map(({ name, endsAt, severity, fix }) => {
    const until =
      endsAt === null ? `${name} is missing.` : `${name}: until ${new Date(endsAt).toISOString().slice(0, 10)}.`;
    if (severity === 'ok') return ok('certificate', until);
    return severity === 'critical'
      ? problem('certificate', until, fix ?? '')
      : warning('certificate', until, fix ?? '');
  });
}
