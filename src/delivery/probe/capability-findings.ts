/** GetCACaps of a foreign server against what the profile lets its devices use (RFC 8894 §3.5.2). */
import type { Capability } from '../../formats/scep/capabilities.ts';
import { type AllowedDigest, allowedDigests } from '../../profiles/allowed-algorithms.ts';
import type { ScepSettings } from '../../profiles/scep-settings.ts';
import type { ProbeFinding } from './probe-finding.ts';

const keyword: Readonly<Record<AllowedDigest, Capability>> = {
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};

export function capabilityFindings(
  capabilities: ReadonlySet<Capability>,
  settings: ScepSettings,
): readonly ProbeFinding[] {
  const allowed = allowedDigests(settings);
  const findings: ProbeFinding[] = [];
  const common = allowed.filter((digest) => capabilities.has(keyword[digest]));
  if (common.length === 0)
    findings.push({
      code: 'no-common-digest',
      severity: 'error',
      detail: `The server names none of the hash algorithms of the profile (${allowed.map((digest) => keyword[digest]).join(', ')}): devices would fall back to a weaker one, or give up.`,
    });
  else if (common.every((digest) => digest === 'sha1'))
    findings.push({
      code: 'sha1-only',
      severity: 'warning',
      detail: 'SHA-1 is the only hash algorithm that the profile and the server share.',
    });
  if (!capabilities.has('AES'))
    findings.push(
      capabilities.has('DES3')
        ? cipher('no-aes', 'triple DES', settings.server.ciphers.tripleDes)
        : cipher(
            'no-cipher',
            'single DES, the fallback of RFC 8894 for servers that say nothing',
            settings.server.ciphers.singleDes,
          ),
    );
  if (!capabilities.has('POSTPKIOperation'))
    findings.push({
      code: 'no-post',
      severity: 'information',
      detail: 'The server does not take messages by POST: they travel in addresses, which proxies may cut.',
    });
  if (settings.server.renewal.byCertificate && !capabilities.has('Renewal'))
    findings.push({
      code: 'no-renewal',
      severity: 'information',
      detail: 'The server does not renew by certificate: every renewal needs a new challenge.',
    });
  return findings;
}

/** `accepted`: the profile switches this cipher on, so its author knows. */
function cipher(code: string, name: string, accepted: boolean): ProbeFinding {
  return {
    code,
    severity: accepted ? 'warning' : 'error',
    detail: `The server does not name AES: messages to it are encrypted with ${name}${accepted ? '' : ', which this profile does not switch on'}.`,
  };
}
