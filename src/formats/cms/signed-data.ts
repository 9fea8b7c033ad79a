import { malformed } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  type Asn1Options,
  atEnd,
  children,
  contentBytes,
  finish,
  next,
  nextAny,
  open,
  optional,
  rawBytes,
} from '../asn1/read.ts';
import { nextOctetString, nextOid, nextSmallInteger, setElements } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import {
  constructed,
  type Der,
  encode,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
} from '../asn1/write.ts';
import { type AlgorithmIdentifier, encodeAlgorithm, nextAlgorithm, readAlgorithm } from '../x509/algorithms.ts';
import { type Attribute, readAttributes } from './attribute.ts';
import { type CertificateId, encodeCertificateId, nextCertificateId } from './certificate-id.ts';
import { encodeContentInfo, openContentInfo } from './content-info.ts';
import { contentType } from './content-type.ts';

/** SignedData (RFC 5652 §5), read but not verified. Byte fields are views of the input where that is possible. */
export type SignedData = {
  readonly version: number;
  readonly digestAlgorithms: readonly AlgorithmIdentifier[];
  readonly contentType: string;
  /** Undefined where it is absent (detached, degenerate, or a SCEP message without content). */
  readonly content: Uint8Array | undefined;
  /** Each as DER, not parsed. Attribute certificates are left out. */
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  readonly signers: readonly SignerInfo[];
};

export type SignerInfo = {
  readonly version: number;
  readonly id: CertificateId;
  readonly digestAlgorithm: AlgorithmIdentifier;
  /** `der` is the SET that the signature covers; undefined where the signature covers the content itself. */
  readonly signedAttributes: { readonly der: Uint8Array; readonly attributes: readonly Attribute[] } | undefined;
  /** A signature scheme, or `rsaEncryption`, which goes with `digestAlgorithm`. */
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
};

/** Throws `Failure` `malformed` or `too-large`. Tolerates BER unless told otherwise. */
export function parseSignedData(der: Uint8Array, options: Asn1Options = {}): SignedData {
  const what = 'the SignedData';
  const cursor = openContentInfo(der, contentType.signedData, what, options);
  const version = nextSmallInteger(cursor, what, 5);
  const digestAlgorithms = setElements(next(cursor, tag.set, what), 'the digest algorithms').map((node) =>
    readAlgorithm(node, 'a digest algorithm'),
  );
  const encapsulated = open(next(cursor, tag.sequence, 'the content'), 'the content');
  const type = nextOid(encapsulated, 'the content type');
  const content = readContent(encapsulated, type);
  const certificates = readCertificates(optional(cursor, 0xa0));
  const crls = readCertificates(optional(cursor, 0xa1));
  const signers = setElements(next(cursor, tag.set, 'the signers'), 'the signers').map(readSignerInfo);
  finish(cursor, what);
  return { version, digestAlgorithms, contentType: type, content, certificates, crls, signers };
}

function readContent(encapsulated: Asn1Cursor, type: string): Uint8Array | undefined {
  const wrapper = optional(encapsulated, 0xa0);
  finish(encapsulated, 'the content');
  if (wrapper === undefined) return undefined;
  const inner = open(wrapper, 'the content');
  // RFC 5652 §5.2.1: PKCS#7 wrote content other than data without an OCTET STRING around it.
  const content =
    type === contentType.data
      ? nextOctetString(inner, tag.octetString, 'the content')
      : pkcs7Content(nextAny(inner, 'the content'), inner);
  finish(inner, 'the content');
  return content;
}

function pkcs7Content(node: Asn1Node, inner: Asn1Cursor): Uint8Array {
  if (node.tag === tag.sequence) return contentBytes(node);
  inner.at = node.start;
  return nextOctetString(inner, tag.octetString, 'the content');
}

/** Only plain certificates and CRLs, which are SEQUENCEs; the other choices carry context tags. */
function readCertificates(node: Asn1Node | undefined): Uint8Array[] {
  if (node === undefined) return [];
  return children(node, 'the certificates')
    .filter((child) => child.tag === tag.sequence)
    .map(rawBytes);
}

