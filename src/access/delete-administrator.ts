import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Transact } from '../lib/transact.ts';
import type { AdministratorId } from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import type { Principal } from './principal.ts';
import { expectAdministrator, expectWithin, type RightsOfOthers, refuseLast } from './save-administrator.ts';
import { subjectOf } from './start-session.ts';

/**
 * Takes an administrator out, with all by which they could sign in; their name stays in the audit log. Failures:
 * `administrator-not-found`, `administrator-version` (If-Match), `last-administrator`, `beyond-own-rights`.
 */
export async function deleteAdministrator(
  deps: {
    readonly transact: Transact;
    readonly administrators: Pick<AdministratorStore, 'get' | 'all' | 'lock' | 'remove'>;
    readonly rights: RightsOfOthers;
    readonly events: Pick<EventLog, 'append'>;
  },
  input: {
    readonly id: AdministratorId;
    readonly version: number | null;
    readonly by: Principal;
    readonly cause: Cause;
  },
): Promise<void> {
  const { administrators } = deps;
  await deps.transact(async () => {
    await administrators.lock();
    const known = await expectAdministrator(administrators, input.id, input.version);
    await expectWithin(deps.rights, input.by, known);
    if (known.state === 'active') await refuseLast(deps, known);
    await administrators.remove(known.id);
    const { name, signInName, state } = known;
    await deps.events.append([
      {
        type: 'access.administrator-deleted',
        cause: input.cause,
        subjects: [subjectOf(known)],
        data: { name, signInName, before: { name, signInName, state } },
      },
    ]);
  });
}
