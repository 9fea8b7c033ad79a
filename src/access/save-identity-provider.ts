import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { fieldChanges } from '../events/field-change.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { clientOf } from './begin-provider-sign-in.ts';
import type { IdentityProtocol } from './identity-protocol.ts';
import {
  type IdentityProvider,
  type IdentityProviderId,
  type IdentityProviderStore,
  type IdentityStore,
  parseIssuer,
  parseOidcScopes,
  sealClientSecret,
} from './identity-provider.ts';
import { grantedPermissions } from './permission.ts';
import { everywhere, type Principal } from './principal.ts';
import type { SessionStore } from './session.ts';
import { expectWithinRights } from './within-rights.ts';

export type SaveIdentityProviderDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  /** The installation's, which seals. */
  readonly secret: Uint8Array;
  readonly identityProviders: Pick<IdentityProviderStore, 'get' | 'findByName' | 'all' | 'save'>;
  readonly identities: Pick<IdentityStore, 'count'>;
  readonly sessions: Pick<SessionStore, 'removeOfProvider'>;
  readonly protocol: Pick<IdentityProtocol, 'discover'>;
  readonly events: Pick<EventLog, 'append'>;
};

export type IdentityProviderInput = {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: as it is; null: none. */
  readonly clientSecret: string | null | undefined;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  readonly enabled: boolean;
};

/** Each is a button on the sign-in page. */
const most = 20;

/**
 * Adds a provider (`id` null) or changes one. One that is enabled is asked first whether it is there. With another issuer,
 * client or claim of groups, or disabled, it has vouched for nobody any more: those sessions end. Failures:
 * `identity-provider-not-found`, `identity-provider-version` (If-Match), `identity-provider-name-taken`,
 * `identity-providers-too-many`, `issuer-in-use`, `beyond-own-rights`, those of the parsers and of `IdentityProtocol`.
 */
export async function saveIdentityProvider(
  deps: SaveIdentityProviderDeps,
  input: IdentityProviderInput & {
    readonly id: IdentityProviderId | null;
    readonly version: number | null;
    readonly by: Principal;
    readonly cause: Cause;
  },
): Promise<IdentityProvider> {
  const { identityProviders, clock } = deps;
  expectEverything(input.by);
  const issuer = parseIssuer(input.issuer);
  const scopes = parseOidcScopes(input.scopes);
  const before = input.id === null ? null : await expectIdentityProvider(identityProviders, input.id, input.version);
  const id = before?.id ?? newId<IdentityProviderId>(clock);
  const secret = input.clientSecret === '' ? null : input.clientSecret;
  const sealed = typeof secret === 'string' ? sealClientSecret(deps.secret, id, secret) : null;
  const now = clock.now();
  const provider: IdentityProvider = {
    id,
    name: input.name.trim(),
    issuer,
    clientId: input.clientId.trim(),
    clientSecret: secret === undefined ? (before?.clientSecret ?? null) : sealed,
    scopes,
    groupsClaim: input.groupsClaim.trim(),
    enabled: input.enabled,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
  if (provider.enabled && wasElsewhere(before, provider)) await expectThere(deps, provider);
  return deps.transact(async () => {
    if (before === null) await refuseMore(identityProviders);
    const namesake = await identityProviders.findByName(provider.name);
    if (namesake !== null && namesake.id !== id)
      throw new Failure('conflict', 'identity-provider-name-taken', `Another one is named “${namesake.name}”.`, {
        field: 'name',
      });
    if (before !== null && before.issuer !== issuer && (await deps.identities.count(id)) > 0)
      throw new Failure(
        'conflict',
        'issuer-in-use',
        'People have signed in by this issuer, and another one may mean somebody else by the same subject. Add the other one beside it, then delete this one.',
        { field: 'issuer' },
      );
    if (!(await identityProviders.save(provider))) throw versionFailure(provider.version - 1, null);
    if (before !== null && isOver(before, provider)) await deps.sessions.removeOfProvider(id);
    await deps.events.append([savedEvent(before, provider, secret !== undefined, input.cause)]);
    return provider;
  });
}

/** Who says what groups somebody is in gives roles: nobody sets that up who could not give them all. */
export function expectEverything(by: Principal): void {
  expectWithinRights(by, { permissions: grantedPermissions, scope: everywhere });
}

export async function expectIdentityProvider(
  identityProviders: Pick<IdentityProviderStore, 'get'>,
  id: IdentityProviderId,
  version: number | null,
): Promise<IdentityProvider> {
  const known = await identityProviders.get(id);
  if (known === null)
    throw new Failure('not-found', 'identity-provider-not-found', 'There is no such identity provider.', {
      identityProvider: id,
    });
  if (version !== null && version !== known.version) throw versionFailure(version, known.version);
  return known;
}

/** That it does not answer is, while it is set up, a fault of its address. */
async function expectThere(
  { secret, protocol }: Pick<SaveIdentityProviderDeps, 'secret' | 'protocol'>,
  provider: IdentityProvider,
): Promise<void> {
  try {
    await protocol.discover(clientOf(secret, provider));
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { code, message, params } = error;
    throw new Failure('invalid', code, message, { reason: params.reason, field: 'issuer' }, { cause: error });
  }
}

async function refuseMore(identityProviders: Pick<IdentityProviderStore, 'all'>): Promise<void> {
  if ((await identityProviders.all()).length < most) return;
  const message = `There are ${most} identity providers already. Delete one.`;
  throw new Failure('invalid', 'identity-providers-too-many', message, { most });
}

function wasElsewhere(before: IdentityProvider | null, after: IdentityProvider): boolean {
  return before === null || !before.enabled || before.issuer !== after.issuer;
}

function isOver(before: IdentityProvider, after: IdentityProvider): boolean {
  if (!after.enabled) return true;
  return (['issuer', 'clientId', 'groupsClaim'] as const).some((field) => before[field] !== after[field]);
}

const told = ['name', 'issuer', 'clientId', 'scopes', 'groupsClaim', 'enabled'] as const;

function savedEvent(before: IdentityProvider | null, after: IdentityProvider, secretChanged: boolean, cause: Cause) {
  const { id, name, issuer, clientId, enabled } = after;
  return {
    type: 'access.identity-provider-saved' as const,
    cause,
    subjects: [{ kind: 'identityProvider' as const, id, name }],
    data: { name, issuer, clientId, enabled, secretChanged, changes: fieldChanges(before, after, told) },
  };
}

function versionFailure(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the identity provider meanwhile: read it again and repeat the change.';
  return new Failure('precondition', 'identity-provider-version', message, { expected, found });
}
