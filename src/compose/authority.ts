import { type CreateAuthority, createAuthority } from '../authority/create-authority.ts';
import { crlPublisher } from '../authority/crl-publisher.ts';
import { type ImportAuthority, importAuthority } from '../authority/import-authority.ts';
import { describeIssuer, ownRoot } from '../authority/issuer-description.ts';
import { issuingAuthorities } from '../authority/issuing-authorities.ts';
import { openSigner } from '../authority/open-signer.ts';
import { publishCrl } from '../authority/publish-crl.ts';
import { publishDueCrls, publishRevocations } from '../authority/publish-due-crls.ts';
import { renewRegistrationAuthorities } from '../authority/renew-registration-authorities.ts';
import { revoke } from '../authority/revoke.ts';
import { unlockKeys } from '../authority/unlock-keys.ts';
import { systemCause } from '../events/event.ts';
import type { Bound } from '../lib/bound.ts';
import type { Lease } from '../lib/lease.ts';
import type { Foundation } from './foundation.ts';
import { holderOf } from './holder-of.ts';

export type AuthorityFeature = ReturnType<typeof composeAuthority>;

export function composeAuthority(foundation: Foundation) {
  const { store, pool, secret, clock, log, leases } = foundation;
  const signerFor = openSigner({ keys: store.keys, pool, secret });
  const publishing = { ...store, signerFor, clock, withLease: leases.withLease };
  const onError = (error: unknown) =>
    log.error('a revocation list could not be published and will be tried again', error);
  const publisher = crlPublisher((input) => publishCrl(publishing, input), onError);
  const issuing = issuingAuthorities({ authorities: store.authorities, signerFor, clock });
  return {
    signerFor,
    issuing,
    /** Timed work of one node. */
    renewRegistrationAuthorities: (lease: Lease) =>
      renewRegistrationAuthorities(
        { ...store, clock, secret, makeKey: foundation.makeKey, contextOf: issuing.byIssuer },
        { lease, cause: systemCause },
      ),
    publishCrl: ((input) => publishCrl(publishing, input)) satisfies Bound<typeof publishCrl>,
    publishDueCrls: () => publishDueCrls({ ...publishing, onError }, { cause: systemCause }),
    publishRevocations: () => publishRevocations({ ...publishing, onError }, { cause: systemCause }),
    publisher,
    revoke: ((input) =>
      revoke({ ...store, clock, publishCrl: publisher, holderOf: holderOf(store) }, input)) satisfies Bound<
      typeof revoke
    >,
    issuerFacts: {
      describe: (authority: string | null, template: string) => describeIssuer(store, authority, template),
      ownRoot: () => ownRoot(store),
    },
    /** Also gives the new keys to the pool. */
    create: async (input: CreateAuthority, makeKey = foundation.makeKey) => {
      const made = await createAuthority({ ...store, clock, secret, makeKey }, input);
      await unlockKeys({ keys: store.keys, pool, secret });
      return made;
    },
    /** The same for one that is brought along. */
    bringAlong: async (input: ImportAuthority) => {
      const made = await importAuthority({ ...store, clock, secret, makeKey: foundation.makeKey }, input);
      await unlockKeys({ keys: store.keys, pool, secret });
      return made;
    },
  };
}
