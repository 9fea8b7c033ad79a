/** GetCACert of a foreign server against the root of the profile: V16 for authorities that are not ours. */
import { isIssuedBy, mayIssue } from '../../crypto/verify-chain.ts';
import { parseCertificatesOnly } from '../../formats/cms/certificates-only.ts';
import { type Certificate, parseCertificate } from '../../formats/x509/certificate.ts';
import { nameText } from '../../formats/x509/name-text.ts';
import { isFailure } from '../../lib/failure.ts';
import { sameAuthority } from '../../profiles/same-authority.ts';

export type ChainVerdict = {
  readonly verdict: /** The profile's root stands above the issuer. */
    | 'leads-to-root'
    /** The profile's root is the issuer itself. */
    | 'root-is-issuer'
    /** What was sent rests on another authority. */
    | 'other-authority'
    /** It would lead there, but something on the way is expired or not yet valid. */
    | 'not-in-force'
    /** The authority leads there, the certificate that opens requests does not. */
    | 'registration-authority-elsewhere'
    | 'no-authority';
  readonly detail: string;
};

/** More are not looked at; no server needs as many. */
const most = 16;

/** One certificate, or several in a PKCS#7: told apart by trying, since servers mix up the types. Null: neither. */
export function readCaCertificates(body: Uint8Array): readonly Certificate[] | null {
  const several = attempt(() =>
    parseCertificatesOnly(body)
      .certificates.slice(0, most)
      .map((der) => parseCertificate(der)),
  );
  if (several !== null) return several;
  const one = attempt(() => parseCertificate(body));
  return one === null ? null : [one];
}

/** `root` is the certificate of the trusted certificate profile, DER. `now` in ms. */
export function chainVerdict(sent: readonly Certificate[], root: Uint8Array, now: number): ChainVerdict {
  const trusted = parseCertificate(root);
  const leading = below(trusted, sent);
  if (leading.size === 0)
    return sent.some(mayIssue)
      ? {
          verdict: 'other-authority',
          detail:
            'None of the certificates that the server sent leads to the profile’s root: devices would not trust what they get.',
        }
      : { verdict: 'no-authority', detail: 'GetCACert gives no certificate of a certification authority.' };
  const outOfForce = [trusted, ...leading].find(({ notBefore, notAfter }) => now < notBefore || now > notAfter);
  if (outOfForce !== undefined)
    return {
      verdict: 'not-in-force',
      detail: `On the way to the profile’s root, “${nameText(outOfForce.subject)}” ${now > outOfForce.notAfter ? 'has ended' : 'has not begun yet'}.`,
    };
  const registration = sent.filter((certificate) => !mayIssue(certificate));
  if (registration.length > 0 && !registration.some((certificate) => leading.has(certificate)))
    return {
      verdict: 'registration-authority-elsewhere',
      detail:
        'The authority leads to the profile’s root, but the registration authority, to which requests are encrypted, does not.',
    };
  // Nobody below the root issues.
  return [...leading].every((certificate) => !mayIssue(certificate) || sameAuthority(certificate.der, root))
    ? {
        verdict: 'root-is-issuer',
        detail:
          'The trusted certificate is the issuer’s own. Some clients want the one at the top of the chain instead; either is accepted here.',
      }
    : { verdict: 'leads-to-root', detail: 'The certificates that the server sent lead to the profile’s root.' };
}

/** Those that stand for the root, and all that it issued, directly or not. Each pair is looked at once. */
function below(root: Certificate, sent: readonly Certificate[]): ReadonlySet<Certificate> {
  const found = new Set(sent.filter(({ der }) => sameAuthority(der, root.der)));
  const issuers = [root, ...found];
  for (const issuer of issuers)
    for (const certificate of sent) {
      if (found.has(certificate) || !isIssuedBy(certificate, issuer)) continue;
      found.add(certificate);
      issuers.push(certificate);
    }
  return found;
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}
