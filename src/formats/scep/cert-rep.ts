import type { FailInfo } from './fail-info.ts';
import { messageTypes } from './message-type.ts';
import { encodePkiAttributes } from './pki-attributes.ts';

type Envelope = {
  /** The request's. */
  readonly transactionId: string;
  /** Fresh, 16 bytes; not the request's. */
  readonly senderNonce: Uint8Array;
  /** The request's senderNonce. */
  readonly recipientNonce: Uint8Array;
  /** Of the content; of no bytes for FAILURE and PENDING. */
  readonly messageDigest: Uint8Array;
  /** Milliseconds UTC. */
  readonly signingTime?: number;
};

/** What a CertRep says (RFC 8894 §3.3.2). */
export type CertRep = Envelope &
  (
    | { readonly status: 'SUCCESS' | 'PENDING' }
    | { readonly status: 'FAILURE'; readonly failInfo: FailInfo; readonly failInfoText?: string }
  );

/** First phase of a CertRep: the signed attributes, to be signed and then given to `encodePkiMessage`. */
export function encodeCertRepAttributes(reply: CertRep): Uint8Array {
  return encodePkiAttributes({
    messageType: messageTypes.CertRep,
    transactionId: reply.transactionId,
    senderNonce: reply.senderNonce,
    recipientNonce: reply.recipientNonce,
    messageDigest: reply.messageDigest,
    signingTime: reply.signingTime,
    pkiStatus: reply.status,
    failInfo: reply.status === 'FAILURE' ? reply.failInfo : undefined,
    failInfoText: reply.status === 'FAILURE' ? reply.failInfoText : undefined,
  });
}
