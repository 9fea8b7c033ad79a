import { sameBytes } from '../../lib/bytes.ts';
import { clientCertificates } from '../asn1/leniency.ts';
import { malformed, tooLarge } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  type Asn1Options,
  finish,
  next,
  open,
  optional,
  parseAsn1,
  rawBytes,
} from '../asn1/read.ts';
import { nextBitString, nextOid, nextSmallInteger, setElements } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { isPrintable, printableString, readText, text, utf8String } from '../asn1/text.ts';
import { bitString, type Der, encode, implicit, integer, oid, sequence, setOf } from '../asn1/write.ts';
import { type AlgorithmIdentifier, encodeAlgorithm, nextAlgorithm } from '../x509/algorithms.ts';
import { type Extension, encodeExtensions, readExtensions } from '../x509/extension.ts';
import { encodeName, type Name, readName } from '../x509/name.ts';
import { type PublicKey, readPublicKey } from '../x509/public-key.ts';

/** PKCS#10 (RFC 2986), read but not verified. Byte fields are views of `der`. */
export type CertificationRequest = {
  readonly der: Uint8Array;
  /** What the signature covers. */
  readonly info: Uint8Array;
  readonly subject: Name;
  readonly subjectDer: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly publicKey: PublicKey;
  /** A secret: keep it out of messages and logs. Undefined where absent; may be empty. */
  readonly challengePassword: string | undefined;
  readonly friendlyName: string | undefined;
  /** What extensionRequest asks for, from the PKCS#9 and the Microsoft attribute together; often empty. */
  readonly extensions: readonly Extension[];
  /** Attributes not named above. */
  readonly otherAttributes: readonly { readonly oid: string; readonly values: readonly Uint8Array[] }[];
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
};

export const challengePasswordOid = '1.2.840.113549.1.9.7';
const extensionRequestOid = '1.2.840.113549.1.9.14';
const microsoftExtensionsOid = '1.3.6.1.4.1.311.2.1.14';
const friendlyNameOid = '1.2.840.113549.1.9.20';

/** Characters. Signed challenges of other systems (Intune) run to kilobytes. */
const maxChallenge = 8192;

type Attributes = {
  challengePassword: string | undefined;
  friendlyName: string | undefined;
  extensions: Extension[];
  other: { oid: string; values: Uint8Array[] }[];
};

/** Throws `Failure` `malformed` or `too-large`. */
export function parseCertificationRequest(der: Uint8Array, options: Asn1Options = {}): CertificationRequest {
  const what = 'the certification request';
  const cursor = open(parseAsn1(der, { leniency: clientCertificates, ...options }), what);
  const infoNode = next(cursor, tag.sequence, what);
  const signatureAlgorithm = nextAlgorithm(cursor, 'the signature algorithm');
  const signature = nextBitString(cursor, 'the signature');
  finish(cursor, what);

  const info = open(infoNode, what);
  nextSmallInteger(info, 'the version', 2);
  const subject = next(info, tag.sequence, 'the subject');
  const spki = next(info, tag.sequence, 'the public key');
  const attributes = readAttributes(info);
  finish(info, what);
  return {
    der,
    info: rawBytes(infoNode),
    subject: readName(subject, 'the subject'),
    subjectDer: rawBytes(subject),
    spki: rawBytes(spki),
    publicKey: readPublicKey(spki, 'the public key'),
    challengePassword: attributes.challengePassword,
    friendlyName: attributes.friendlyName,
    extensions: attributes.extensions,
    otherAttributes: attributes.other,
    signatureAlgorithm,
    signature,
  };
}

export type CertificationRequestInfo = {
  readonly subject: Name;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly challengePassword?: string;
  readonly friendlyName?: string;
  /** Left out when empty or absent. */
  readonly extensions?: readonly Extension[];
};

