import { addedUp, type MetricFamily } from './metric.ts';

/** Counts by label values, in this process, since its start. */
export type Counter = {
  /** One value for each label, in their order. Costs a look-up. */
  add(...values: readonly string[]): void;
  /** `named` may give a sample other labels, such as a name for an id; samples that become alike are added up. */
  family(named?: (labels: Readonly<Record<string, string>>) => Readonly<Record<string, string>>): MetricFamily;
};

/** Series beyond these are counted together under `other`: nobody fills the memory, ours or Prometheus's. */
const mostSeries = 2000;

export function counter(name: string, help: string, labels: readonly string[]): Counter {
  const counts = new Map<string, { readonly values: readonly string[]; count: number }>();
  const other = { values: labels.map(() => 'other'), count: 0 };
  return {
    add(...values) {
      const key = values.join('\n');
      const known = counts.get(key);
      if (known !== undefined) known.count += 1;
      else if (counts.size < mostSeries) counts.set(key, { values, count: 1 });
      else other.count += 1;
    },
    family(named = (given) => given) {
      const all = other.count > 0 ? [...counts.values(), other] : [...counts.values()];
      const told = addedUp(
        all.map(({ values, count }) => {
          const own = Object.fromEntries(labels.map((label, at) => [label, values[at] ?? '']));
          return [named(own), count];
        }),
      );
      return { name, help, type: 'counter', samples: told.map(([labels, value]) => ({ labels, value })) };
    },
  };
}
