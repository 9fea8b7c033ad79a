import type { MetricFamily, MetricSample } from './metric.ts';

/** How long things took, by one label whose values are few and known beforehand. */
export type Histogram<Value extends string> = {
  observe(value: Value, milliseconds: number): void;
  family(): MetricFamily;
};

/** Seconds. From what a signature takes to what makes a client give up. */
const usualBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

export function histogram<Value extends string>(
  name: string,
  help: string,
  label: string,
  values: readonly Value[],
  bounds: readonly number[] = usualBounds,
): Histogram<Value> {
  const series = new Map(values.map((value) => [value, { counts: bounds.map(() => 0), count: 0, sum: 0 }]));
  return {
    observe(value, milliseconds) {
      const own = series.get(value);
      if (own === undefined) return;
      const seconds = milliseconds / 1000;
      own.count += 1;
      own.sum += seconds;
      for (let at = 0; at < bounds.length; at++)
        if (seconds <= (bounds[at] as number)) {
          own.counts[at] = (own.counts[at] as number) + 1;
          return;
        }
    },
    family() {
      const samples = [...series].flatMap(([value, { counts, count, sum }]): MetricSample[] => {
        let below = 0;
        return [
          ...counts.map((own, at) => {
            below += own;
            return { suffix: '_bucket', labels: { [label]: value, le: String(bounds[at]) }, value: below };
          }),
          { suffix: '_bucket', labels: { [label]: value, le: '+Inf' }, value: count },
          { suffix: '_sum', labels: { [label]: value }, value: sum },
          { suffix: '_count', labels: { [label]: value }, value: count },
        ];
      });
      return { name, help, type: 'histogram', samples };
    },
  };
}
