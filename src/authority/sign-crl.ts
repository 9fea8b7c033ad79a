import { assembleCrl, encodeTbsCertList } from '../formats/x509/crl.ts';
import type { PublishedCrl } from './crl-store.ts';
import type { IssuingContext } from './issuing-context.ts';
import { crlAddress } from './pki-address.ts';
import { servesDevices } from './serves-devices.ts';

export type CrlContent = Pick<PublishedCrl, 'shard' | 'number' | 'thisUpdate' | 'nextUpdate'> & {
  /** From `crlEntries`. */
  readonly entries: readonly Uint8Array[];
};

/**
 * A full CRL, version 2, of one shard. Its critical issuing distribution point (RFC 5280 §5.2.5) names the address that
 * the shard's certificates carry, so that the CRL of one shard cannot stand in for that of another. A root's CRL has none:
 * it also speaks for the root's own certificate, which names no address.
 */
export async function signCrl(context: IssuingContext, content: CrlContent): Promise<PublishedCrl> {
  const { signer, issuer, authority, certificate, keyIdentifier } = context;
  const { shard, number, thisUpdate, nextUpdate } = content;
  const tbs = encodeTbsCertList({
    signatureAlgorithm: signer.signatureAlgorithm,
    issuer: certificate.subjectDer,
    thisUpdate,
    nextUpdate,
    number,
    authorityKeyIdentifier: keyIdentifier,
    revoked: content.entries,
    distributionPoint: servesDevices(issuer) ? { uris: [crlAddress(authority, issuer, shard)] } : undefined,
  });
  const der = assembleCrl(tbs, signer.signatureAlgorithm, await signer.sign(tbs));
  return { issuerId: issuer.id, shard, number, der, thisUpdate, nextUpdate };
}
