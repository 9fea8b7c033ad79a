/** One PKIOperation on its way: what is known of it for its record and its answer, whatever becomes of it. */

import type { CertificateReply } from '../crypto/crypto-job.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { Cause } from '../events/event.ts';
import type { ScepTransaction, ScepTransactionId } from '../events/scep-transaction.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import type { Ca } from './ca-directory.ts';
import type { Refusal } from './refusal.ts';
import type { Stopwatch } from './stopwatch.ts';

export type ScepCall = {
  readonly id: ScepTransactionId;
  readonly node: string;
  readonly requestId: string;
  readonly clientAddress: string;
  /** When it came in; the `now` of every decision about it. */
  readonly now: number;
  readonly profile: ScepProfile;
  readonly ca: Ca;
  readonly deliveryRef: string | null;
  readonly messageType: number | null;
  readonly transactionID: string | null;
  readonly algorithms: Readonly<Record<string, string | number>>;
  readonly watch: Stopwatch;
  /** How a certificate would be answered; null until the message has been opened. */
  readonly reply: CertificateReply | null;
};

/** How a call ends. `recorded`: its row was written in the transaction that made the outcome durable. */
export type Conclusion =
  | {
      readonly kind: 'success';
      /** DER of the certificate, or null for a CRL. */
      readonly certificate: Uint8Array | null;
      readonly crl: Uint8Array | null;
      /** The CertRep, where it was sealed together with the certificate. */
      readonly message: Uint8Array | null;
      readonly certificateId: string | null;
      readonly deploymentId: string | null;
      readonly recorded: boolean;
    }
  | { readonly kind: 'pending'; readonly deploymentId: string; readonly recorded: boolean }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      /** Whose request it was, as far as that is known. */
      readonly deployment: Deployment | null;
      /** Whether the requester could show something that was good for this deployment: then its state says what went wrong. */
      readonly entitled: boolean;
    };

export function refused(refusal: Refusal, deployment: Deployment | null = null, entitled = false): Conclusion {
  return { kind: 'refused', refusal, deployment, entitled };
}

/** The device once we know it, else whoever is at that address. */
export function causeOf(call: ScepCall, deployment: Deployment | null): Cause {
  const actor =
    deployment === null
      ? ({ kind: 'client', id: null, name: call.clientAddress } as const)
      : ({ kind: 'device', id: deployment.deviceId, name: call.clientAddress } as const);
  return { actor, requestId: call.requestId };
}

export type RowOutcome = Pick<ScepTransaction, 'outcome' | 'reason' | 'deploymentId' | 'certificateId' | 'detail'>;

export function transactionRow(call: ScepCall, outcome: RowOutcome): ScepTransaction {
  return {
    id: call.id,
    at: call.now,
    node: call.node,
    requestId: call.requestId,
    clientAddress: call.clientAddress,
    operation: 'PKIOperation',
    messageType: call.messageType,
    transactionID: call.transactionID,
    profileId: call.profile.id,
    deploymentId: outcome.deploymentId,
    certificateId: outcome.certificateId,
    outcome: outcome.outcome,
    reason: outcome.reason,
    algorithms: call.algorithms,
    detail: outcome.detail,
    timings: { ...call.watch.timings },
  };
}
