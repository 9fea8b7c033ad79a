/** CA rollover: the authority's own steps, and the trusted certificate profiles that go with them. */
import { assign } from '../assignments/assign.ts';
import { type RolloverDeps, showRollover, takeRolloverStep } from '../authority/rollover/take-rollover-step.ts';
import type { RolloverUseCases } from '../http/admin/rollover-routes.ts';
import { distributeNextIssuer, pendingDistribution } from '../lifecycle/distribute-next-issuer.ts';
import { saveProfile } from '../profiles/save-profile.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';

export function composeRollover(foundation: Foundation, authority: AuthorityFeature): RolloverUseCases {
  const { store, pool, clock, secret, makeKey } = foundation;
  const ports = { ...store, clock, issuers: authority.issuerFacts };
  const distributing = {
    ...store,
    saveProfile: (input: Parameters<typeof saveProfile>[1]) => saveProfile(ports, input),
    assign: (input: Parameters<typeof assign>[1]) => assign(ports, input),
  };
  const deps: RolloverDeps = {
    ...store,
    clock,
    secret,
    makeKey,
    signerFor: authority.signerFor,
    dropKey: (keyId) => pool.removeKey(keyId),
    distribution: {
      pending: (previous, next) => pendingDistribution(store, previous, next),
      carryOut: (previous, next, cause) => distributeNextIssuer(distributing, { previous, next, cause }),
    },
  };
  return {
    authorities: store.authorities,
    showRollover: (authorityId) => showRollover(deps, authorityId),
    takeRolloverStep: (input) => takeRolloverStep(deps, input),
  };
}
