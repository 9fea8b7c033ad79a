import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { IdentityProviderId, IdentityProviderStore } from './identity-provider.ts';
import type { Principal } from './principal.ts';
import type { RoleAssignmentStore } from './role-assignment.ts';
import { expectEverything, expectIdentityProvider } from './save-identity-provider.ts';
import type { SessionStore } from './session.ts';

/**
 * Nobody comes in by it any more: sessions that it vouched for end. Administrators whom it let in stay, and need another way
 * in. Failures: `identity-provider-not-found`, `identity-provider-version` (If-Match), `identity-provider-in-use` while a role
 * is given to a group of it, `beyond-own-rights`.
 */
export async function deleteIdentityProvider(
  deps: {
    readonly transact: Transact;
    readonly identityProviders: Pick<IdentityProviderStore, 'get' | 'remove'>;
    readonly roleAssignments: Pick<RoleAssignmentStore, 'all'>;
    readonly sessions: Pick<SessionStore, 'removeOfProvider'>;
    readonly events: Pick<EventLog, 'append'>;
  },
  input: {
    readonly id: IdentityProviderId;
    readonly version: number | null;
    readonly by: Principal;
    readonly cause: Cause;
  },
): Promise<void> {
  expectEverything(input.by);
  await deps.transact(async () => {
    const known = await expectIdentityProvider(deps.identityProviders, input.id, input.version);
    const { id, name, issuer } = known;
    const assignments = (await deps.roleAssignments.all()).filter(({ members }) =>
      members.some((member) => member.kind === 'oidcGroup' && member.providerId === id),
    );
    if (assignments.length > 0)
      throw new Failure(
        'conflict',
        'identity-provider-in-use',
        `${assignments.length === 1 ? 'A role is' : `${assignments.length} roles are`} given to groups of ${name}. Take ${assignments.length === 1 ? 'it' : 'them'} away first, or disable the provider.`,
        { assignments: assignments.map((each) => each.id) },
      );
    await deps.sessions.removeOfProvider(id);
    await deps.identityProviders.remove(id);
    await deps.events.append([
      {
        type: 'access.identity-provider-deleted',
        cause: input.cause,
        subjects: [{ kind: 'identityProvider', id, name }],
        data: { name, issuer },
      },
    ]);
  });
}
