/** What GetCACert answers (RFC 8894 §4.2): the RA certificate, the issuer and, for some platforms, its ancestors. */
import { encodeCertificatesOnly } from '../formats/cms/certificates-only.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import type { Ca } from './ca-directory.ts';

export type CaCert = { readonly contentType: string; readonly body: Uint8Array };

/**
 * Always a degenerate SignedData, as there is always an RA. The RA comes first: clients that look no further need the
 * certificate that they encrypt to. Whether the root follows is a setting of the profile (Windows wants it, Apple devices
 * refuse a payload that brings it).
 */
export function caCert(settings: Pick<ScepSettings, 'server'>, ca: Ca): CaCert {
  const chain = settings.server.caCertificates === 'chain' ? ca.issuer.chain : [];
  return {
    contentType: 'application/x-x509-ca-ra-cert',
    body: encodeCertificatesOnly({
      certificates: [ca.registrationAuthority.certificate.der, ca.issuer.certificate, ...chain],
    }),
  };
}