/** CertificationRequestInfo: the bytes to sign. */
export function encodeCertificationRequestInfo(fields: CertificationRequestInfo): Uint8Array {
  const attributes: Der[] = [];
  const { challengePassword, friendlyName, extensions } = fields;
  if (challengePassword !== undefined) {
    const value = isPrintable(challengePassword) ? printableString(challengePassword) : utf8String(challengePassword);
    attributes.push(sequence(oid(challengePasswordOid), setOf([value])));
  }
  if (friendlyName !== undefined)
    attributes.push(sequence(oid(friendlyNameOid), setOf([text(tag.bmpString, friendlyName)])));
  if (extensions !== undefined && extensions.length > 0)
    attributes.push(sequence(oid(extensionRequestOid), setOf([encodeExtensions(extensions)])));
  return encode(sequence(integer(0), encodeName(fields.subject), fields.spki, implicit(0, setOf(attributes).parts)));
}

/** CertificationRequest from signed parts. */
export function assembleCertificationRequest(
  info: Uint8Array,
  algorithm: AlgorithmIdentifier | Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  return encode(sequence(info, encodeAlgorithm(algorithm), bitString(signature)));
}

function readAttributes(info: Asn1Cursor): Attributes {
  const result: Attributes = { challengePassword: undefined, friendlyName: undefined, extensions: [], other: [] };
  const node = optional(info, 0xa0);
  if (node === undefined) {
    if (!info.source.leniency.absentAttributes)
      throw malformed(
        'request-attributes-absent',
        'The request has no attributes field, not even an empty one.',
        info.at,
      );
    return result;
  }
  const seen = new Set<string>();
  for (const element of setElements(node, 'the attributes')) {
    const cursor = open(element, 'an attribute');
    const id = nextOid(cursor, 'an attribute');
    const values = setElements(next(cursor, tag.set, 'an attribute'), 'an attribute');
    finish(cursor, 'an attribute');
    if (seen.has(id))
      throw malformed('request-attribute-twice', `The request has the attribute ${id} twice.`, element.start);
    seen.add(id);
    addAttribute(result, id, values, element);
  }
  return result;
}

function addAttribute(into: Attributes, id: string, values: readonly Asn1Node[], element: Asn1Node): void {
  const [value] = values;
  const single = (): Asn1Node => {
    if (value === undefined || values.length !== 1)
      throw malformed('request-attribute-values', `The attribute ${id} must have one value.`, element.start);
    return value;
  };
  switch (id) {
    case challengePasswordOid:
      into.challengePassword = readChallenge(single());
      return;
    case friendlyNameOid:
      into.friendlyName = readText(single(), 'the friendly name');
      return;
    case extensionRequestOid:
    case microsoftExtensionsOid:
      // An attribute without a value is how some clients say "no extensions".
      if (values.length > 0)
        mergeExtensions(into.extensions, readExtensions(single(), 'the requested extensions'), element);
      return;
    default:
      into.other.push({ oid: id, values: values.map(rawBytes) });
  }
}

function readChallenge(node: Asn1Node): string {
  if (node.to - node.from > 4 * maxChallenge) throw challengeTooLong(node);
  const challenge = readText(node, 'the challenge password');
  if (challenge.length > maxChallenge) throw challengeTooLong(node);
  return challenge;
}

function challengeTooLong(node: Asn1Node) {
  return tooLarge(
    'challenge-too-long',
    `The challenge password is longer than ${maxChallenge} characters.`,
    node.start,
  );
}

/** Windows writes the same extensions into both attributes; what contradicts itself is refused. */
function mergeExtensions(into: Extension[], found: readonly Extension[], element: Asn1Node): void {
  for (const extension of found) {
    const known = into.find(({ oid: id }) => id === extension.oid);
    if (known === undefined) into.push(extension);
    else if (known.critical !== extension.critical || !sameBytes(known.value, extension.value))
      throw malformed('extension-twice', `The request asks for ${extension.oid} twice, differently.`, element.start);
  }
}
