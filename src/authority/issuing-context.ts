import type { Signer } from '../crypto/signer.ts';
import { authorityInfoAccessExtension } from '../formats/x509/authority-info-access.ts';
import { parseCertificate, type Certificate as X509Certificate } from '../formats/x509/certificate.ts';
import { crlDistributionPointsExtension } from '../formats/x509/distribution-point.ts';
import type { Extension } from '../formats/x509/extension.ts';
import { authorityKeyIdentifierExtension } from '../formats/x509/key-identifier.ts';
import type { Authority, Issuer } from './issuer.ts';
import { issuerKeyIdentifier } from './key-identifier.ts';
import { crlAddress, issuerAddress, ocspAddress } from './pki-address.ts';

/** An issuer ready to sign, with everything that is the same in all its certificates laid out once. */
export type IssuingContext = {
  readonly authority: Authority;
  readonly issuer: Issuer;
  readonly signer: Signer;
  readonly certificate: X509Certificate;
  readonly keyIdentifier: Uint8Array;
  readonly authorityKeyIdentifier: Extension;
  readonly authorityInfoAccess: Extension;
  /** By shard. */
  readonly crlDistributionPoints: readonly Extension[];
};

export function issuingContext(authority: Authority, issuer: Issuer, signer: Signer): IssuingContext {
  const certificate = parseCertificate(issuer.certificate);
  const keyIdentifier = issuerKeyIdentifier(certificate);
  return {
    authority,
    issuer,
    signer,
    certificate,
    keyIdentifier,
    authorityKeyIdentifier: authorityKeyIdentifierExtension(keyIdentifier),
    authorityInfoAccess: authorityInfoAccessExtension({
      ocsp: [ocspAddress(authority)],
      caIssuers: [issuerAddress(authority, issuer)],
    }),
    crlDistributionPoints: Array.from({ length: issuer.shards }, (_, shard) =>
      crlDistributionPointsExtension([crlAddress(authority, issuer, shard)]),
    ),
  };
}
