/** OCSPResponse (RFC 6960 §4.2) as a responder writes it. */
import { generalizedTime } from '../asn1/time.ts';
import {
  bitString,
  type Der,
  encode,
  enumerated,
  explicit,
  implicit,
  implicitPrimitive,
  octetString,
  oid,
  sequence,
  sequenceOf,
} from '../asn1/write.ts';
import { type CrlReason, crlReasons } from '../x509/crl.ts';
import { encodeExtensions } from '../x509/extension.ts';
import { ocspBasic, ocspNonce } from './ocsp-oid.ts';

/** OCSPResponseStatus of an answer that says nothing about certificates; anybody may send it, so it is not signed. */
export const ocspFailures = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;

export type OcspFailure = keyof typeof ocspFailures;

export type CertStatus =
  | { readonly kind: 'good' }
  /** Milliseconds UTC. `unspecified` is left out. */
  | { readonly kind: 'revoked'; readonly at: number; readonly reason: CrlReason }
  | { readonly kind: 'unknown' };

export type SingleResponse = {
  /** CertID as it stood in the request. */
  readonly certId: Uint8Array;
  readonly status: CertStatus;
};

export type ResponseData = {
  /** SHA-1 of the responder's public key. */
  readonly responderKeyHash: Uint8Array;
  /** Milliseconds UTC; cut to whole seconds. */
  readonly producedAt: number;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly responses: readonly SingleResponse[];
  /** Of the request; null where it had none. */
  readonly nonce: Uint8Array | null;
};

/** The bytes to sign. */
export function encodeResponseData(data: ResponseData): Uint8Array {
  const thisUpdate = encode(generalizedTime(data.thisUpdate));
  const nextUpdate = encode(constructedTime(data.nextUpdate));
  return encode(
    sequence(
      explicit(2, octetString(data.responderKeyHash)),
      generalizedTime(data.producedAt),
      sequenceOf(
        data.responses.map(({ certId, status }) => sequence(certId, encodeStatus(status), thisUpdate, nextUpdate)),
      ),
      data.nonce === null
        ? undefined
        : explicit(1, encodeExtensions([{ oid: ocspNonce, critical: false, value: encode(octetString(data.nonce)) }])),
    ),
  );
}

/** A successful OCSPResponse from signed parts; `certificates` are those that a client needs to verify it. */
export function assembleOcspResponse(
  data: Uint8Array,
  signatureAlgorithm: Uint8Array,
  signature: Uint8Array,
  certificates: readonly Uint8Array[],
): Uint8Array {
  const basic = sequence(data, signatureAlgorithm, bitString(signature), explicit(0, sequenceOf(certificates)));
  return encode(sequence(enumerated(0), explicit(0, sequence(oid(ocspBasic), octetString(basic)))));
}

export function encodeOcspFailure(failure: OcspFailure): Uint8Array {
  return encode(sequence(enumerated(ocspFailures[failure])));
}

function constructedTime(milliseconds: number): Der {
  return implicit(0, [generalizedTime(milliseconds)]);
}

const nothing = new Uint8Array(0);
const good = implicitPrimitive(0, nothing);
const unknown = implicitPrimitive(2, nothing);

function encodeStatus(status: CertStatus): Der {
  if (status.kind === 'good') return good;
  if (status.kind === 'unknown') return unknown;
  const { at, reason } = status;
  return implicit(1, [
    generalizedTime(at),
    reason === 'unspecified' ? undefined : explicit(0, enumerated(crlReasons[reason])),
  ]);
}
