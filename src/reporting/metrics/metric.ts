/** One family of a scrape, as the exposition format of Prometheus has it. */
export type MetricFamily = {
  /** `scepward_…`, in base units: seconds, bytes; a counter ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly MetricSample[];
};

export type MetricSample = {
  /** `_bucket`, `_sum`, `_count` of a histogram; else nothing. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Readings that were taken elsewhere. */
export function gauge(
  name: string,
  help: string,
  samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[],
): MetricFamily {
  return { name, help, type: 'gauge', samples: samples.map(([labels, value]) => ({ labels, value })) };
}

/** Those with the same labels as one: two series that look alike would make a scraper refuse all. */
export function addedUp(
  samples: Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>,
): readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[] {
  const sums = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();
  for (const [labels, value] of samples) {
    const key = JSON.stringify(labels);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { labels, value });
    else sum.value += value;
  }
  return [...sums.values()].map(({ labels, value }) => [labels, value] as const);
}
