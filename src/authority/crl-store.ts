import type { CertificateId } from './certificate.ts';
import type { IssuerId } from './issuer.ts';

/** A signed CRL as published. Numbers grow per issuer and shard (RFC 5280 §5.2.3): by one, by much after a restore. */
export type PublishedCrl = {
  readonly issuerId: IssuerId;
  readonly shard: number;
  readonly number: number;
  readonly der: Uint8Array;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
};

/** One list of an issuer. */
export type CrlShard = Pick<PublishedCrl, 'issuerId' | 'shard'>;

export type CrlStore = {
  latest(issuerId: IssuerId, shard: number): Promise<PublishedCrl | null>;
  /** The latest without the list itself. */
  latestState(issuerId: IssuerId, shard: number): Promise<Omit<PublishedCrl, 'der'> | null>;
  /** Of the latest; quick, however long the list is. */
  latestNumber(issuerId: IssuerId, shard: number): Promise<number | null>;
  /** False when that number or a higher one is stored already. */
  publish(crl: PublishedCrl): Promise<boolean>;
  /** Lists that do not show all revocations yet. */
  due(): Promise<readonly CrlShard[]>;
  /** What was revoked and is not known to be on a published list: read it before the revoked ones are read. */
  awaited(shard: CrlShard): Promise<readonly CertificateId[]>;
  /** A published list shows these. */
  shown(ids: readonly CertificateId[]): Promise<void>;
};
