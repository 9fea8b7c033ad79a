/**
 * A strict reader of Prometheus's text format 0.0.4, which throws on whatever `promtool check metrics` would mind: HELP and
 * TYPE before the samples, families in one piece, names, escapes, no series twice, histograms whole and growing.
 */
export type Exposed = {
  readonly families: ReadonlyMap<string, { readonly help: string; readonly type: string }>;
  /** `name{a="b"}`, labels in order of their names, and its value. */
  readonly samples: ReadonlyMap<string, number>;
};

type Sample = { readonly name: string; readonly labels: ReadonlyMap<string, string>; readonly value: number };

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

export function parseExposition(text: string): Exposed {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, { help: string; type: string }>();
  const samples = new Map<string, number>();
  const histograms = new Map<string, Sample[]>();
  let current: { name: string; type: string } | null = null;
  let announced: { name: string; help: string } | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (help !== null) announced = { name: help[1] as string, help: help[2] as string };
    else if (type !== null) {
      const [, name, kind] = type as unknown as [string, string, string];
      if (announced?.name !== name) throw new Error(`TYPE without HELP: ${line}`);
      if (families.has(name)) throw new Error(`a family in two pieces: ${line}`);
      if ((kind === 'counter') !== name.endsWith('_total')) throw new Error(`not named as a ${kind}: ${line}`);
      families.set(name, { help: announced.help, type: kind });
      current = { name, type: kind };
    } else {
      const sample = parseSample(line);
      if (current === null || !belongs(sample.name, current)) throw new Error(`a sample of no family: ${line}`);
      const key = keyOf(sample);
      if (samples.has(key)) throw new Error(`twice: ${line}`);
      samples.set(key, sample.value);
      if (current.type === 'histogram') histograms.set(current.name, [...(histograms.get(current.name) ?? []), sample]);
      else if (current.type === 'counter' && sample.value < 0) throw new Error(`below zero: ${line}`);
    }
  }
  for (const [name, own] of histograms) checkHistogram(name, own);
  return { families, samples };
}

function parseSample(line: string): Sample {
  const match = sampleLine.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = '', pairs = '', text = ''] = match;
  const labels = new Map<string, string>();
  labelPair.lastIndex = 0;
  while (labelPair.lastIndex < pairs.length) {
    const pair = labelPair.exec(pairs);
    if (pair === null) throw new Error(`labels do not parse: ${line}`);
    if (labels.has(pair[1] as string)) throw new Error(`a label twice: ${line}`);
    labels.set(pair[1] as string, pair[2] as string);
  }
  if (!/^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]Inf|NaN)$/i.test(text)) throw new Error(`no number: ${line}`);
  return { name, labels, value: Number(text.replace('Inf', 'Infinity')) };
}

function belongs(sample: string, { name, type }: { name: string; type: string }): boolean {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].some((end) => sample === name + end) : sample === name;
}

function keyOf({ name, labels }: Sample): string {
  const pairs = [...labels].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = Map.groupBy(samples, ({ labels }) =>
    [...labels]
      .filter(([label]) => label !== 'le')
      .map((pair) => pair.join('='))
      .join(','),
  );
  for (const own of series.values()) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number((labels.get('le') ?? 'none').replace('+Inf', 'Infinity')));
    const values = buckets.map(({ value }) => value);
    const grows = (list: readonly number[]) => list.every((each, at) => at === 0 || each >= (list[at - 1] as number));
    const count = own.find((sample) => sample.name === `${name}_count`)?.value;
    if (!grows(bounds) || !grows(values) || bounds.at(-1) !== Number.POSITIVE_INFINITY || values.at(-1) !== count)
      throw new Error(`the buckets of ${name} do not add up`);
    if (!own.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  }
}
