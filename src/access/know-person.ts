import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Administrator, AdministratorId } from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import type { ClaimedPerson } from './claimed-person.ts';
import type { IdentityProvider, IdentityStore } from './identity-provider.ts';
import { causeOfAdministrator, type SignInPlace, subjectOf } from './start-session.ts';

/** Whoever a provider lets in becomes known here: one that is there for everybody on the Internet must not fill the store. */
const mostAdministrators = 2000;

/**
 * The administrator whom an identity provider means; a new one when it never meant them before, who may do nothing yet.
 * Failures, all `forbidden`: `sign-in-name-of-another`, `administrator-disabled`, `administrators-too-many`.
 */
export async function knowPerson(
  deps: {
    readonly transact: Transact;
    readonly clock: Clock;
    readonly administrators: Pick<AdministratorStore, 'get' | 'findBySignInName' | 'all' | 'lock' | 'save'>;
    readonly identities: Pick<IdentityStore, 'find' | 'insert'>;
    readonly events: Pick<EventLog, 'append'>;
  },
  input: { readonly provider: IdentityProvider; readonly person: ClaimedPerson; readonly place: SignInPlace },
): Promise<Administrator> {
  const { administrators, identities, clock } = deps;
  const { provider, person, place } = input;
  return deps.transact(async () => {
    await administrators.lock();
    const id = await identities.find(provider.id, person.subject);
    const known = id === null ? null : await administrators.get(id);
    if (known !== null) return expectActive(known);
    await refuseNew(deps, provider, person);
    const now = clock.now();
    const { name, signInName, subject } = person;
    const made: Administrator = {
      id: newId<AdministratorId>(clock),
      name,
      signInName,
      state: 'active',
      version: 1,
      createdAt: now,
      updatedAt: now,
      lastSignInAt: null,
    };
    await administrators.save(made);
    await identities.insert({ providerId: provider.id, subject, administratorId: made.id });
    await deps.events.append([
      {
        type: 'access.administrator-saved',
        cause: causeOfAdministrator(made, place),
        subjects: [subjectOf(made)],
        data: { name, signInName, state: 'active', provider: provider.name, changes: [] },
      },
    ]);
    return made;
  });
}

function expectActive(administrator: Administrator): Administrator {
  if (administrator.state === 'active') return administrator;
  const message = 'You are shut out of this server. Ask another administrator to let you in again.';
  throw new Failure('forbidden', 'administrator-disabled', message);
}

async function refuseNew(
  { administrators }: { readonly administrators: Pick<AdministratorStore, 'findBySignInName' | 'all'> },
  provider: IdentityProvider,
  { signInName }: ClaimedPerson,
): Promise<void> {
  if ((await administrators.findBySignInName(signInName)) !== null)
    throw new Failure(
      'forbidden',
      'sign-in-name-of-another',
      `${provider.name} says that you are “${signInName}”, and somebody who signs in here in another way has that name. Nobody becomes them by a name alone: sign in as before, or have that administrator renamed or deleted.`,
      { signInName },
    );
  if ((await administrators.all()).length < mostAdministrators) return;
  throw new Failure(
    'forbidden',
    'administrators-too-many',
    `There are ${mostAdministrators} administrators already. Have the provider let in only those who shall administer this server, and delete the others.`,
  );
}
