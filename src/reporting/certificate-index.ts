/**
 * What certificates are searched by. It is made segment by segment in the order of issuing, after the fact; those that no
 * segment holds yet are searched directly, so that a search is always complete.
 */
import type { CertificateId } from '../authority/certificate.ts';

export type CertificateSegment = {
  readonly number: number;
  /** Holds the certificates behind this id, up to and with `lastId`. */
  readonly afterId: string;
  readonly lastId: CertificateId;
  readonly certificates: number;
  /** Ends of validity, ms. */
  readonly earliestEnd: number;
  readonly latestEnd: number;
};

export type PreparedSegment = CertificateSegment & {
  readonly postings: readonly (readonly [bucket: number, content: Uint8Array])[];
  readonly texts: readonly string[];
  /** What lists filter and sort by. */
  readonly columns: Uint8Array;
};

/** The reading side: long work, elsewhere than issuing. */
export type SegmentSource = {
  /** The next segment, of so many certificates with ids below this one; null: there are too few. */
  next(before: string, certificates: number): Promise<PreparedSegment | null>;
  /** What lists filter and sort by, of a segment that is there. */
  columns(segment: number): Promise<Uint8Array>;
};

export type CertificateIndex = {
  /** Certificates that a segment can hold. */
  readonly segmentSize: number;
  /** Certificates with ids below this one that no segment holds; counts to `most`. */
  waiting(before: string, most: number): Promise<number>;
  /** Rows of a segment that nobody reads yet: those from `from` on, so many. Repeating it changes nothing. False: there were no more. */
  write(segment: PreparedSegment, from: number, count: number): Promise<boolean>;
  /** From now on it is read. */
  publish(segment: PreparedSegment, now: number): Promise<void>;
  /** The first segment of those made since then that a certificate was added to meanwhile; null: none. */
  firstOutdated(since: number): Promise<number | null>;
  /** A segment whose certificates have all been deleted; null: none. */
  firstEmpty(): Promise<number | null>;
  remove(number: number): Promise<void>;
  /** It and all after it are read no more, and will be made again. */
  withdrawFrom(number: number): Promise<void>;
};

/** Columns that went with a name that was erased are made again. */
export type SegmentColumns = {
  /** A segment that has none; null: all have. */
  firstMissing(): Promise<number | null>;
  write(segment: number, columns: Uint8Array): Promise<void>;
};
