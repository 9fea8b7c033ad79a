import type { Platform } from '../../directory/platform.ts';
import { basicConstraints } from '../../formats/x509/basic-constraints.ts';
import type { Certificate } from '../../formats/x509/certificate.ts';
import { extensionOid, findExtension } from '../../formats/x509/extension.ts';
import { keyUsage } from '../../formats/x509/key-usage.ts';
import { nameText } from '../../formats/x509/name-text.ts';
import { sameBytes } from '../../lib/bytes.ts';
import { isFailure } from '../../lib/failure.ts';
import type { UploadedCertificate } from '../read-uploaded-certificate.ts';
import type { TrustedCertificateSettings } from '../trusted-certificate-settings.ts';
import type { Problem, RuleOf } from './rule.ts';

export type TrustedCertificateSubject = {
  readonly platform: Platform;
  readonly upload: UploadedCertificate;
  readonly destinationStore: TrustedCertificateSettings['destinationStore'];
  /** Milliseconds UTC. */
  readonly now: number;
};

const path = 'settings.certificate';
const storePath = 'settings.destinationStore';

/** Every authoring rule for a trusted certificate profile (intune-domain 3). */
export const trustedCertificateRules: readonly RuleOf<TrustedCertificateSubject>[] = [
  {
    code: 'T1',
    severity: 'error',
    title: 'Exactly one certificate',
    path,
    fix: 'Give one CA certificate as PEM, or as base64 of its DER; a chain is one profile for each certificate.',
    source: 'intune-domain 3.1, 3.2',
    check: ({ upload }) =>
      upload.ok ? [] : [{ detail: upload.detail, ...(upload.fix === undefined ? {} : { fix: upload.fix }) }],
  },
  {
    code: 'T2',
    severity: 'error',
    title: 'The certificate of a certification authority',
    path,
    fix: 'Give the root or an intermediate CA certificate.',
    source: 'intune-domain 3.2',
    check: withCertificate((certificate) => {
      const who = nameText(certificate.subject);
      switch (authority(certificate)) {
        case 'end-entity':
          return [{ detail: `This is the certificate of an end entity (${who}), not of a certification authority.` }];
        case 'signs-no-certificates':
          return [
            {
              detail: `The key usage of the CA certificate of ${who} lacks keyCertSign: nothing that it signs is trusted.`,
            },
          ];
        case 'unreadable':
          return [{ detail: `The basic constraints or the key usage of the certificate of ${who} cannot be read.` }];
        default:
          return [];
      }
    }),
  },
  {
    code: 'T2',
    severity: 'warning',
    title: 'A root of version 1 does not say that it is a CA',
    path,
    fix: 'Give a certificate of version 3, if the authority has one.',
    source: 'intune-domain 3.2',
    check: withCertificate((certificate) =>
      authority(certificate) === 'version-1-root'
        ? [
            {
              detail:
                'This is a version 1 root certificate, which does not say that it is a CA; some devices refuse it.',
            },
          ]
        : [],
    ),
  },
  {
    code: 'T3',
    severity: 'error',
    title: 'A certificate that is valid now',
    path,
    fix: 'Give the current certificate of the authority.',
    source: 'issue 3, bad input',
    check: withCertificate((certificate, { now }) => {
      const who = nameText(certificate.subject);
      if (certificate.notAfter < now)
        return [{ detail: `The certificate of ${who} expired on ${date(certificate.notAfter)}.` }];
      return certificate.notBefore > now
        ? [{ detail: `The certificate of ${who} is not valid before ${date(certificate.notBefore)}.` }]
        : [];
    }),
  },
  {
    code: 'T4',
    severity: 'warning',
    title: 'The CA has a key of at least 2048 bits',
    path,
    fix: 'Roll the authority over to a stronger key.',
    source: 'intune-domain 3.4',
    check: withCertificate(({ publicKey }) =>
      publicKey.kind === 'rsa' && publicKey.bits < 2048
        ? [{ detail: `The CA’s key has ${publicKey.bits} bits; Apple devices trust no server below 2048.` }]
        : [],
    ),
  },
  {
    code: 'T5',
    severity: 'warning',
    title: 'Roots go into the root store of Windows, intermediates into an intermediate store',
    path: storePath,
    fix: '`computerRoot` for a root; `computerIntermediate` or `userIntermediate` for an intermediate CA.',
    source: 'intune-domain 3.1',
    check: withCertificate((certificate, { destinationStore }) => {
      if (destinationStore === undefined) return [];
      const root = isSelfIssued(certificate);
      if (root && destinationStore !== 'computerRoot')
        return [{ detail: 'Windows does not trust a root in an intermediate store.' }];
      return !root && destinationStore === 'computerRoot'
        ? [{ detail: 'In the root store an intermediate CA is trusted by itself, whatever its root says.' }]
        : [];
    }),
  },
  {
    code: 'T6',
    severity: 'information',
    title: 'From Android 11 on, people install roots under device administrator by hand',
    path: 'platform',
    fix: 'Have the root installed into the user store under the name of this profile; still assign both profiles.',
    source: 'intune-domain 3.3',
    check: ({ platform }) =>
      platform === 'androidDeviceAdministrator'
        ? [{ detail: 'From Android 11 on, Samsung Knox apart, a device administrator cannot install a root.' }]
        : [],
  },
];

function withCertificate(
  check: (certificate: Certificate, subject: TrustedCertificateSubject) => Problem[],
): (subject: TrustedCertificateSubject) => Problem[] {
  return (subject) => (subject.upload.ok ? check(subject.upload.certificate, subject) : []);
}

function authority(
  certificate: Certificate,
): 'ca' | 'version-1-root' | 'signs-no-certificates' | 'end-entity' | 'unreadable' {
  const constraints = findExtension(certificate.extensions, extensionOid.basicConstraints);
  try {
    const usage = findExtension(certificate.extensions, extensionOid.keyUsage);
    if (constraints !== undefined && basicConstraints(constraints.value).ca)
      return usage === undefined || keyUsage(usage.value).includes('keyCertSign') ? 'ca' : 'signs-no-certificates';
  } catch (error) {
    if (!isFailure(error)) throw error;
    return 'unreadable';
  }
  return certificate.version === 1 && isSelfIssued(certificate) ? 'version-1-root' : 'end-entity';
}

function isSelfIssued({ subjectDer, issuerDer }: Certificate): boolean {
  return sameBytes(subjectDer, issuerDer);
}

function date(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
