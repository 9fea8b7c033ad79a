import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { AuthorityStore } from './authority-store.ts';
import type { CertificateStore } from './certificate-store.ts';
import { crlLifetimeOf } from './crl-lifetime.ts';
import type { CrlStore, PublishedCrl } from './crl-store.ts';
import type { Authority, Issuer, IssuerId } from './issuer.ts';
import { type IssuingContext, issuingContext } from './issuing-context.ts';
import type { SignerFor } from './open-signer.ts';
import { signCrl } from './sign-crl.ts';

export type PublishCrlDeps = {
  readonly transact: Transact;
  readonly authorities: AuthorityStore;
  readonly certificates: CertificateStore;
  readonly crls: CrlStore;
  readonly events: EventLog;
  readonly signerFor: SignerFor;
  readonly clock: Clock;
};

export type PublishCrl = {
  readonly issuerId: IssuerId;
  readonly shard: number;
  /** Milliseconds to nextUpdate. Default: a week, for a root a year; never beyond the issuer's own end. */
  readonly lifetime?: number;
  readonly cause: Cause;
};

/** Other nodes publish too; each loss means that a newer CRL is there, made a moment ago. */
const attempts = 5;

/** Signs and stores the next CRL of one shard, with all that is revoked by now. Throws `Failure` `issuer-unknown` or as `SignerFor`. */
export async function publishCrl(deps: PublishCrlDeps, input: PublishCrl): Promise<PublishedCrl> {
  const { issuerId, shard } = input;
  const { authority, issuer } = await findIssuer(deps.authorities, issuerId);
  const context = issuingContext(authority, issuer, await deps.signerFor(issuer));
  for (let attempt = 1; ; attempt++) {
    const crl = await makeNext(deps, context, input);
    if (await store(deps, crl, input.cause)) return crl;
    if (attempt === attempts)
      throw new Failure('conflict', 'crl-number-taken', 'Another node keeps publishing the same CRL. Try again.', {
        issuerId,
        shard,
      });
  }
}

async function makeNext(deps: PublishCrlDeps, context: IssuingContext, input: PublishCrl): Promise<PublishedCrl> {
  const { issuer, certificate } = context;
  const { shard, lifetime = crlLifetimeOf(issuer) } = input;
  const latest = await deps.crls.latest(issuer.id, shard);
  const thisUpdate = Math.floor(deps.clock.now() / 1000) * 1000;
  // RFC 5280 §3.3: an entry stays until a CRL has shown it after the certificate's end.
  const endedBefore = Math.min(latest?.thisUpdate ?? thisUpdate, thisUpdate);
  return signCrl(context, {
    shard,
    number: (latest?.number ?? 0) + 1,
    thisUpdate,
    nextUpdate: Math.min(thisUpdate + lifetime, certificate.notAfter),
    revoked: await deps.certificates.revoked(issuer.id, shard, endedBefore),
  });
}

function store(deps: PublishCrlDeps, crl: PublishedCrl, cause: Cause): Promise<boolean> {
  return deps.transact(async () => {
    if (!(await deps.crls.publish(crl))) return false;
    await deps.events.append([
      {
        type: 'authority.crl-published',
        cause,
        subjects: [{ kind: 'issuer', id: crl.issuerId }],
        data: { shard: crl.shard, number: crl.number, bytes: crl.der.length, nextUpdate: crl.nextUpdate },
      },
    ]);
    return true;
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
