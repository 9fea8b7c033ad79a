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

/** A family of one or more readings that were taken elsewhere. */
export function gauge(
  name: string,
  help: string,
  samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[],
): MetricFamily {
  return { name, help, type: 'gauge', samples: samples.map(([labels, value]) => ({ labels, value })) };
}
