/** What marking, sealing and verifying 100,000 events costs, and how long it keeps the event loop from others. SQLite. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemCause } from '../src/events/event.ts';
import { systemClock } from '../src/lib/clock.ts';
import { newId } from '../src/lib/ids.ts';
import { openSealedStore } from '../test/support/sealed-store.ts';
import { type Figure, say } from './support/measure.ts';

const events = 100_000;
const perTransaction = 1000;

async function measured(work: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const begun = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  // The monitor's own timer is late by its resolution.
  return {
    micros: (user + system) / events,
    seconds: (performance.now() - begun) / 1000,
    p99: delay.percentile(99) / 1e6,
  };
}

export async function seals(): Promise<readonly Figure[]> {
  await using store = await openSealedStore('sqlite');
  say(`making ${events} events …`);
  for (let made = 0; made < events; made += perTransaction)
    await store.transact(() =>
      store.events.append(
        Array.from({ length: perTransaction }, (_, at) => ({
          type: 'certificate.issued' as const,
          cause: systemCause,
          subjects: (['device', 'deployment', 'profile', 'certificate'] as const).map((kind) => ({
            kind,
            id: newId(systemClock),
          })),
          data: { serial: 'ab'.repeat(16), subject: `CN=device-${made + at},OU=Fleet,O=Alder & Finch`, generation: 1 },
        })),
      ),
    );
  const sealing = await measured(() => store.seal());
  const verifying = await measured(async () => {
    const report = await store.verify();
    if (report.found > 0 || report.events !== events) throw new Error('the seals do not hold');
  });
  const marks = await measured(async () => {
    const text = 'x'.repeat(650);
    for (let at = 0; at < events; at++) store.key.mark(text);
  });
  return [
    { name: 'marking an event when it is written, CPU', value: marks.micros, unit: 'µs', goal: { most: 5 } },
    { name: 'sealing an event, CPU', value: sealing.micros, unit: 'µs', goal: { most: 50 } },
    { name: `sealing ${events} events`, value: sealing.seconds, unit: 's', goal: null },
    {
      name: 'event loop delay while sealing them, 99th percentile',
      value: sealing.p99,
      unit: 'ms',
      goal: null,
    },
    { name: 'verifying an event, CPU', value: verifying.micros, unit: 'µs', goal: { most: 100 } },
    { name: 'event loop delay while verifying, 99th percentile', value: verifying.p99, unit: 'ms', goal: null },
  ];
}
