import { hashSecret } from '../crypto/secret.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Bound } from '../lib/bound.ts';
import type { Clock } from '../lib/clock.ts';
import { type Failure, isFailure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { clientOf, expectEnabled } from './begin-provider-sign-in.ts';
import { claimedPerson } from './claimed-person.ts';
import type { IdentityProtocol } from './identity-protocol.ts';
import type { IdentityProvider, IdentityProviderStore } from './identity-provider.ts';
import type { knowPerson } from './know-person.ts';
import { lostFlow, openFlow, type ProviderFlow } from './provider-flow.ts';
import { causeOfStranger, type SignInPlace, type StartedSession, type startSession } from './start-session.ts';
import type { UsedChallenges } from './used-challenges.ts';

export type SignInByProviderDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  /** The installation's. */
  readonly secret: Uint8Array;
  readonly identityProviders: Pick<IdentityProviderStore, 'get'>;
  readonly usedChallenges: UsedChallenges;
  readonly protocol: Pick<IdentityProtocol, 'redeem'>;
  readonly verbs: {
    readonly knowPerson: Bound<typeof knowPerson>;
    readonly startSession: Bound<typeof startSession>;
  };
  readonly events: Pick<EventLog, 'append'>;
};

/**
 * Whom a provider vouches for gets a session, with the groups that it names. Who comes for the first time becomes an
 * administrator, who may do nothing until a role is given to them or to one of their groups. Failures:
 * `provider-sign-in-lost` (another browser, too late, used before), `identity-provider-not-found`, those of
 * `IdentityProtocol`, `claimedPerson` and `knowPerson`.
 */
export async function signInByProvider(
  deps: SignInByProviderDeps,
  input: { readonly flow: string | null; readonly answer: string; readonly place: SignInPlace },
): Promise<StartedSession> {
  const { place } = input;
  const flow = openFlow(deps.secret, input.flow, deps.clock.now());
  const provider = await expectEnabled(deps.identityProviders, flow.providerId);
  if (provider.version !== flow.version) throw lostFlow();
  try {
    const claims = await deps.protocol.redeem(clientOf(deps.secret, provider), flow, input.answer);
    const person = claimedPerson(claims, provider);
    return await deps.transact(async () => {
      if (!(await isFresh(deps, flow))) throw lostFlow();
      const administrator = await deps.verbs.knowPerson({ provider, person, place });
      const vouching = { id: provider.id, name: provider.name, groups: person.groups };
      return deps.verbs.startSession({ administrator, method: 'identity-provider', place, provider: vouching });
    });
  } catch (error) {
    if (isFailure(error)) await noteFailure(deps, provider, place, error);
    throw error;
  }
}

/** Whether nobody came in with it before. While the provider is away it may be tried again. */
function isFresh({ usedChallenges }: SignInByProviderDeps, { state, expiresAt }: ProviderFlow): Promise<boolean> {
  return usedChallenges.use(hashSecret(`provider sign-in ${state}`), expiresAt);
}

/** What was tried and did not do; that somebody went back without signing in, or could not, is no event. */
async function noteFailure(
  { transact, events }: SignInByProviderDeps,
  { name }: IdentityProvider,
  place: SignInPlace,
  failure: Failure,
): Promise<void> {
  const { reason = failure.code } = failure.params;
  if (reason === 'access_denied' || failure.kind === 'unavailable') return;
  const data = { method: 'identity-provider', provider: name, reason };
  await transact(() =>
    events.append([{ type: 'access.sign-in-failed', cause: causeOfStranger(place), subjects: [], data }]),
  );
}
