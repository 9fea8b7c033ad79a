/**
 * The table of timed work. What names no lease may run on several nodes at once and does no harm twice; what names one runs
 * on the node that holds it, and fences what it publishes.
 */
import { hour, minute, second } from './lib/clock.ts';
import { type Lease, type Leases, leaseBeat } from './lib/lease.ts';

/** A running server, as far as time moves it. */
type Parts = {
  readonly lifecycle: { renewDue(): Promise<unknown>; revokeSuperseded(): Promise<unknown> };
  readonly authority: {
    publishDueCrls(): Promise<unknown>;
    publishRevocations(): Promise<unknown>;
    renewRegistrationAuthorities(lease: Lease): Promise<unknown>;
  };
  readonly reports: { countActivity(): Promise<unknown>; indexCertificates(lease: Lease): Promise<unknown> };
  readonly erasure: { finishDue(): Promise<unknown> };
  readonly retention: { runDue(): Promise<unknown> };
  readonly sealing: { seal(lease: Lease): Promise<unknown>; keepMark(): Promise<unknown> };
  readonly reconciling: { notify(): void };
  readonly delivery: { writeCalls(): Promise<unknown> };
  readonly webhooks: { turn(): Promise<void>; clear(): Promise<void> };
  readonly removals: {
    readonly revocations: { notify(): void };
    forget(): Promise<unknown>;
    remind(lease: Lease): Promise<unknown>;
  };
  readonly jobs: { readonly runner: { notify(): void } };
  readonly administration: { forgetExpiredAnswers(): Promise<unknown> };
  readonly access: { forget(): Promise<unknown> };
  readonly endings: { report(lease: Lease): Promise<unknown> };
  readonly ocsp: { renewSigners(lease: Lease): Promise<unknown> };
  renewTls(): Promise<unknown>;
  readonly foundation: {
    readonly log: { error(message: string, error: unknown): void };
    readonly leases: Pick<Leases, 'holdLease' | 'beat'>;
  };
};

type Work = { readonly name: string; readonly every: number } & (
  | { readonly lease?: never; readonly run: (parts: Parts) => unknown }
  /** The work of one node at a time. */
  | { readonly lease: string; readonly run: (parts: Parts, lease: Lease) => unknown }
);

const table: readonly Work[] = [
  { name: 'say that this node lives', every: leaseBeat, run: ({ foundation }) => foundation.leases.beat() },
  // What other nodes marked; this node's own marks are told at once.
  { name: 'reconcile', every: 5 * second, run: ({ reconciling }) => reconciling.notify() },
  { name: 'write when devices called', every: second, run: ({ delivery }) => delivery.writeCalls() },
  // Those that another node took, started or left.
  { name: 'work on jobs', every: 5 * second, run: ({ jobs }) => jobs.runner.notify() },
  // Receivers are called beside it: none of them is waited for.
  { name: 'deliver webhooks', every: second, lease: 'webhooks', run: ({ webhooks }) => webhooks.turn() },
  { name: 'clear old deliveries of webhooks', every: hour, lease: 'webhooks', run: ({ webhooks }) => webhooks.clear() },
  // What this node removes it revokes at once; here is what comes later, and what others left.
  { name: 'revoke what was removed', every: 5 * second, run: ({ removals }) => removals.revocations.notify() },
  { name: 'forget removals that are over', every: hour, run: ({ removals }) => removals.forget() },
  {
    name: 'remind of removals that wait',
    every: hour,
    lease: 'removal-reminders',
    run: ({ removals }, lease) => removals.remind(lease),
  },
  { name: 'renew what is due', every: minute, run: ({ lifecycle }) => lifecycle.renewDue() },
  // What this node revokes it publishes at once; here is what others left.
  { name: 'publish revocations', every: 5 * second, run: ({ authority }) => authority.publishRevocations() },
  { name: 'revoke what was superseded', every: 5 * second, run: ({ lifecycle }) => lifecycle.revokeSuperseded() },
  { name: 'publish CRLs before they end', every: 10 * minute, run: ({ authority }) => authority.publishDueCrls() },
  {
    name: 'renew RA certificates',
    every: hour,
    lease: 'registration-authorities',
    run: ({ authority }, lease) => authority.renewRegistrationAuthorities(lease),
  },
  { name: 'tell what ends', every: hour, lease: 'endings', run: ({ endings }, lease) => endings.report(lease) },
  { name: 'renew OCSP signers', every: minute, lease: 'authority', run: ({ ocsp }, lease) => ocsp.renewSigners(lease) },
  { name: 'count what happened', every: 5 * minute, run: ({ reports }) => reports.countActivity() },
  {
    name: 'bring certificates into the index',
    every: 10 * second,
    lease: 'certificate-index',
    run: ({ reports }, lease) => reports.indexCertificates(lease),
  },
  { name: 'renew our own TLS certificate', every: 12 * hour, run: (server) => server.renewTls() },
  { name: 'finish erasures', every: minute, run: ({ erasure }) => erasure.finishDue() },
  { name: 'remove what is old enough', every: 6 * hour, run: ({ retention }) => retention.runDue() },
  { name: 'seal the audit log', every: second, lease: 'audit', run: ({ sealing }, lease) => sealing.seal(lease) },
  { name: 'keep the mark of the audit log', every: minute, run: ({ sealing }) => sealing.keepMark() },
  {
    name: 'forget answers to repeated requests',
    every: hour,
    run: ({ administration }) => administration.forgetExpiredAnswers(),
  },
  { name: 'forget sessions, codes and failed sign-ins', every: hour, run: ({ access }) => access.forget() },
];

/** Each at once and then at its interval, never twice at the same time. Disposing waits for what runs. */
export function startSchedule(parts: Parts): AsyncDisposable {
  const timers: NodeJS.Timeout[] = [];
  const running = new Map<string, Promise<void>>();
  for (const work of table) {
    const { name, every } = work;
    const turn = () => {
      if (running.has(name)) return;
      const done = carryOut(work, parts)
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

async function carryOut(work: Work, parts: Parts): Promise<void> {
  if (work.lease === undefined) return void (await work.run(parts));
  const lease = await parts.foundation.leases.holdLease(work.lease);
  if (lease !== null) await work.run(parts, lease);
}
