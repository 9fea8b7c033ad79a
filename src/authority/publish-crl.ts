import type { Cause, NewEvent } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { fence, type Lease, type LeaseStore, type Leases } from '../lib/lease.ts';
import { nextTask } from '../lib/next-task.ts';
import type { Transact } from '../lib/transact.ts';
import type { AuthorityStore } from './authority-store.ts';
import type { CertificateId } from './certificate.ts';
import type { CertificateStore } from './certificate-store.ts';
import { type CrlEntriesDeps, crlEntries } from './crl-entries.ts';
import { crlLifetimeOf } from './crl-lifetime.ts';
import type { CrlStore, PublishedCrl } from './crl-store.ts';
import { expectKey } from './has-key.ts';
import type { Authority, Issuer, IssuerId } from './issuer.ts';
import { type IssuingContext, issuingContext } from './issuing-context.ts';
import type { KeyStore } from './key-store.ts';
import type { SignerFor } from './open-signer.ts';
import type { RevokedEntries } from './revoked-entries.ts';
import { signCrl } from './sign-crl.ts';

export type PublishCrlDeps = {
  readonly transact: Transact;
  readonly authorities: AuthorityStore;
  readonly certificates: Pick<CertificateStore, 'revoked'>;
  readonly revokedEntries: RevokedEntries;
  readonly crls: CrlStore;
  readonly keys: Pick<KeyStore, 'get'>;
  readonly events: EventLog;
  readonly leases: Pick<LeaseStore, 'beat'>;
  readonly withLease: Leases['withLease'];
  readonly signerFor: SignerFor;
  readonly clock: Clock;
};

export type PublishCrl = {
  readonly issuerId: IssuerId;
  readonly shard: number;
  /** Milliseconds to nextUpdate. Default: a week, for a root a year; never beyond the issuer's own end. */
  readonly lifetime?: number;
  /** The number is this one or a higher one: after a restore it goes on above all that were published since. */
  readonly atLeast?: number;
  readonly cause: Cause;
};

/**
 * Signs and stores the next CRL of one shard, with all that is revoked by now. One node at a time does so: another gets
 * `Failure` `crl-being-published`, and what it wanted to show stays due. Throws `issuer-unknown`, `issuer-expired`, or as
 * `SignerFor`.
 */
export async function publishCrl(deps: PublishCrlDeps, input: PublishCrl): Promise<PublishedCrl> {
  const { issuerId, shard } = input;
  const { authority, issuer } = await findIssuer(deps.authorities, issuerId);
  const context = issuingContext(authority, issuer, await deps.signerFor(issuer));
  if (context.certificate.notAfter <= deps.clock.now()) throw ended(issuer);
  const published = await deps.withLease(`crl/${issuer.slug}/${shard}`, (lease) =>
    publishHolding(deps, context, input, lease),
  );
  if (published !== null) return published;
  throw new Failure(
    'unavailable',
    'crl-being-published',
    'This revocation list is being published at this moment, perhaps by another node. Try again in a few seconds.',
    { issuerId, shard },
  );
}

async function publishHolding(
  deps: PublishCrlDeps,
  context: IssuingContext,
  input: PublishCrl,
  lease: Lease,
): Promise<PublishedCrl> {
  // Before the list is read, so that whatever is committed later stays due.
  const awaited = await deps.crls.awaited(input);
  const crl = await makeNextCrl(deps, context, input);
  await store(deps, context.issuer, crl, input.cause, lease);
  await markShown(deps, awaited);
  return crl;
}

/** Signed and not stored: what `CrlStore.publish` takes unless somebody else has published since. */
export async function makeNextCrl(
  deps: CrlEntriesDeps & { readonly crls: Pick<CrlStore, 'latestState'>; readonly clock: Clock },
  context: IssuingContext,
  input: Pick<PublishCrl, 'shard' | 'lifetime' | 'atLeast'>,
): Promise<PublishedCrl> {
  const { issuer, certificate } = context;
  const { shard, lifetime = crlLifetimeOf(issuer), atLeast = 1 } = input;
  const latest = await deps.crls.latestState(issuer.id, shard);
  const thisUpdate = Math.floor(deps.clock.now() / 1000) * 1000;
  // RFC 5280 §3.3: an entry stays until a CRL has shown it after the certificate's end.
  const endedBefore = Math.min(latest?.thisUpdate ?? thisUpdate, thisUpdate);
  return signCrl(context, {
    shard,
    number: Math.max((latest?.number ?? 0) + 1, atLeast),
    thisUpdate,
    nextUpdate: Math.min(thisUpdate + lifetime, certificate.notAfter),
    entries: await crlEntries(deps, { issuerId: issuer.id, shard, endedBefore }),
  });
}

function store(deps: PublishCrlDeps, issuer: Issuer, crl: PublishedCrl, cause: Cause, lease: Lease): Promise<void> {
  return deps.transact(async () => {
    await fence(deps.leases, lease);
    if (!(await deps.crls.publish(crl))) throw new Error(`CRL number ${crl.number} was published past the lease.`);
    // A list for a week must not follow the one for the rest of an issuer's life.
    await expectKey(deps.keys, issuer);
    await deps.events.append([crlPublished(crl, cause)]);
  });
}

export function crlPublished(crl: PublishedCrl, cause: Cause): NewEvent {
  return {
    type: 'authority.crl-published',
    cause,
    subjects: [{ kind: 'issuer', id: crl.issuerId }],
    data: { shard: crl.shard, number: crl.number, bytes: crl.der.length, nextUpdate: crl.nextUpdate },
  };
}

const marksAtOnce = 500;

/** After a crash in the middle what is left is shown once more, which does no harm. */
async function markShown({ transact, crls }: PublishCrlDeps, ids: readonly CertificateId[]): Promise<void> {
  for (let from = 0; from < ids.length; from += marksAtOnce) {
    await transact(() => crls.shown(ids.slice(from, from + marksAtOnce)));
    await nextTask();
  }
}

function ended({ id, slug }: Issuer): Failure {
  return new Failure('conflict', 'issuer-expired', `The certificate of ${slug} has ended: its lists end with it.`, {
    issuerId: id,
  });
}

export async function findIssuer(
  authorities: AuthorityStore,
  issuerId: IssuerId,
): Promise<{ authority: Authority; issuer: Issuer }> {
  const issuer = await authorities.getIssuer(issuerId);
  const authority = issuer === null ? null : await authorities.get(issuer.authorityId);
  if (issuer === null || authority === null)
    throw new Failure('not-found', 'issuer-unknown', 'There is no such issuer.', { issuerId });
  return { authority, issuer };
}
