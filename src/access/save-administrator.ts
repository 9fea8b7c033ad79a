import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { fieldChanges } from '../events/field-change.ts';
import type { Bound } from '../lib/bound.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import {
  type Administrator,
  type AdministratorId,
  type AdministratorState,
  parseAdministratorName,
  parseSignInName,
} from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import type { endSessions } from './end-sessions.ts';
import { subjectOf } from './start-session.ts';

export type SaveAdministratorDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly administrators: Pick<AdministratorStore, 'get' | 'findBySignInName' | 'all' | 'lock' | 'save'>;
  readonly endSessions: Bound<typeof endSessions>;
  readonly events: Pick<EventLog, 'append'>;
};

export type AdministratorInput = {
  readonly name: string;
  readonly signInName: string;
  readonly state: AdministratorState;
};

/**
 * Adds an administrator (`id` null), who cannot sign in before they get a code, or changes one; who is disabled loses their
 * sessions. Failures: `administrator-not-found`, `administrator-version` (If-Match), `sign-in-name-taken`,
 * `last-administrator`, and those of the parsers.
 */
export async function saveAdministrator(
  deps: SaveAdministratorDeps,
  input: AdministratorInput & {
    readonly id: AdministratorId | null;
    readonly version: number | null;
    readonly cause: Cause;
  },
): Promise<Administrator> {
  const { administrators, clock } = deps;
  const name = parseAdministratorName(input.name);
  const signInName = parseSignInName(input.signInName);
  const { state, cause } = input;
  return deps.transact(async () => {
    await administrators.lock();
    const known = input.id === null ? null : await expectAdministrator(administrators, input.id, input.version);
    const namesake = await administrators.findBySignInName(signInName);
    if (namesake !== null && namesake.id !== known?.id)
      throw new Failure(
        'conflict',
        'sign-in-name-taken',
        `Another administrator signs in as “${namesake.signInName}”.`,
        {
          field: 'signInName',
        },
      );
    if (known?.state === 'active' && state === 'disabled') await refuseLast(administrators, known);
    const now = clock.now();
    const administrator: Administrator = {
      id: known?.id ?? newId<AdministratorId>(clock),
      name,
      signInName,
      state,
      version: (known?.version ?? 0) + 1,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      lastSignInAt: known?.lastSignInAt ?? null,
    };
    const changes = fieldChanges(known, administrator, ['name', 'signInName', 'state']);
    if (known !== null && changes.length === 0) return known;
    if (!(await administrators.save(administrator))) throw versionFailure(administrator.version - 1, null);
    if (state === 'disabled') await deps.endSessions({ administrator, which: { but: null }, why: 'disabled', cause });
    await deps.events.append([
      {
        type: 'access.administrator-saved',
        cause,
        subjects: [subjectOf(administrator)],
        data: { name, signInName, state, changes },
      },
    ]);
    return administrator;
  });
}

/** The administrator, when they are there and of the version that was edited. */
export async function expectAdministrator(
  administrators: Pick<AdministratorStore, 'get'>,
  id: AdministratorId,
  version: number | null,
): Promise<Administrator> {
  const known = await administrators.get(id);
  if (known === null)
    throw new Failure('not-found', 'administrator-not-found', 'There is no such administrator.', { administrator: id });
  if (version !== null && version !== known.version) throw versionFailure(version, known.version);
  return known;
}

/** Somebody must be left who can let others in. Failure `last-administrator`. */
export async function refuseLast(
  administrators: Pick<AdministratorStore, 'all'>,
  leaving: Pick<Administrator, 'id'>,
): Promise<void> {
  if ((await administrators.all()).some(({ id, state }) => id !== leaving.id && state === 'active')) return;
  const message = 'This is the last administrator who can sign in. Add or enable another one first.';
  throw new Failure('conflict', 'last-administrator', message);
}

function versionFailure(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the administrator meanwhile: read them again and repeat the change.';
  return new Failure('precondition', 'administrator-version', message, { expected, found });
}
