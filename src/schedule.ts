/** The table of timed work. Everything in it may run on several nodes at once and does no harm twice. */
import { hour, minute, second } from './lib/clock.ts';

/** A running server, as far as time moves it. */
type Parts = {
  readonly lifecycle: { renewDue(): Promise<unknown> };
  readonly authority: { publishDueCrls(): Promise<unknown> };
  readonly reconciling: { notify(): void };
  readonly administration: { forgetExpiredAnswers(): Promise<unknown> };
  renewTls(): Promise<unknown>;
  readonly foundation: { readonly log: { error(message: string, error: unknown): void } };
};

type Work = { readonly name: string; readonly every: number; readonly run: (parts: Parts) => unknown };

const table: readonly Work[] = [
  // What other nodes marked; this node's own marks are told at once.
  { name: 'reconcile', every: 5 * second, run: ({ reconciling }) => reconciling.notify() },
  { name: 'renew what is due', every: minute, run: ({ lifecycle }) => lifecycle.renewDue() },
  { name: 'publish CRLs before they end', every: 10 * minute, run: ({ authority }) => authority.publishDueCrls() },
  { name: 'renew our own TLS certificate', every: 12 * hour, run: (server) => server.renewTls() },
  {
    name: 'forget answers to repeated requests',
    every: hour,
    run: ({ administration }) => administration.forgetExpiredAnswers(),
  },
];

/** Each at once and then at its interval, never twice at the same time. Disposing waits for what runs. */
export function startSchedule(parts: Parts): AsyncDisposable {
  const timers: NodeJS.Timeout[] = [];
  const running = new Map<string, Promise<void>>();
  for (const { name, every, run } of table) {
    const turn = () => {
      if (running.has(name)) return;
      const done = (async () => run(parts))()
        .then(() => undefined)
        .catch((error: unknown) =>
          parts.foundation.log.error(`timed work failed and will be tried again: ${name}`, error),
        )
        .finally(() => running.delete(name));
      running.set(name, done);
    };
    turn();
    timers.push(setInterval(turn, every));
  }
  return {
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}
