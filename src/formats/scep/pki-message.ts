import { Failure, isFailure } from '../../lib/failure.ts';
import { budgetFor } from '../asn1/budget.ts';
import { clientMessages, type Leniency } from '../asn1/leniency.ts';
import { malformed, tooLarge } from '../asn1/malformed.ts';
import type { Asn1Node, Asn1Options } from '../asn1/read.ts';
import { readOctetString, readOid } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { readText } from '../asn1/text.ts';
import { readTime } from '../asn1/time.ts';
import { type Attribute, attributeOid, singleValue } from '../cms/attribute.ts';
import { identifies } from '../cms/certificate-id.ts';
import { contentType } from '../cms/content-type.ts';
import { parseSignedData, type SignedData, type SignerInfo } from '../cms/signed-data.ts';
import { type DigestName, digestByOid } from '../x509/algorithms.ts';
import { type CertificateFrame, parseCertificateFrame } from '../x509/certificate.ts';
import { scepAttributeOid } from './attribute-oid.ts';
import { type FailInfo, failInfoName } from './fail-info.ts';
import { isMessageType, type MessageType } from './message-type.ts';
import { type PkiStatus, pkiStatusName } from './pki-status.ts';

/** A pkiMessage (RFC 8894 §3.2), read but not verified: request or CertRep. */
export type PkiMessage = {
  readonly der: Uint8Array;
  readonly messageType: MessageType;
  /** Opaque, 1 to 255 characters. Never a path or a file name. */
  readonly transactionId: string;
  /** Usually 16 bytes; 1 to 64 are accepted, since old clients send other lengths. */
  readonly senderNonce: Uint8Array;
  /** Demanded of a CertRep. */
  readonly recipientNonce: Uint8Array | undefined;
  /** Demanded of a CertRep. */
  readonly pkiStatus: PkiStatus | undefined;
  /** Demanded of a CertRep with status FAILURE. */
  readonly failInfo: FailInfo | undefined;
  readonly failInfoText: string | undefined;
  /** Milliseconds UTC, by the sender's clock. */
  readonly signingTime: number | undefined;
  /** To be compared with the digest of `content`. */
  readonly messageDigest: Uint8Array;
  /** `md5` included: refuse it by name. */
  readonly digest: DigestName;
  /** The EnvelopedData as it was signed; undefined where there is none (CertRep without certificate). */
  readonly content: Uint8Array | undefined;
  readonly signer: SignerInfo;
  /** The SET that the signature covers. */
  readonly signedAttributes: Uint8Array;
  readonly signerCertificate: CertificateFrame;
  /** All certificates of the message, each as DER. */
  readonly certificates: readonly Uint8Array[];
};

/** What is known of a message that does not hold; enough for a FAILURE CertRep when both ids are there. */
export type ReplyTo = {
  readonly transactionId: string | undefined;
  readonly senderNonce: Uint8Array | undefined;
  readonly messageType: MessageType | undefined;
  /** Undefined for digests that are not known. */
  readonly digest: DigestName | undefined;
};

export type PkiMessageResult =
  | { readonly ok: true; readonly message: PkiMessage }
  | { readonly ok: false; readonly failure: Failure; readonly replyTo: ReplyTo };

/** Bytes: more than any client sends, so that a stranger's message stays cheap. */
const maxMessage = 256 * 1024;
const maxTransactionId = 255;
const maxNonce = 64;
/** Each is compared with the signer's identifier. */
const maxCertificates = 32;

const unknownSender: ReplyTo = {
  transactionId: undefined,
  senderNonce: undefined,
  messageType: undefined,
  digest: undefined,
};

