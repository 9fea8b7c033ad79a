import type { Certificate } from './certificate.ts';
import type { IssuerId } from './issuer.ts';

/** One list of revoked certificates, without what ended and was revoked before `endedBefore`. */
export type RevokedList = { readonly issuerId: IssuerId; readonly shard: number; readonly endedBefore: number };

/** A place in a list, which is in the order of revocation. */
export type RevokedPlace = Pick<Certificate, 'id'> & { readonly revokedAt: number };

export type RevokedRun = {
  /** Entries of a CRL, DER, one after the other. */
  readonly entries: Uint8Array;
  /** Of the last of them. */
  readonly last: RevokedPlace | null;
  /** Whether nothing follows. */
  readonly complete: boolean;
};

/** Long lists: on SQLite they are read and laid out beside the main thread, which issues. */
export type RevokedEntries = {
  /** As many entries as are at hand quickly, that follow on `after`. */
  next(list: RevokedList, after: RevokedPlace): Promise<RevokedRun>;
};
