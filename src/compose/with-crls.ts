import { recordRevocation } from '../authority/revoke.ts';
import type { RemoveDeps, RevokeCertificate } from '../lifecycle/remove.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';
import { holderOf } from './holder-of.ts';

type Published = Parameters<AuthorityFeature['publisher']>[0];

/**
 * Runs a use case that revokes, and afterwards publishes the CRLs that it touched. Not for use inside a transaction: it
 * would wait for a signature, and for a CRL that itself waits for that transaction's end.
 */
export function withCrls<Input, Result>(
  foundation: Foundation,
  authority: AuthorityFeature,
  useCase: (deps: RemoveDeps, input: Input) => Promise<Result>,
): (input: Input) => Promise<Result> {
  return async (input) => {
    const { revoke, publish } = revoking(foundation, authority);
    const result = await useCase({ ...foundation.store, clock: foundation.clock, revoke }, input);
    await publish();
    return result;
  };
}

/** `publish`: the CRLs of all that was revoked since it was last called. */
export function revoking(
  { store, clock }: Pick<Foundation, 'store' | 'clock'>,
  { publisher }: Pick<AuthorityFeature, 'publisher'>,
): { readonly revoke: RevokeCertificate; readonly publish: () => Promise<void> } {
  const touched = new Map<string, Published>();
  return {
    revoke: async (revocation) => {
      const { certificate } = await recordRevocation({ ...store, clock, holderOf: holderOf(store) }, revocation);
      const { issuerId, shard } = certificate;
      touched.set(`${issuerId}/${shard}`, { issuerId, shard, cause: revocation.cause });
    },
    async publish() {
      const requests = [...touched.values()];
      touched.clear();
      for (const request of requests) await publisher(request);
    },
  };
}
