import { systemCause } from '../events/event.ts';
import { type Sealed, sealEvents } from '../events/seal/seal-events.ts';
import { announcement, announcements, createSealer, type Sealer } from '../events/seal/sealer.ts';
import { second } from '../lib/clock.ts';
import { fence, type Lease } from '../lib/lease.ts';
import type { Foundation } from './foundation.ts';
import { composeSealMark } from './seal-mark.ts';

export type SealingFeature = ReturnType<typeof composeSealing>;

/** What seals the audit log while the server runs. */
export function composeSealing(foundation: Foundation) {
  const { store, clock, node, log, auditKey } = foundation;
  const keepMark = composeSealMark(foundation);
  const sealing = { chain: store.sealChain, events: store.storedEvents, key: auditKey, by: { clock, node } };
  const announces = announcements(clock);
  const onSealed = async (sealed: Sealed) => {
    // The line that whoever keeps the log has to hold against the chain later.
    log.info('audit log sealed', announcement(sealed));
    if (!announces(sealed)) return;
    const data = announcement(sealed);
    await store.transact(() => store.events.append([{ type: 'audit.sealed', cause: systemCause, subjects: [], data }]));
  };
  let current: { readonly lease: Lease; readonly sealer: Sealer } | null = null;

  function sealerFor(lease: Lease): Sealer {
    if (current?.lease.token === lease.token) return current.sealer;
    const publish = <T>(work: () => Promise<T>) =>
      store.transact(async () => {
        await fence(store.leases, lease);
        return work();
      });
    const sealer = createSealer({
      seal: (after) => sealEvents({ ...sealing, publish }, { after }),
      chain: store.sealChain,
      clock,
      lateness: store.kind === 'sqlite' ? 0 : 10 * second,
      onSealed,
    });
    current = { lease, sealer };
    return sealer;
  }

  return {
    /** One round by the holder of the lease. */
    seal: (lease: Lease): Promise<Sealed> => sealerFor(lease).round(),
    /** Of every node: what it knows of the chain outside of the database. */
    keepMark,
    /** Before the store is closed: what the last requests wrote. The next start would do it too. */
    sealRest: async () => {
      if (current === null) return;
      const rest = current.sealer
        .round()
        .then(keepMark)
        .catch((error: unknown) => log.error('sealing the rest of the audit log failed', error));
      await Promise.race([rest, new Promise((resolve) => setTimeout(resolve, 2 * second).unref())]);
    },
  };
}
