/** What the crypto pool is asked to do, and what comes of it. Flat values, so that they cross to a thread cheaply. */
import type { FailInfo } from '../formats/scep/fail-info.ts';
import type { PkiStatus } from '../formats/scep/pki-status.ts';
import type { CipherName } from '../formats/x509/algorithms.ts';
import type { FailureKind, FailureParams } from '../lib/failure.ts';
import type { Digest } from './digest.ts';
import type { Envelope } from './envelope.ts';
import type { SignatureRefusal } from './verify-signature.ts';

export type SignJob = {
  readonly kind: 'sign';
  readonly keyId: string;
  readonly digest: Digest;
  readonly data: Uint8Array;
};

export type OpenRequest = Envelope & {
  /** SubjectPublicKeyInfo of the certificate that signed the message. */
  readonly signerKey: Uint8Array;
  readonly digest: Digest;
  /** What the signature covers. The caller has compared messageDigest with the content. */
  readonly signedAttributes: Uint8Array;
  readonly signature: Uint8Array;
  readonly recipientKeyId: string;
  /** True for PKCSReq and RenewalReq: the content is a PKCS#10 request, whose own signature is checked too. */
  readonly verifyContentAsCsr: boolean;
};

export type OpenedRequest =
  | {
      readonly kind: 'opened';
      readonly content: Uint8Array;
      /**
       * Whether the request inside parses and is signed by the key it names; null when that was not asked. On the wire
       * `false` must look exactly like a refused decryption: else whoever re-signs a recorded envelope with changed
       * blocks can read it byte by byte (a padding oracle).
       */
      readonly csrProof: boolean | null;
      /** Why `csrProof` is false, for the timeline alone. */
      readonly csrProblem: 'malformed' | 'signature' | SignatureRefusal | null;
      readonly timings: OpenTimings;
      /** Pass it on to `sealReply`: the thread that has the requester's key already. */
      readonly lane: number;
    }
  | {
      readonly kind: 'refused';
      readonly reason: 'signature' | 'decryption';
      readonly timings: OpenTimings;
      readonly lane: number;
    };

/** Milliseconds. */
export type OpenTimings = { readonly verify: number; readonly decrypt: number; readonly proof: number };

export type OpenJob = OpenRequest & { readonly kind: 'open' };

export type Reply = {
  /** The RA's key and certificate; the key is in the pool. */
  readonly keyId: string;
  /** DER of the RA certificate's issuer name, and the content octets of its serial number. */
  readonly signerIssuer: Uint8Array;
  readonly signerSerial: Uint8Array;
  /** Into the message, each as DER: the RA's first. */
  readonly certificates: readonly Uint8Array[];
  /** The request's. */
  readonly digest: Digest;
  readonly transactionId: string;
  readonly recipientNonce: Uint8Array;
  /** Milliseconds UTC. */
  readonly signingTime: number;
  readonly status: PkiStatus;
  /** Of a FAILURE. */
  readonly failInfo: FailInfo | null;
  readonly failInfoText: string | null;
  /** Of a SUCCESS; null otherwise. */
  readonly envelope: ReplyEnvelope | null;
  /** From `OpenedRequest`. */
  readonly lane?: number;
};

export type ReplyEnvelope = {
  /** SubjectPublicKeyInfo (RSA) of the certificate that signed the request, its issuer name and serial number. */
  readonly recipientKey: Uint8Array;
  readonly recipientIssuer: Uint8Array;
  readonly recipientSerial: Uint8Array;
  /** The request's. */
  readonly cipher: CipherName;
  readonly transport: Envelope['transport'];
  /** The degenerate SignedData (`encodeCertificatesOnly`). */
  readonly content: Uint8Array;
};

export type ReplyJob = Reply & { readonly kind: 'reply' };

/** The SUCCESS for a certificate that is yet to be signed. */
export type CertificateReply = Omit<Reply, 'envelope'> & {
  readonly envelope: Omit<ReplyEnvelope, 'content'>;
  /** DER of what goes into the envelope beside the certificate. */
  readonly beside: readonly Uint8Array[];
};

/** A certificate and the answer that carries it, in one go: the way to a thread and back costs as much as a digest does. */
export type CertifyJob = {
  readonly kind: 'certify';
  /** The issuer's. */
  readonly keyId: string;
  readonly digest: Digest;
  /** TBSCertificate and AlgorithmIdentifier, DER. */
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  readonly reply: CertificateReply;
};

export type Certified = { readonly kind: 'certified'; readonly certificate: Uint8Array; readonly message: Uint8Array };

export type CryptoJob = SignJob | OpenJob | ReplyJob | CertifyJob;

export type CryptoResult =
  | Uint8Array
  | Certified
  | Omit<Extract<OpenedRequest, { kind: 'opened' }>, 'lane'>
  | RefusedRequest;

type RefusedRequest = Omit<Extract<OpenedRequest, { kind: 'refused' }>, 'lane'>;

/** A failure on its way between threads: errors lose their class there. */
export type JobFailure = {
  /** Null for an error that is a bug. */
  readonly failure: { readonly kind: FailureKind; readonly code: string; readonly params: FailureParams } | null;
  readonly message: string;
};

export type Jobs = readonly { readonly id: number; readonly job: CryptoJob }[];

/** Jobs or outcomes on their way (`job-wire.ts`): `values` are read in the order in which they were written. */
export type Packed = { readonly values: readonly unknown[]; readonly bytes: Uint8Array<ArrayBuffer> };

/** To a worker. Messages are handled in order, so a key is there for every job that follows it. */
export type ToWorker =
  | { readonly kind: 'add-key'; readonly keyId: string; readonly pkcs8: Uint8Array }
  | { readonly kind: 'remove-key'; readonly keyId: string }
  | { readonly kind: 'jobs'; readonly packed: Packed };

/** Packed on its way. */
export type FromWorker = readonly { readonly id: number; readonly outcome: JobOutcome }[];

export type JobOutcome =
  | { readonly ok: true; readonly result: CryptoResult }
  | { readonly ok: false; readonly error: JobFailure };
