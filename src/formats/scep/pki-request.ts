import type { MessageType } from './message-type.ts';
import { encodePkiAttributes } from './pki-attributes.ts';

/** What a client says (RFC 8894 §3.3.1, §3.3.3, §3.3.4). */
export type PkiRequest = {
  readonly messageType: Exclude<MessageType, 3>;
  readonly transactionId: string;
  /** 16 bytes. */
  readonly senderNonce: Uint8Array;
  /** Digest of the EnvelopedData. */
  readonly messageDigest: Uint8Array;
  /** Milliseconds UTC. */
  readonly signingTime?: number;
};

/** First phase of a request: the signed attributes, to be signed and then given to `encodePkiMessage`. */
export function encodePkiRequestAttributes(request: PkiRequest): Uint8Array {
  return encodePkiAttributes(request);
}
