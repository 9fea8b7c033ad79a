import { encodeRevokedEntries } from '../formats/x509/crl.ts';
import { fromHex } from '../lib/bytes.ts';
import { nextTask } from '../lib/next-task.ts';
import type { CertificateStore, RevokedCertificate } from './certificate-store.ts';
import type { IssuerId } from './issuer.ts';

/** Read and laid out in a millisecond: nobody else on this thread waits longer. */
const slice = 400;

/** All entries of a list, encoded, in runs. Of a list of any length, without stalling what else goes on. */
export async function crlEntries(
  certificates: Pick<CertificateStore, 'revoked'>,
  crl: { readonly issuerId: IssuerId; readonly shard: number; readonly endedBefore: number },
): Promise<readonly Uint8Array[]> {
  const runs: Uint8Array[] = [];
  let last: RevokedCertificate | null = null;
  for (;;) {
    const revoked: readonly RevokedCertificate[] = await certificates.revoked(crl, last, slice);
    if (revoked.length > 0) runs.push(encodeRevokedEntries(revoked.map(entry)));
    if (revoked.length < slice) return runs;
    last = revoked.at(-1) ?? null;
    await nextTask();
  }
}

function entry({ serial, revokedAt, revocationReason }: RevokedCertificate) {
  return { serial: fromHex(serial) ?? new Uint8Array(0), revokedAt, reason: revocationReason };
}