/** Never throws for what the bytes are: a message that does not hold comes back with its `Failure`. */
export function parsePkiMessage(der: Uint8Array, options: Asn1Options = {}): PkiMessageResult {
  const settings: Asn1Options = {
    maxBytes: maxMessage,
    budget: budgetFor(der.length),
    leniency: clientMessages,
    ...options,
  };
  let replyTo = unknownSender;
  try {
    const signed = parseSignedData(der, settings);
    const signer = onlySigner(signed);
    const attributes = signer.signedAttributes;
    if (attributes === undefined)
      throw malformed('scep-no-attributes', 'The message has no signed attributes, so it is not a SCEP message.', 0);
    replyTo = readReplyTo(attributes.attributes, signer);
    return { ok: true, message: readMessage(der, signed, signer, attributes, settings) };
  } catch (error) {
    if (isFailure(error)) return { ok: false, failure: error, replyTo };
    throw error;
  }
}

function onlySigner(signed: SignedData): SignerInfo {
  const [signer] = signed.signers;
  if (signer === undefined || signed.signers.length !== 1)
    throw malformed('scep-signers', `A SCEP message has one signer; this one has ${signed.signers.length}.`, 0);
  return signer;
}

function readMessage(
  der: Uint8Array,
  signed: SignedData,
  signer: SignerInfo,
  { der: signedAttributes, attributes }: NonNullable<SignerInfo['signedAttributes']>,
  settings: Asn1Options,
): PkiMessage {
  if (signed.contentType !== contentType.data)
    throw malformed('scep-content-type', `The message signs content of type ${signed.contentType} instead of data.`, 0);
  const digest = digestByOid(signer.digestAlgorithm.oid);
  if (digest === undefined)
    throw new Failure(
      'cryptography',
      'scep-digest-unknown',
      `The digest algorithm ${signer.digestAlgorithm.oid} is not supported.`,
    );
  const signedType = required(attributes, attributeOid.contentType, 'contentType');
  // RFC 5652 §11.1
  if (readOid(signedType, 'contentType') !== signed.contentType)
    throw malformed(
      'scep-content-type',
      'The signed contentType differs from the type of the content.',
      signedType.start,
    );
  const messageType = readMessageType(required(attributes, scepAttributeOid.messageType, 'messageType'));
  const status = readStatus(attributes, messageType);
  const signingTime = singleValue(attributes, attributeOid.signingTime, 'signingTime');
  return {
    der,
    messageType,
    transactionId: readTransactionId(required(attributes, scepAttributeOid.transactionId, 'transactionID')),
    senderNonce: readNonce(required(attributes, scepAttributeOid.senderNonce, 'senderNonce'), 'senderNonce'),
    ...status,
    signingTime: signingTime && readTime(signingTime, 'signingTime'),
    messageDigest: octets(required(attributes, attributeOid.messageDigest, 'messageDigest'), 'messageDigest'),
    digest,
    content: signed.content === undefined || signed.content.length === 0 ? undefined : signed.content,
    signer,
    signedAttributes,
    signerCertificate: findSigner(signed, signer, settings),
    certificates: signed.certificates,
  };
}

type Status = Pick<PkiMessage, 'pkiStatus' | 'failInfo' | 'failInfoText' | 'recipientNonce'>;

function readStatus(attributes: readonly Attribute[], messageType: MessageType): Status {
  const reply = messageType === 3;
  const nonce = singleValue(attributes, scepAttributeOid.recipientNonce, 'recipientNonce');
  const status = singleValue(attributes, scepAttributeOid.pkiStatus, 'pkiStatus');
  const info = singleValue(attributes, scepAttributeOid.failInfo, 'failInfo');
  const infoText = singleValue(attributes, scepAttributeOid.failInfoText, 'failInfoText');
  const pkiStatus = status && named(status, 'pkiStatus', pkiStatusName);
  if (reply && (nonce === undefined || pkiStatus === undefined))
    throw missing(nonce === undefined ? 'recipientNonce' : 'pkiStatus');
  if (reply && pkiStatus === 'FAILURE' && info === undefined) throw missing('failInfo');
  return {
    pkiStatus,
    recipientNonce: nonce && readNonce(nonce, 'recipientNonce'),
    failInfo: info && named(info, 'failInfo', failInfoName),
    failInfoText: infoText && readText(infoText, 'failInfoText'),
  };
}

