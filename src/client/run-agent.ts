import { minute, second } from '../lib/clock.ts';
import { type Failure, isFailure } from '../lib/failure.ts';
import { randomInteger } from '../lib/random.ts';
import { type AgentRun, runSession } from './agent.ts';
import type { AgentDeps } from './agent-deps.ts';
import { type AgentSession, openAgentSession } from './agent-session.ts';

export type RunAgentOptions = {
  /** Ends the loop. */
  readonly signal: AbortSignal;
  /** `sleep.ts`, or a test's. */
  readonly sleep: (delay: number, signal: AbortSignal) => Promise<void>;
  readonly onRun: (run: AgentRun) => void;
  /** A failure after which the loop goes on. `retryIn`: ms. */
  readonly onFailure: (failure: Failure, retryIn: number) => void;
};

const longestBackoff = 15 * minute;

/**
 * Runs until told to stop, or until the server retires this device. Between runs it waits for the server to wake it, at
 * most until the cadence says so. Throws what repeating cannot mend: a refused credential, a state that does not read.
 */
export async function runAgent(deps: AgentDeps, options: RunAgentOptions): Promise<'stopped' | 'retired'> {
  const { signal } = options;
  await using session = await openAgentSession(deps);
  let failures = 0;
  while (!signal.aborted) {
    try {
      const run = await runSession(session);
      failures = 0;
      options.onRun(run);
      if (run.retired) return 'retired';
      await waitForNews(session, options, withJitter(run.nextRun - deps.clock.now()));
    } catch (error) {
      if (!isFailure(error) || !mayPass(error)) throw error;
      failures += 1;
      const retryIn = backoff(failures);
      options.onFailure(error, retryIn);
      await options.sleep(retryIn, signal);
    }
  }
  return 'stopped';
}

function mayPass(failure: Failure): boolean {
  return failure.kind === 'unavailable' || failure.kind === 'limited' || failure.kind === 'malformed';
}

/** Doubles from 5 s, and spreads by half, so that a fleet does not come back all at once. */
export function backoff(failures: number): number {
  const full = Math.min(5 * second * 2 ** (failures - 1), longestBackoff);
  return full / 2 + randomInteger(full / 2 + 1);
}

/** Up to a tenth later, and never at once. */
function withJitter(delay: number): number {
  const least = Math.max(delay, second);
  return least + randomInteger(Math.ceil(least / 10) + 1);
}

async function waitForNews(session: AgentSession, options: RunAgentOptions, delay: number): Promise<void> {
  const done = new AbortController();
  const either = AbortSignal.any([options.signal, done.signal]);
  const listening = listen(session, options, either).finally(() => done.abort());
  await options.sleep(delay, either);
  done.abort();
  await listening;
}

/**
 * Returns when the server says that something changed, or knows this device no more, which the next check-in then says for
 * good. A server that cannot be asked is asked again later.
 */
async function listen(session: AgentSession, options: RunAgentOptions, signal: AbortSignal): Promise<void> {
  const { wakeVersion, credential } = session.state;
  if (wakeVersion === null) return options.sleep(longestBackoff, signal);
  let failures = 0;
  while (!signal.aborted) {
    try {
      const { changed } = await session.api.wake(credential, wakeVersion, signal);
      if (changed) return;
      failures = 0;
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (signal.aborted) return;
      failures += 1;
      await options.sleep(backoff(failures), signal);
      if (error.kind === 'unauthenticated') return;
    }
  }
}
