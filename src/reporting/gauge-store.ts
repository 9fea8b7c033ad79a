/** What a scrape asks of the store: each in one bounded query that an index answers, whatever the number of certificates. */
export type GaugeStore = {
  /** The latest list of each issuer and shard, at most 1000. */
  crls(): Promise<readonly CrlReading[]>;
  approvalsWaiting(): Promise<number>;
};

export type CrlReading = {
  readonly issuerId: string;
  readonly shard: number;
  readonly number: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Certificates that were revoked since, and stand in no list yet. */
  readonly waiting: number;
  /** When the first of these was revoked, ms UTC. */
  readonly waitingSince: number | null;
};
