/**
 * Work that one node at a time shall do. The lease lies in the store; its holder moves a counter. Clocks of different
 * nodes are never compared: a contender takes over when the counter stood still for `leaseTerm` on its own monotonic clock.
 * A holder may then be alive yet and not know (it was stopped, or cut off): whatever must not be done twice is written in a
 * transaction that begins with `fence`.
 */
import { type Clock, second } from './clock.ts';
import { Failure } from './failure.ts';
import type { Transact } from './transact.ts';

/** As held: `token` grows with every change of the holder. */
export type Lease = { readonly name: string; readonly token: number };

export type LeaseRecord = Lease & {
  /** The node, for people to read; null: nobody's. */
  readonly holder: string | null;
  /** Grows as long as the holder lives. */
  readonly beat: number;
};

export type LeaseStore = {
  all(): Promise<readonly LeaseRecord[]>;
  find(name: string): Promise<LeaseRecord | null>;
  /** Only if the lease is still as `seen` (null: there was none), else null. */
  take(name: string, holder: string, seen: LeaseRecord | null): Promise<Lease | null>;
  /**
   * Moves the counter; false when the lease is another's by now. Until the end of the transaction nobody else takes it.
   */
  beat(lease: Lease): Promise<boolean>;
  /** Nobody's from now on, unless it is another's already. */
  release(lease: Lease): Promise<void>;
};

/** How long a holder may be silent. Its counter moves several times as often. */
export const leaseTerm = 20 * second;
export const leaseBeat = 5 * second;

/** The leases of one node. Disposing releases them. */
export type Leases = AsyncDisposable & {
  /** The lease, kept until it is lost or the node stops; null while another node has it. For work that comes again. */
  holdLease(name: string): Promise<Lease | null>;
  /** Runs `work` and releases; null, without running it, while another node has the lease. On one node: in turns. */
  withLease<T>(name: string, work: (lease: Lease) => Promise<T>): Promise<T | null>;
  /** To be called every `leaseBeat`: moves the counters of what is held, looks at those of what was asked for in vain. */
  beat(): Promise<void>;
};

export function createLeases(deps: {
  readonly leases: LeaseStore;
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** This node's name. */
  readonly node: string;
}): Leases {
  const { leases, transact, clock, node } = deps;
  /** When the counter last moved by our hand. */
  const held = new Map<string, { readonly lease: Lease; beatAt: number }>();
  /** Of others, as first seen with this counter. */
  const watched = new Map<string, { readonly record: LeaseRecord; readonly since: number }>();
  const turns = new Map<string, Promise<unknown>>();
  const taking = new Map<string, Promise<Lease | null>>();

  /** Notes what is there, and says whether it may be taken. */
  function isFree(name: string, record: LeaseRecord | null): boolean {
    if (record === null || record.holder === null) return true;
    const known = watched.get(name);
    const now = clock.monotonic();
    if (known?.record.token === record.token && known.record.beat === record.beat)
      return now - known.since >= leaseTerm;
    watched.set(name, { record, since: now });
    return false;
  }

  async function take(name: string): Promise<Lease | null> {
    const before = clock.monotonic();
    const seen = await leases.find(name);
    if (!isFree(name, seen)) return null;
    const lease = await transact(() => leases.take(name, node, seen));
    if (lease === null) return null;
    watched.delete(name);
    held.set(name, { lease, beatAt: before });
    return lease;
  }

  /** Of what is held, whatever happens: true if it is ours for another `leaseTerm`. */
  async function renew(name: string): Promise<boolean> {
    const known = held.get(name);
    if (known === undefined) return false;
    const before = clock.monotonic();
    const ours = await transact(() => leases.beat(known.lease));
    if (ours) known.beatAt = before;
    else if (held.get(name) === known) held.delete(name);
    return ours;
  }

  async function acquire(name: string): Promise<Lease | null> {
    const known = held.get(name);
    if (known !== undefined && (clock.monotonic() - known.beatAt < leaseTerm || (await renew(name))))
      return known.lease;
    const under = taking.get(name) ?? take(name).finally(() => taking.delete(name));
    taking.set(name, under);
    return under;
  }

  async function release(name: string): Promise<void> {
    const known = held.get(name);
    if (known === undefined) return;
    held.delete(name);
    await transact(() => leases.release(known.lease));
  }

  return {
    holdLease: (name) => (turns.has(name) ? Promise.resolve(null) : acquire(name)),
    withLease(name, work) {
      const before = turns.get(name) ?? Promise.resolve();
      const turn = before
        .catch(() => undefined)
        .then(async () => {
          const lease = await acquire(name);
          if (lease === null) return null;
          try {
            return await work(lease);
          } finally {
            await release(name);
          }
        })
        .finally(() => {
          if (turns.get(name) === turn) turns.delete(name);
        });
      turns.set(name, turn);
      return turn;
    },
    async beat() {
      for (const name of [...held.keys()]) await renew(name);
      for (const name of [...watched.keys()]) isFree(name, await leases.find(name));
    },
    async [Symbol.asyncDispose]() {
      // With the store away they cannot be released, and go over by themselves.
      for (const name of [...held.keys()]) await release(name).catch(() => undefined);
    },
  };
}

/**
 * First in the transaction that publishes: what follows is stored only if the lease is still ours. Failure `lease-lost`.
 */
export async function fence(leases: Pick<LeaseStore, 'beat'>, lease: Lease): Promise<void> {
  if (await leases.beat(lease)) return;
  throw new Failure('conflict', 'lease-lost', `Another node does this work by now: ${lease.name}.`, {
    lease: lease.name,
  });
}
