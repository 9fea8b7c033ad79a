import type { Platform } from '../directory/platform.ts';
import { toBase64 } from '../lib/bytes.ts';
import { openFields, refuseOthers, takeChoice, takeText } from './document-reader.ts';
import type { Finding } from './finding.ts';
import { takeApplicabilityRules } from './parse-applicability-rules.ts';
import { readUploadedCertificate } from './read-uploaded-certificate.ts';
import { applyRules } from './rules/rule.ts';
import { trustedCertificateRules } from './rules/trusted-certificate-rules.ts';
import type { TrustedCertificateSettings } from './trusted-certificate-settings.ts';

/** A CA certificate has a few thousand; what is longer is not read at all. */
const longestCertificate = 200_000;

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
  const { platform, now } = input;
  const fields = openFields(input.settings, 'settings', findings);
  if (fields === undefined) return null;
  const written = takeText(fields, 'certificate', '', longestCertificate);
  const certificateFileName = takeText(fields, 'certificateFileName', 'certificate.cer');
  const extra =
    platform === 'windows10' || platform === 'windows81'
      ? { destinationStore: takeChoice(fields, 'destinationStore', stores, 'computerRoot') }
      : platform === 'macos'
        ? { deploymentChannel: takeChoice(fields, 'deploymentChannel', ['device', 'user'] as const, 'device') }
        : {};
  const rules = platform === 'windows10' ? takeApplicabilityRules(fields) : {};
  refuseOthers(fields, (name) => (platformOnly.has(name) ? `${name} does not exist on ${platform}.` : undefined));
  const upload = readUploadedCertificate(written);
  if (!findings.slice(before).some(({ path }) => path === 'settings.certificate'))
    findings.push(
      ...applyRules(trustedCertificateRules, { platform, upload, destinationStore: extra.destinationStore, now }),
    );
  if (!upload.ok || findings.slice(before).some(({ severity }) => severity === 'error')) return null;
  return { platform, certificate: toBase64(upload.certificate.der), certificateFileName, ...extra, ...rules };
}

const platformOnly = new Set(['destinationStore', 'deploymentChannel', 'applicabilityRules']);
const stores = ['computerRoot', 'computerIntermediate', 'userIntermediate'] as const;
