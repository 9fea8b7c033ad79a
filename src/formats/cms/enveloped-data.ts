import { malformed } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  type Asn1Options,
  contentBytes,
  finish,
  next,
  open,
  optional,
  parseAsn1,
  peekTag,
} from '../asn1/read.ts';
import { nextOctetString, nextOid, nextSmallInteger, setElements } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type Der, implicitPrimitive, integer, octetString, oid, sequence, setOf } from '../asn1/write.ts';
import {
  type AlgorithmIdentifier,
  type Cipher,
  cipherByOid,
  encodeAlgorithm,
  nextAlgorithm,
} from '../x509/algorithms.ts';
import { type CertificateId, encodeCertificateId, nextCertificateId } from './certificate-id.ts';
import { encodeContentInfo, openContentInfo } from './content-info.ts';
import { contentType } from './content-type.ts';
import { type KeyTransport, keyTransportOf } from './key-transport.ts';

/** EnvelopedData (RFC 5652 §6). Byte fields are views where that is possible. */
export type EnvelopedData = {
  readonly version: number;
  /** Those of KeyTransRecipientInfo form; others (key agreement, password) are left out. At least one, else the parse fails. */
  readonly recipients: readonly KeyTransRecipient[];
  readonly contentType: string;
  readonly contentEncryption: AlgorithmIdentifier;
  /** Undefined for ciphers not in our table; `contentEncryption.oid` says which. */
  readonly cipher: Cipher | undefined;
  /** Initialisation vector of a known cipher, of its block length; undefined for others. */
  readonly iv: Uint8Array | undefined;
  readonly encryptedContent: Uint8Array;
};

export type KeyTransRecipient = {
  readonly id: CertificateId;
  readonly keyEncryption: AlgorithmIdentifier;
  readonly transport: KeyTransport;
  readonly encryptedKey: Uint8Array;
};

/** More recipients than any SCEP client names. */
const maxRecipients = 16;

/** Throws `Failure` `malformed` or `too-large`. Tolerates BER unless told otherwise. */
export function parseEnvelopedData(der: Uint8Array, options: Asn1Options = {}): EnvelopedData {
  const what = 'the EnvelopedData';
  const cursor = openContentInfo(der, contentType.envelopedData, what, options);
  const version = nextSmallInteger(cursor, what, 4);
  optional(cursor, 0xa0);
  const infos = setElements(next(cursor, tag.set, 'the recipients'), 'the recipients');
  if (infos.length > maxRecipients)
    throw malformed('envelope-recipients', `The envelope names more than ${maxRecipients} recipients.`, cursor.at);
  const recipients = infos.filter((info) => info.tag === tag.sequence).map(readRecipient);
  if (recipients.length === 0)
    throw malformed('envelope-recipients', 'The envelope has no recipient whose key is transported by RSA.', cursor.at);
  const content = open(next(cursor, tag.sequence, 'the encrypted content'), 'the encrypted content');
  const type = nextOid(content, 'the content type');
  const contentEncryption = nextAlgorithm(content, 'the content encryption algorithm');
  if (peekTag(content) < 0)
    throw malformed('envelope-content-absent', 'The envelope holds no encrypted content.', content.at);
  const encryptedContent = nextOctetString(content, 0x80, 'the encrypted content');
  finish(content, 'the encrypted content');
  optional(cursor, 0xa1);
  finish(cursor, what);
  const cipher = cipherByOid(contentEncryption.oid);
  const iv = cipher === undefined ? undefined : readIv(contentEncryption, cipher);
  return { version, recipients, contentType: type, contentEncryption, cipher, iv, encryptedContent };
}

function readRecipient(node: Asn1Node): KeyTransRecipient {
  const what = 'the recipient';
  const cursor: Asn1Cursor = open(node, what);
  nextSmallInteger(cursor, what, 2);
  const id = nextCertificateId(cursor, 'the recipient identifier');
  const keyEncryption = nextAlgorithm(cursor, 'the key encryption algorithm');
  const encryptedKey = nextOctetString(cursor, tag.octetString, 'the encrypted key');
  finish(cursor, what);
  return { id, keyEncryption, transport: keyTransportOf(keyEncryption), encryptedKey };
}

function readIv(algorithm: AlgorithmIdentifier, cipher: Cipher): Uint8Array {
  const node = algorithm.parameters === undefined ? undefined : parseAsn1(algorithm.parameters);
  if (node === undefined || node.tag !== tag.octetString || node.to - node.from !== cipher.blockLength)
    throw malformed('envelope-iv', `${cipher.name} needs an initialisation vector of ${cipher.blockLength} bytes.`, 0);
  return contentBytes(node);
}

export type EnvelopedDataParts = {
  readonly recipients: readonly {
    readonly id: CertificateId;
    readonly keyEncryption: AlgorithmIdentifier;
    readonly encryptedKey: Uint8Array;
  }[];
  /** From `cipherIdentifier`. */
  readonly contentEncryption: AlgorithmIdentifier;
  readonly encryptedContent: Uint8Array;
};

/** ContentInfo with EnvelopedData of content type `data`: version 0, or 2 where a recipient goes by key identifier. */
export function encodeEnvelopedData(parts: EnvelopedDataParts): Uint8Array {
  const newer = parts.recipients.some(({ id }) => id.kind === 'key-identifier');
  const body = sequence(
    integer(newer ? 2 : 0),
    setOf(parts.recipients.map(encodeRecipient)),
    sequence(
      oid(contentType.data),
      encodeAlgorithm(parts.contentEncryption),
      implicitPrimitive(0, parts.encryptedContent),
    ),
  );
  return encodeContentInfo(contentType.envelopedData, body);
}

function encodeRecipient(recipient: EnvelopedDataParts['recipients'][number]): Der {
  return sequence(
    integer(recipient.id.kind === 'key-identifier' ? 2 : 0),
    encodeCertificateId(recipient.id),
    encodeAlgorithm(recipient.keyEncryption),
    octetString(recipient.encryptedKey),
  );
}
