/** What `/metrics` answers: this process's own counts, fresh, and the store's state, at most some seconds old. */
import { readdirSync } from 'node:fs';
import { eventLoopUtilization } from 'node:perf_hooks';
import type { MetricsUseCases } from '../http/metrics/routes.ts';
import { type Clock, minute, second } from '../lib/clock.ts';
import { gauge, type MetricFamily } from '../reporting/metrics/metric.ts';
import { countedGauges, storeGauges } from '../reporting/metrics/store-gauges.ts';
import type { Foundation } from './foundation.ts';

/** Scrapes within this time share what was read. */
const keptFor = 10 * second;
/** What is counted over all there is; nobody waits for it but the first. */
const countedFor = minute;

export function composeMetrics(foundation: Foundation): MetricsUseCases {
  const { store, clock, log, metrics } = foundation;
  const startedAt = clock.now() / 1000 - process.uptime();
  let profiles = new Map<string, Readonly<Record<string, string>>>();
  const profileLabels = (id: string) => profiles.get(id) ?? { profile: 'deleted', platform: 'unknown' };
  const read = sharedFor(keptFor, clock, async () => {
    profiles = new Map(
      (await store.profiles.all()).map(({ id, slug, settings: { platform } }) => [id, { profile: slug, platform }]),
    );
    return storeGauges(store, { now: clock.now() });
  });
  const count = sharedFor(countedFor, clock, async () => {
    const now = clock.now();
    const began = clock.monotonic();
    const families = await countedGauges(store, { now, profileLabels });
    return [
      ...families,
      gauge('scepward_counted_timestamp_seconds', 'When devices, deployments and ends of certificates were counted', [
        [{}, now / 1000],
      ]),
      gauge('scepward_counted_duration_seconds', 'What it took', [[{}, (clock.monotonic() - began) / 1000]]),
    ];
  });
  let counted: Promise<MetricFamily[]> | null = null;
  const recent = async () => {
    const fresh = count();
    const known = counted ?? fresh;
    fresh.then(
      () => {
        counted = fresh;
      },
      () => {},
    );
    return known;
  };
  return {
    async metrics() {
      // With the store away there still is what this process knows by itself.
      const families = await read()
        .then(async (now) => [...now, ...(await recent())])
        .catch((error: unknown) => {
          log.error('the state of the store cannot be read for metrics', error);
          return null;
        });
      return [
        ...metrics.families(profileLabels),
        gauge('scepward_store_up', '1 while the store answers', [[{}, families === null ? 0 : 1]]),
        ...(families ?? []),
        ...cryptoGauges(foundation),
        ...processFamilies(foundation, startedAt),
      ];
    },
  };
}

/** One reading at a time, and none while the last one is young. */
function sharedFor<T>(time: number, clock: Pick<Clock, 'monotonic'>, read: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | null = null;
  let until = 0;
  return () => {
    if (kept === null || clock.monotonic() >= until) {
      until = Number.POSITIVE_INFINITY;
      const reading = read();
      kept = reading;
      reading.then(
        () => {
          until = clock.monotonic() + time;
        },
        () => {
          kept = null;
        },
      );
    }
    return kept;
  };
}

function cryptoGauges({ pool }: Foundation): MetricFamily[] {
  return [
    gauge('scepward_crypto_queue', 'Jobs with private keys that wait or run', [[{}, pool.pending + pool.yielding]]),
    gauge('scepward_crypto_queue_limit', 'More jobs than these are refused', [[{}, pool.limit]]),
    gauge('scepward_crypto_alive', '1 while a thread is there that works with private keys', [
      [{}, Number(pool.alive)],
    ]),
  ];
}

function processFamilies({ config, node }: Foundation, startedAt: number): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const { active, idle } = eventLoopUtilization();
  return [
    gauge('scepward_info', 'What runs here', [
      [{ node, store: config.database.kind, runtime: process.version, pid: String(process.pid) }, 1],
    ]),
    gauge('process_start_time_seconds', 'When this process began', [[{}, startedAt]]),
    total('process_cpu_seconds_total', 'CPU of all threads', [[{}, (user + system) / 1e6]]),
    gauge('process_resident_memory_bytes', 'Resident memory', [[{}, rss]]),
    ...openFiles(),
    gauge('nodejs_heap_size_used_bytes', 'Of the main thread’s heap', [[{}, heapUsed]]),
    gauge('nodejs_heap_size_total_bytes', 'The main thread’s heap', [[{}, heapTotal]]),
    gauge('nodejs_external_memory_bytes', 'Buffers of the main thread', [[{}, external]]),
    total('nodejs_event_loop_seconds_total', 'Time of the main thread, at work or waiting', [
      [{ state: 'active' }, active / 1000],
      [{ state: 'idle' }, idle / 1000],
    ]),
  ];
}

function total(...[name, help, samples]: Parameters<typeof gauge>): MetricFamily {
  return { ...gauge(name, help, samples), type: 'counter' };
}

/** Only where the system tells. */
function openFiles(): MetricFamily[] {
  try {
    return [gauge('process_open_fds', 'Open files and sockets', [[{}, readdirSync('/proc/self/fd').length]])];
  } catch {
    return [];
  }
}
