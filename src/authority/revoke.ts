import type { Cause, Subject } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Certificate, CertificateId, RevocationReason } from './certificate.ts';
import type { CertificateStore } from './certificate-store.ts';
import type { CrlPublisher } from './crl-publisher.ts';

export type RevokeDeps = {
  readonly transact: Transact;
  readonly certificates: CertificateStore;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly publishCrl: CrlPublisher;
  /** Whose certificate it is, such as its device, so that the event stands in their timeline too. */
  readonly holderOf: (deploymentId: string) => Promise<readonly Subject[]>;
};

export type Revoke = {
  readonly certificateId: CertificateId;
  readonly reason: RevocationReason;
  readonly cause: Cause;
};

export type Revoked = {
  /** `already`: it was revoked before, and the first reason stands. */
  readonly kind: 'revoked' | 'already';
  readonly certificate: Certificate;
};

/**
 * Revokes a device's certificate for good, then publishes a CRL that says so. Failures `certificate-unknown` and, for one
 * of our own, `certificate-not-a-device`.
 */
export async function revoke(deps: RevokeDeps, input: Revoke): Promise<Revoked> {
  const result = await deps.transact(async () => {
    const certificate = await deps.certificates.get(input.certificateId);
    if (certificate !== null && certificate.purpose !== 'device') throw ownCertificate(certificate);
    return recordRevocation(deps, input);
  });
  if (result.kind === 'revoked') {
    const { issuerId, shard } = result.certificate;
    await deps.publishCrl({ issuerId, shard, cause: input.cause });
  }
  return result;
}

/**
 * The part that belongs into a transaction, for those that revoke along with something else (`lifecycle`): they publish
 * the CRL of the certificate's shard afterwards.
 */
export async function recordRevocation(
  deps: Pick<RevokeDeps, 'certificates' | 'events' | 'clock' | 'holderOf'>,
  { certificateId, reason, cause }: Revoke,
): Promise<Revoked> {
  const fresh = await deps.certificates.revoke(certificateId, deps.clock.now(), reason);
  const certificate = await deps.certificates.get(certificateId);
  if (certificate === null)
    throw new Failure('not-found', 'certificate-unknown', 'There is no such certificate.', { certificateId });
  if (!fresh) return { kind: 'already', certificate };
  const { deploymentId, issuerId, serial, subjectText } = certificate;
  await deps.events.append([
    {
      type: 'certificate.revoked',
      cause,
      subjects: [
        { kind: 'certificate', id: certificateId },
        { kind: 'issuer', id: issuerId },
        ...(deploymentId === null
          ? []
          : [{ kind: 'deployment', id: deploymentId } as const, ...(await deps.holderOf(deploymentId))]),
      ],
      data: { reason, serial, subject: subjectText },
    },
  ]);
  return { kind: 'revoked', certificate };
}

const owners: Readonly<Record<Exclude<Certificate['purpose'], 'device'>, string>> = {
  issuer: 'a certification authority',
  ra: 'the registration authority that SCEP clients encrypt to',
  ocsp: 'our OCSP responder',
  tls: 'our TLS listener',
};

function ownCertificate({ id, purpose, subjectText }: Certificate): Failure {
  const owner = purpose === 'device' ? 'a device' : owners[purpose];
  return new Failure(
    'conflict',
    'certificate-not-a-device',
    `${subjectText} is the certificate of ${owner}, not of a device, and is not revoked here: an issuer is replaced by a rollover (bin/scepward authority rollover).`,
    { certificateId: id, purpose },
  );
}