function readSignerInfo(node: Asn1Node): SignerInfo {
  const what = 'the SignerInfo';
  const cursor = open(node, what);
  const version = nextSmallInteger(cursor, what, 5);
  const id = nextCertificateId(cursor, 'the signer identifier');
  const digestAlgorithm = nextAlgorithm(cursor, 'the digest algorithm');
  const attributesNode = optional(cursor, 0xa0);
  const signedAttributes =
    attributesNode === undefined
      ? undefined
      : { der: asSet(attributesNode), attributes: readAttributes(attributesNode, 'the signed attributes') };
  const signatureAlgorithm = nextAlgorithm(cursor, 'the signature algorithm');
  const signature = nextOctetString(cursor, tag.octetString, 'the signature');
  optional(cursor, 0xa1);
  if (!atEnd(cursor)) throw malformed('asn1-left-over', 'Something is left over after the SignerInfo.', cursor.at);
  return { version, id, digestAlgorithm, signedAttributes, signatureAlgorithm, signature };
}

/** RFC 5652 §5.4: the digest covers the attributes under the SET tag instead of [0]. */
function asSet(node: Asn1Node): Uint8Array {
  return encode(constructed(tag.set, [contentBytes(node)]));
}

export type SignerParts = {
  readonly id: CertificateId;
  readonly digestAlgorithm: AlgorithmIdentifier;
  /** The SET from `encodeSignedAttributes`, that was signed. */
  readonly signedAttributes: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
};

export type SignedDataParts = {
  readonly contentType: string;
  readonly content?: Uint8Array | undefined;
  readonly certificates?: readonly Uint8Array[];
  readonly crls?: readonly Uint8Array[];
  readonly signers: readonly SignerParts[];
};

/** The SET OF attributes: the bytes to sign. */
export function encodeSignedAttributes(attributes: readonly Der[]): Uint8Array {
  return encode(setOf(attributes));
}

/** ContentInfo with SignedData version 1 (3 where the content is not `data` or a signer goes by key identifier). */
export function encodeSignedData(parts: SignedDataParts): Uint8Array {
  const { signers } = parts;
  const newer = parts.contentType !== contentType.data || signers.some(({ id }) => id.kind === 'key-identifier');
  const digests: AlgorithmIdentifier[] = [];
  for (const { digestAlgorithm } of signers)
    if (!digests.some((known) => known.oid === digestAlgorithm.oid)) digests.push(digestAlgorithm);
  const body = sequence(
    integer(newer ? 3 : 1),
    setOf(digests.map(encodeAlgorithm)),
    sequence(oid(parts.contentType), explicit(0, parts.content === undefined ? undefined : octetString(parts.content))),
    certificateSet(0, parts.certificates),
    certificateSet(1, parts.crls),
    setOf(signers.map(encodeSigner)),
  );
  return encodeContentInfo(contentType.signedData, body);
}

/** DER sorts the SET, which would move the leaf from the front; clients that take the first certificate rely on our order. */
function certificateSet(number: number, items: readonly Uint8Array[] | undefined): Der | undefined {
  return items === undefined || items.length === 0 ? undefined : implicit(number, items);
}

function encodeSigner(signer: SignerParts): Der {
  return sequence(
    integer(signer.id.kind === 'key-identifier' ? 3 : 1),
    encodeCertificateId(signer.id),
    encodeAlgorithm(signer.digestAlgorithm),
    retagged(signer.signedAttributes, 0xa0),
    encodeAlgorithm(signer.signatureAlgorithm),
    octetString(signer.signature),
  );
}

function retagged(element: Uint8Array, tagOctet: number): Uint8Array {
  // Not slice(): that of a Buffer is a view.
  const copy = new Uint8Array(element);
  copy[0] = tagOctet;
  return copy;
}
