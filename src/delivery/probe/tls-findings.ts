/** What devices would say to the TLS certificate of a SCEP server: trust, and the rules of intune-domain 3.4. */

import type { Platform } from '../../directory/platform.ts';
import { platformFamily } from '../../formats/agent/platform-family.ts';
import { signatureSchemeByOid } from '../../formats/x509/algorithms.ts';
import { type Certificate, parseCertificate } from '../../formats/x509/certificate.ts';
import { extendedKeyUsage, keyPurpose } from '../../formats/x509/extended-key-usage.ts';
import { extensionOid, findExtension } from '../../formats/x509/extension.ts';
import { parseIp } from '../../formats/x509/ip-address.ts';
import { subjectAltNames } from '../../formats/x509/subject-alt-name.ts';
import { sameBytes } from '../../lib/bytes.ts';
import { day } from '../../lib/clock.ts';
import { isFailure } from '../../lib/failure.ts';
import type { ProbeFinding } from './probe-finding.ts';
import type { ProbeTls } from './probe-transport.ts';

/** Since iOS 13 and macOS 10.15 the purpose and the lifetime matter in certificates issued from here on. */
const stricterFrom = Date.UTC(2019, 6, 1);
const longestLifetime = 825 * day;

/** On Apple platforms a broken rule ends the connection; elsewhere it is a warning. `host` is the URL's, without brackets. */
export function tlsFindings(
  tls: ProbeTls,
  subject: { readonly host: string; readonly platform: Platform; readonly now: number },
): readonly ProbeFinding[] {
  const findings: ProbeFinding[] = tls.trusted ? [] : [untrusted(tls.reason)];
  const [own, ...above] = tls.certificates.map(read);
  if (own === null || own === undefined)
    return [
      ...findings,
      { code: 'tls-certificate-unreadable', severity: 'error', detail: 'The TLS certificate cannot be read.' },
    ];
  const issuers = above.filter((certificate) => certificate !== null);
  const severity = platformFamily(subject.platform) === 'apple' ? 'error' : 'warning';
  const broken = [...lifetime(own, subject.now), ...rules(own, issuers, subject.host)];
  return [...findings, ...broken.map((each) => ({ severity, ...each }) as const)];
}

type Broken = { readonly code: string; readonly detail: string; readonly severity?: 'error' };

function lifetime({ notBefore, notAfter }: Certificate, now: number): Broken[] {
  const [from, until] = [new Date(notBefore).toISOString(), new Date(notAfter).toISOString()];
  if (now > notAfter)
    return [{ code: 'tls-expired', severity: 'error', detail: `The TLS certificate ended at ${until}.` }];
  if (now < notBefore)
    return [{ code: 'tls-not-yet-valid', severity: 'error', detail: `The TLS certificate begins at ${from}.` }];
  return [];
}

/** intune-domain 3.4, 1 to 5. */
function rules(own: Certificate, issuers: readonly Certificate[], host: string): Broken[] {
  const broken: Broken[] = [];
  for (const { publicKey } of [own, ...issuers])
    if (publicKey.kind === 'rsa' && publicKey.bits < 2048)
      broken.push({
        code: 'tls-key-size',
        detail: `A certificate of the TLS chain has an RSA key of ${publicKey.bits} bits; at least 2048 are wanted.`,
      });
  const digest = signatureSchemeByOid(own.signatureAlgorithm.oid)?.digest;
  if (digest === 'md5' || digest === 'sha1')
    broken.push({ code: 'tls-signature', detail: `The TLS certificate is signed with ${digest}; SHA-2 is wanted.` });
  if (!namesHost(own, host))
    broken.push({
      code: 'tls-name',
      severity: 'error',
      detail: `The subject alternative names of the TLS certificate do not hold ${host}; its common name does not count.`,
    });
  if (own.notBefore < stricterFrom) return broken;
  const usage = findExtension(own.extensions, extensionOid.extendedKeyUsage);
  if (usage === undefined || !extendedKeyUsage(usage.value).includes(keyPurpose.serverAuth))
    broken.push({
      code: 'tls-purpose',
      detail: 'The TLS certificate lacks the extended key usage Server Authentication.',
    });
  if (own.notAfter - own.notBefore > longestLifetime)
    broken.push({
      code: 'tls-lifetime',
      detail: `The TLS certificate lives ${Math.ceil((own.notAfter - own.notBefore) / day)} days; at most 825 are allowed.`,
    });
  return broken;
}

function untrusted(reason: string | null): ProbeFinding {
  return {
    code: 'tls-untrusted',
    severity: 'warning',
    detail: `The TLS certificate does not prove itself (${reason}) with the authorities that systems come with and the profile’s root. Devices need the trusted certificate that it rests on.`,
  };
}

function namesHost({ extensions }: Certificate, host: string): boolean {
  const extension = findExtension(extensions, extensionOid.subjectAltName);
  if (extension === undefined) return false;
  const address = parseIp(host);
  return subjectAltNames(extension.value).some((name) => {
    if (address !== undefined) return name.kind === 'ip' && sameBytes(name.value, address);
    return name.kind === 'dns' && matches(name.value.toLowerCase(), host.toLowerCase().replace(/\.$/, ''));
  });
}

/** RFC 6125 §6.4.3: a star stands for the whole first label and nothing else. */
function matches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host;
  const dot = host.indexOf('.');
  return dot > 0 && pattern.indexOf('.', 2) > 0 && host.slice(dot) === pattern.slice(1);
}

function read(der: Uint8Array): Certificate | null {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}
