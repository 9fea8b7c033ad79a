import type { Signer } from '../crypto/signer.ts';
import { authorityInfoAccessExtension } from '../formats/x509/authority-info-access.ts';
import { basicConstraintsExtension } from '../formats/x509/basic-constraints.ts';
import { assembleCertificate, encodeTbsCertificate } from '../formats/x509/certificate.ts';
import { crlDistributionPointsExtension } from '../formats/x509/distribution-point.ts';
import type { Extension } from '../formats/x509/extension.ts';
import { authorityKeyIdentifierExtension, subjectKeyIdentifierExtension } from '../formats/x509/key-identifier.ts';
import { keyUsageExtension } from '../formats/x509/key-usage.ts';
import { encodeName, type Name } from '../formats/x509/name.ts';
import { nameText } from '../formats/x509/name-text.ts';
import type { Clock } from '../lib/clock.ts';
import type { Certificate } from './certificate.ts';
import { certificateRecord } from './certificate-record.ts';
import type { IssuerId } from './issuer.ts';
import { keyIdentifier } from './key-identifier.ts';
import { newSerialNumber } from './serial-number.ts';

export type CaCertificate = {
  /** Whose serial number it takes: of the issuer above, for a root its own. */
  readonly issuerId: IssuerId;
  readonly issuer: Name;
  /** Signs it: for a root with its own key. */
  readonly signer: Signer;
  readonly subject: Name;
  readonly spki: Uint8Array;
  /** Certification authorities that may stand below; undefined: any number. */
  readonly pathLength: number | undefined;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Where the issuer above publishes; null for a root. */
  readonly addresses: { readonly crl: string; readonly issuer: string } | null;
};

/** The certificate of a certification authority (RFC 5280 §4.2.1.9, §4.2.1.3), signed. */
export async function caCertificate(clock: Clock, ca: CaCertificate): Promise<Certificate> {
  const serial = newSerialNumber();
  const { signatureAlgorithm } = ca.signer;
  const tbs = encodeTbsCertificate({
    serial,
    signatureAlgorithm,
    issuer: encodeName(ca.issuer),
    notBefore: ca.notBefore,
    notAfter: ca.notAfter,
    subject: encodeName(ca.subject),
    spki: ca.spki,
    extensions: extensionsOf(ca),
  });
  return certificateRecord(clock, {
    issuerId: ca.issuerId,
    serial,
    der: assembleCertificate(tbs, signatureAlgorithm, await ca.signer.sign(tbs)),
    purpose: 'issuer',
    subjectText: nameText(ca.subject),
    subjectAlternativeNames: [],
    spki: ca.spki,
    notBefore: ca.notBefore,
    notAfter: ca.notAfter,
    shard: 0,
    deploymentId: null,
    generation: null,
    renewsId: null,
  });
}

function extensionsOf({ spki, signer, pathLength, addresses }: CaCertificate): Extension[] {
  const extensions = [
    authorityKeyIdentifierExtension(keyIdentifier(signer.publicKey)),
    subjectKeyIdentifierExtension(keyIdentifier(spki)),
    basicConstraintsExtension({ ca: true, pathLength }),
    keyUsageExtension(['keyCertSign', 'cRLSign']),
  ];
  if (addresses !== null)
    extensions.push(
      crlDistributionPointsExtension([addresses.crl]),
      authorityInfoAccessExtension({ ocsp: [], caIssuers: [addresses.issuer] }),
    );
  return extensions;
}
