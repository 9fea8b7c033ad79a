import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { type SessionLifetime, type SessionLifetimeStore, sessionLifetimeBounds } from './session.ts';

/** Failure `session-lifetime`: outside its bounds, or a session would end before it may be idle. */
export async function saveSessionLifetime(
  deps: {
    readonly transact: Transact;
    readonly sessionLifetime: SessionLifetimeStore;
    readonly events: Pick<EventLog, 'append'>;
  },
  { lifetime, cause }: { readonly lifetime: SessionLifetime; readonly cause: Cause },
): Promise<SessionLifetime> {
  const { idle, absolute } = lifetime;
  for (const name of ['idle', 'absolute'] as const) {
    const { least, most } = sessionLifetimeBounds[name];
    if (lifetime[name] < least || lifetime[name] > most)
      throw new Failure('invalid', 'session-lifetime', `${name} must lie between ${least} and ${most} ms.`, {
        field: name,
      });
  }
  if (idle > absolute) {
    const message = 'A session cannot be idle for longer than it lasts: choose a smaller idle or a larger absolute.';
    throw new Failure('invalid', 'session-lifetime', message, { field: 'idle' });
  }
  return deps.transact(async () => {
    const before = await deps.sessionLifetime.get();
    if (before.idle === idle && before.absolute === absolute) return before;
    const after = { idle, absolute };
    await deps.sessionLifetime.put(after);
    await deps.events.append([
      { type: 'access.session-lifetime-changed', cause, subjects: [], data: { before, after } },
    ]);
    return after;
  });
}