/** Reads what it can; what is wrong is left undefined here and reported by `readMessage`. */
function readReplyTo(attributes: readonly Attribute[], signer: SignerInfo): ReplyTo {
  return {
    transactionId: attempt(() =>
      readTransactionId(required(attributes, scepAttributeOid.transactionId, 'transactionID')),
    ),
    senderNonce: attempt(() =>
      readNonce(required(attributes, scepAttributeOid.senderNonce, 'senderNonce'), 'senderNonce'),
    ),
    messageType: attempt(() => readMessageType(required(attributes, scepAttributeOid.messageType, 'messageType'))),
    digest: digestByOid(signer.digestAlgorithm.oid),
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

function required(attributes: readonly Attribute[], id: string, name: string): Asn1Node {
  const value = singleValue(attributes, id, name);
  if (value === undefined) throw missing(name);
  return value;
}

function missing(name: string): Failure {
  return malformed('scep-attribute-missing', `The message lacks the signed attribute ${name}.`, 0);
}

function readMessageType(node: Asn1Node): MessageType {
  const value = decimal(node, 'messageType');
  if (isMessageType(value)) return value;
  throw malformed('scep-message-type', `There is no message type ${value}.`, node.start);
}

function named<T>(node: Asn1Node, name: string, lookUp: (value: number) => T | undefined): T {
  const found = lookUp(decimal(node, name));
  if (found === undefined)
    throw malformed('scep-attribute-value', `${name} has a value that is not defined.`, node.start);
  return found;
}

function decimal(node: Asn1Node, name: string): number {
  const value = node.to - node.from > 10 ? '' : readText(node, name);
  if (!/^[0-9]{1,3}$/.test(value))
    throw malformed('scep-attribute-value', `${name} is not a decimal number.`, node.start);
  return Number(value);
}

// RFC 8894 §3.2.1.1
function readTransactionId(node: Asn1Node): string {
  if (node.to - node.from > 4 * maxTransactionId) throw transactionTooLong(node);
  const value = readText(node, 'transactionID');
  if (value.length > maxTransactionId) throw transactionTooLong(node);
  if (value === '') throw malformed('scep-transaction-id', 'transactionID is empty.', node.start);
  return value;
}

function transactionTooLong(node: Asn1Node): Failure {
  return tooLarge('scep-transaction-id', `transactionID is longer than ${maxTransactionId} characters.`, node.start);
}

// RFC 8894 §3.2.1.5
function readNonce(node: Asn1Node, name: string): Uint8Array {
  const value = octets(node, name);
  if (value.length === 0 || value.length > maxNonce)
    throw malformed('scep-nonce', `${name} has ${value.length} bytes; 16 are usual, ${maxNonce} the most.`, node.start);
  return value;
}

function octets(node: Asn1Node, name: string): Uint8Array {
  if ((node.tag & ~0x20) !== tag.octetString)
    throw malformed('asn1-unexpected', `${name} is not an OCTET STRING.`, node.start);
  return readOctetString(node, name);
}

/** The certificate that the SignerInfo points at. Others that do not parse are no reason to refuse the message. */
function findSigner(signed: SignedData, signer: SignerInfo, settings: Asn1Options): CertificateFrame {
  if (signed.certificates.length > maxCertificates)
    throw tooLarge('scep-certificates', `The message carries more than ${maxCertificates} certificates.`, 0);
  const options = { ...settings, leniency: certificateLeniency(settings) };
  let broken: Failure | undefined;
  for (const der of signed.certificates) {
    try {
      const certificate = parseCertificateFrame(der, options);
      if (identifies(signer.id, certificate)) return certificate;
    } catch (error) {
      if (!isFailure(error)) throw error;
      broken ??= error;
    }
  }
  throw broken ?? malformed('scep-signer-certificate', 'The message does not carry the certificate of its signer.', 0);
}

/** Certificates stay DER in their framing, whatever the message around them is. */
function certificateLeniency({ leniency }: Asn1Options): Leniency {
  return { ...leniency, indefiniteLength: false, constructedOctetString: false, nonMinimalLength: false };
}
