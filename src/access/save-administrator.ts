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
import type { GrantsOf } from './authenticate-session.ts';
import type { endSessions } from './end-sessions.ts';
import type { Principal } from './principal.ts';
import { givesEverything, hasMember, type RoleAssignmentStore } from './role-assignment.ts';
import { subjectOf } from './start-session.ts';
import { expectWithinRights } from './within-rights.ts';

export type SaveAdministratorDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly administrators: Pick<AdministratorStore, 'get' | 'findBySignInName' | 'all' | 'lock' | 'save'>;
  readonly rights: RightsOfOthers;
  readonly endSessions: Bound<typeof endSessions>;
  readonly events: Pick<EventLog, 'append'>;
};

/** What the rights of an administrator are compared with. */
export type RightsOfOthers = {
  readonly grantsOf: GrantsOf;
  readonly roleAssignments: Pick<RoleAssignmentStore, 'all'>;
};

export type AdministratorInput = {
  readonly name: string;
  readonly signInName: string;
  readonly state: AdministratorState;
};

/**
 * Adds an administrator (`id` null), who cannot sign in before they get a code, or changes one; who is disabled loses their
 * sessions. Nobody touches one who may do what they may not. Failures: `administrator-not-found`, `administrator-version`
 * (If-Match), `sign-in-name-taken`, `last-administrator`, `beyond-own-rights`, and those of the parsers.
 */
export async function saveAdministrator(
  deps: SaveAdministratorDeps,
  input: AdministratorInput & {
    readonly id: AdministratorId | null;
    readonly version: number | null;
    readonly by: Principal | null;
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
    if (known !== null) await expectWithin(deps.rights, input.by, known);
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
    if (known?.state === 'active' && state === 'disabled') await refuseLast(deps, known);
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

/** `by` null: whoever has the machine. Failure `beyond-own-rights`. */
export async function expectWithin(
  { grantsOf }: Pick<RightsOfOthers, 'grantsOf'>,
  by: Principal | null,
  administrator: Pick<Administrator, 'id'>,
): Promise<void> {
  if (by !== null) for (const grant of await grantsOf(administrator, null)) expectWithinRights(by, grant);
}

/** Somebody must be left who may do everything, and can sign in. Failure `last-administrator`. */
export async function refuseLast(
  { administrators, rights }: { administrators: Pick<AdministratorStore, 'all'>; rights: RightsOfOthers },
  leaving: Pick<Administrator, 'id'>,
): Promise<void> {
  const assignments = (await rights.roleAssignments.all()).filter(givesEverything);
  const holds = ({ id }: Pick<Administrator, 'id'>) =>
    assignments.some((assignment) => hasMember(assignment, { administratorId: id, claimed: null }));
  const others = (await administrators.all()).filter(({ id, state }) => id !== leaving.id && state === 'active');
  if (!holds(leaving) || others.some(holds)) return;
  const message =
    'This is the last administrator who may do everything and can sign in. Give another one the role Administrator first.';
  throw new Failure('conflict', 'last-administrator', message);
}

function versionFailure(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the administrator meanwhile: read them again and repeat the change.';
  return new Failure('precondition', 'administrator-version', message, { expected, found });
}
