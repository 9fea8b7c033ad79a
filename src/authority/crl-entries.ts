import { encodeRevokedEntries } from '../formats/x509/crl.ts';
import { fromHex } from '../lib/bytes.ts';
import { nextTask } from '../lib/next-task.ts';
import type { CertificateStore, RevokedCertificate } from './certificate-store.ts';
import type { RevokedEntries, RevokedList, RevokedPlace, RevokedRun } from './revoked-entries.ts';

/** Most lists are no longer than this: read at once, in half a millisecond. */
const short = 200;

export type CrlEntriesDeps = {
  readonly certificates: Pick<CertificateStore, 'revoked'>;
  readonly revokedEntries: RevokedEntries;
};

/** All entries of a list, encoded, in runs. Of a list of any length, without stalling what else goes on. */
export async function crlEntries(
  { certificates, revokedEntries }: CrlEntriesDeps,
  list: RevokedList,
): Promise<readonly Uint8Array[]> {
  const first = revokedRun(await certificates.revoked(list, null, short), short);
  const runs = [first.entries];
  for (let { last, complete }: Omit<RevokedRun, 'entries'> = first; last !== null && !complete; ) {
    await nextTask();
    const run: RevokedRun = await revokedEntries.next(list, last);
    runs.push(run.entries);
    ({ last, complete } = run);
  }
  return runs.filter(({ length }) => length > 0);
}

/** What a list of at most `limit` comes to. */
export function revokedRun(revoked: readonly RevokedCertificate[], limit: number): RevokedRun {
  const entries = revoked.length === 0 ? new Uint8Array(0) : encodeRevokedEntries(revoked.map(entry));
  const last: RevokedPlace | null = revoked.at(-1) ?? null;
  return { entries, last, complete: revoked.length < limit };
}

function entry({ serial, revokedAt, revocationReason }: RevokedCertificate) {
  return { serial: fromHex(serial) ?? new Uint8Array(0), revokedAt, reason: revocationReason };
}
