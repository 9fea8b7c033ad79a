/** What GetCACaps answers for a profile: computed from its settings, so that no client is told what would be refused. */
import type { Capability } from '../formats/scep/capabilities.ts';
import { allowedCiphers, allowedDigests } from '../profiles/allowed-algorithms.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';

/**
 * RFC 8894 §3.5.2. SHA-384 is no registered keyword, but strongSwan 5.9 takes AES and SHA-256 only from a server that
 * names it. Clients that read SHA-256 as the best of the list lose nothing by the order.
 */
export function capabilities(settings: ScepSettings, hasNextCa: boolean): readonly Capability[] {
  const digests = allowedDigests(settings);
  const ciphers = allowedCiphers(settings);
  const aes = ciphers.includes('aes128-cbc');
  const list: Capability[] = ['POSTPKIOperation'];
  if (aes && digests.includes('sha256')) list.push('SCEPStandard');
  if (aes) list.push('AES');
  if (ciphers.includes('des-ede3-cbc')) list.push('DES3');
  if (digests.includes('sha256')) list.push('SHA-256');
  if (digests.includes('sha384')) list.push('SHA-384');
  if (digests.includes('sha512')) list.push('SHA-512');
  if (digests.includes('sha1')) list.push('SHA-1');
  if (settings.server.renewal.byCertificate) list.push('Renewal');
  if (hasNextCa) list.push('GetNextCACert');
  return list;
}
