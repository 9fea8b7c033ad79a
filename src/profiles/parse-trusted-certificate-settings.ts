import type { Platform } from '../directory/platform.ts';
import { toBase64 } from '../lib/bytes.ts';
import { fault, openFields, refuseOthers, takeChoice, takeText } from './document-reader.ts';
import type { Finding } from './finding.ts';
import { takeApplicabilityRules } from './parse-applicability-rules.ts';
import { readCaCertificate } from './read-ca-certificate.ts';
import type { TrustedCertificateSettings } from './trusted-certificate-settings.ts';

/**
 * Trusted certificate settings from a document (intune-domain 3.1). `certificate` is PEM, or DER in base64, and must be
 * exactly one CA certificate that is valid at `now` (ms); anything else is refused with what it is instead. Null with
 * findings when they will not do.
 */
export function parseTrustedCertificateSettings(
  input: { readonly platform: Platform; readonly settings: unknown; readonly now: number },
  findings: Finding[],
): TrustedCertificateSettings | null {
  const before = findings.length;
  const { platform } = input;
  const fields = openFields(input.settings, 'settings', findings);
  if (fields === undefined) return null;
  const written = takeText(fields, 'certificate', '');
  const read = readCaCertificate(written, input.now);
  if (!read.ok) fault(fields, 'certificate', read.rule, read.detail, read.fix);
  else
    for (const detail of read.warnings)
      findings.push({ rule: 'T2', severity: 'warning', path: 'settings.certificate', detail, fix: null });
  const certificateFileName = takeText(fields, 'certificateFileName', 'certificate.cer');
  const extra =
    platform === 'windows10' || platform === 'windows81'
      ? { destinationStore: takeChoice(fields, 'destinationStore', stores, 'computerRoot') }
      : platform === 'macos'
        ? { deploymentChannel: takeChoice(fields, 'deploymentChannel', ['device', 'user'] as const, 'device') }
        : {};
  const rules = platform === 'windows10' ? takeApplicabilityRules(fields) : {};
  refuseOthers(fields, (name) => (platformOnly.has(name) ? `${name} does not exist on ${platform}.` : undefined));
  if (!read.ok || findings.slice(before).some(({ severity }) => severity === 'error')) return null;
  return { platform, certificate: toBase64(read.certificate.der), certificateFileName, ...extra, ...rules };
}

const platformOnly = new Set(['destinationStore', 'deploymentChannel', 'applicabilityRules']);
const stores = ['computerRoot', 'computerIntermediate', 'userIntermediate'] as const;
