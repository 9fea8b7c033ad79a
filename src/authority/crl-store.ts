import type { IssuerId } from './issuer.ts';

/** A signed CRL as published. Numbers grow by one per issuer and shard (RFC 5280 §5.2.3). */
export type PublishedCrl = {
  readonly issuerId: IssuerId;
  readonly shard: number;
  readonly number: number;
  readonly der: Uint8Array;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
};

export type CrlStore = {
  latest(issuerId: IssuerId, shard: number): Promise<PublishedCrl | null>;
  /** False when that number or a higher one is stored already. */
  publish(crl: PublishedCrl): Promise<boolean>;
};
