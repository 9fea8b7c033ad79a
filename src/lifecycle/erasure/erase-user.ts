/**
 * A person is taken out of what is kept, at their wish or by law. First the directory forgets them, which takes away what their
 * devices had for them as any removal does; then their names are replaced by a pseudonym wherever they stand. The DER of certificates
 * stays until its retention: it is signed. Begun is finished, by another node or after a restart if need be.
 */
import type { DeviceId } from '../../directory/device.ts';
import type { UserId } from '../../directory/user.ts';
import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import type { Clock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { newId } from '../../lib/ids.ts';
import type { Transact } from '../../lib/transact.ts';
import { type Erasure, type ErasureStore, pseudonymOf, type Traces } from './erasure.ts';
import type { Person } from './find-person.ts';

export type EraseDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly erasures: ErasureStore;
  readonly steps: {
    readonly findPerson: (idOrName: string) => Promise<Person>;
    readonly removeUser: (userId: UserId, cause: Cause) => Promise<unknown>;
    /** Brings a device's deployments up to date; those of the user have ended then, held or not. */
    readonly reconcile: (deviceId: DeviceId, userId: string) => Promise<unknown>;
    readonly takeOut: (person: { readonly userId: string; readonly traces: Traces }) => Promise<Record<string, number>>;
  };
};

/**
 * `confirm`: the user principal name once more, typed by whoever wants it. Failures `user-not-found`, `ambiguous-name`,
 * `erasure-not-confirmed`.
 */
export async function beginErasure(
  deps: EraseDeps,
  input: { readonly user: string; readonly confirm: string; readonly cause: Cause },
): Promise<Erasure> {
  const { user, cause } = input;
  const person = await deps.steps.findPerson(user);
  const names = person.user === null ? [user] : [person.user.userPrincipalName];
  if (!names.some((name) => name.toLowerCase() === input.confirm.toLowerCase()))
    throw new Failure(
      'invalid',
      'erasure-not-confirmed',
      'An erasure cannot be undone: confirm it with the user principal name.',
    );
  const { userId, traces } = person;
  const erasure: Erasure = {
    id: newId(deps.clock),
    userId,
    pseudonym: pseudonymOf(userId),
    traces,
    progress: {},
    cause,
    begunAt: deps.clock.now(),
    endedAt: null,
  };
  await deps.transact(async () => {
    await deps.erasures.save(erasure);
    if (person.user !== null) await deps.steps.removeUser(userId, cause);
    await deps.events.append([
      {
        type: 'directory.erasure-begun',
        cause,
        subjects: [{ kind: 'user', id: userId }],
        data: { erasure: erasure.id, pseudonym: erasure.pseudonym },
      },
    ]);
  });
  return erasure;
}

/** The rest of it, as often as it takes. Answers what was changed by this call. */
export async function finishErasure(deps: EraseDeps, erasure: Erasure): Promise<Erasure> {
  const { traces, userId, id, pseudonym, cause } = erasure;
  if (traces === null) return erasure;
  for (const deviceId of traces.deviceIds) await deps.steps.reconcile(deviceId as DeviceId, userId);
  const progress = await deps.steps.takeOut({ userId, traces });
  const ended: Erasure = { ...erasure, traces: null, progress, endedAt: deps.clock.now() };
  await deps.transact(async () => {
    await deps.erasures.save(ended);
    await deps.events.append([
      {
        type: 'directory.erased',
        cause,
        subjects: [{ kind: 'user', id: userId }],
        data: { erasure: id, pseudonym, changed: progress },
      },
    ]);
  });
  return ended;
}
