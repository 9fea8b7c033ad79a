import { type Clock, second } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { AuthorityStore } from './authority-store.ts';
import type { IssuerId } from './issuer.ts';
import { findAuthority } from './issuer-description.ts';
import { type IssuingContext, issuingContext } from './issuing-context.ts';
import type { SignerFor } from './open-signer.ts';

/** Issuers ready to sign, kept for the hot path. */
export type IssuingAuthorities = {
  /** The active issuer of an authority; null: of the default one. Throws `Failure` `authority-unknown`. */
  active(authoritySlug: string | null): Promise<IssuingContext>;
  /** One generation, also an earlier one. Throws `Failure` `issuer-unknown`. */
  byIssuer(issuerId: IssuerId): Promise<IssuingContext>;
};

/** How long another node may go on with an authority as it was before a change. */
const keptFor = 5 * second;

export function issuingAuthorities(deps: {
  readonly authorities: AuthorityStore;
  readonly signerFor: SignerFor;
  readonly clock: Clock;
}): IssuingAuthorities {
  const kept = new Map<string, { readonly context: Promise<IssuingContext>; readonly until: number }>();

  function keep(key: string, load: () => Promise<IssuingContext>): Promise<IssuingContext> {
    const now = deps.clock.monotonic();
    const known = kept.get(key);
    if (known !== undefined && now < known.until) return known.context;
    const context = load();
    kept.set(key, { context, until: now + keptFor });
    context.catch(() => kept.delete(key));
    return context;
  }

  async function load(issuerId: IssuerId): Promise<IssuingContext> {
    const issuer = await deps.authorities.getIssuer(issuerId);
    const authority = issuer === null ? null : await deps.authorities.get(issuer.authorityId);
    if (issuer === null || authority === null)
      throw new Failure('not-found', 'issuer-unknown', 'There is no such issuer.', { issuerId });
    return issuingContext(authority, issuer, await deps.signerFor(issuer));
  }

  return {
    byIssuer: (issuerId) => keep(`issuer ${issuerId}`, () => load(issuerId)),
    active: (slug) =>
      keep(`authority ${slug ?? ''}`, async () => {
        const authority = await findAuthority(deps.authorities, slug);
        if (authority !== null) return load(authority.activeIssuerId);
        const which = slug === null ? 'no authority' : `no authority "${slug}"`;
        throw new Failure('not-found', 'authority-unknown', `There is ${which}. Run init, or name another one.`, {
          slug,
        });
      }),
  };
}
