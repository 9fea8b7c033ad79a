import type { CreatedAuthority } from '../../src/authority/create-authority.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { opensslText } from './openssl.ts';

/** `openssl verify -x509_strict` up to the authority's root; throws with its words when it does not hold. */
export async function verifyWithOpenssl(
  { root, issuer }: Pick<CreatedAuthority, 'root' | 'issuer'>,
  certificate: Uint8Array,
): Promise<void> {
  await opensslText(['verify', '-x509_strict', '-CAfile', 'root.pem', '-untrusted', 'issuer.pem', 'leaf.pem'], {
    files: {
      'root.pem': toPem('CERTIFICATE', root.certificate),
      'issuer.pem': toPem('CERTIFICATE', issuer.certificate),
      'leaf.pem': toPem('CERTIFICATE', certificate),
    },
  });
}
