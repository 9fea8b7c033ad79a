/** What a scrape asks of the store. Indexes answer, without a look at what they are of; on SQLite a thread of its own does. */
export type GaugeStore = {
  /** The latest list of each issuer and shard, at most 1000. */
  crls(): Promise<readonly CrlReading[]>;
  /** What waits for somebody. */
  queues(): Promise<{
    readonly approvals: number;
    readonly jobs: number;
    /** Mass removals that wait for a confirmation. */
    readonly removals: number;
    /** Since when the first of them waits, ms; null: none does. */
    readonly removalsSince: number | null;
  }>;
  /**
   * How many certificates that are not revoked end from each of `times` (ms, in order) to the next, and from the last on.
   * Those of authorities and those that have been renewed are among them.
   */
  ends(times: readonly number[]): Promise<readonly number[]>;
  /** Renewals whose time has come and that have not been opened, and since when the first of them is due, ms. */
  renewals(now: number): Promise<{ readonly due: number; readonly since: number | null }>;
  webhooks(): Promise<readonly WebhookReading[]>;
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

export type WebhookReading = {
  readonly name: string;
  readonly enabled: boolean;
  readonly waiting: number;
  /** When the oldest of these was handed out, ms UTC. */
  readonly waitingSince: number | null;
  readonly dead: number;
  /** Of the receiver, in a row. */
  readonly failures: number;
};
