/** pkiMessages with any part replaced by what an honest client never sends. */
import { constants, createSign, publicEncrypt, sign } from 'node:crypto';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import { encryptContent } from '../../src/crypto/content-cipher.ts';
import { type Digest, digest, sha256Hex } from '../../src/crypto/digest.ts';
import { importPublicKey } from '../../src/crypto/public-key.ts';
import { signWithDigest } from '../../src/crypto/sign-with-digest.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { encode, explicit, integer, sequence } from '../../src/formats/asn1/write.ts';
import { certificateIdOf } from '../../src/formats/cms/certificate-id.ts';
import { contentType } from '../../src/formats/cms/content-type.ts';
import { encodeEnvelopedData } from '../../src/formats/cms/enveloped-data.ts';
import { encodeSignedData } from '../../src/formats/cms/signed-data.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
} from '../../src/formats/pkcs10/certification-request.ts';
import { type MessageTypeName, messageTypes } from '../../src/formats/scep/message-type.ts';
import { encodePkiRequestAttributes } from '../../src/formats/scep/pki-request.ts';
import {
  type AlgorithmIdentifier,
  type CipherName,
  cipherByName,
  cipherIdentifier,
  type DigestName,
  digestIdentifier,
  encodeAlgorithm,
  mgf1Oid,
  rsaEncryption,
  rsaesOaepOid,
  rsassaPssOid,
  signatureScheme,
} from '../../src/formats/x509/algorithms.ts';
import {
  assembleCertificate,
  type Certificate,
  encodeTbsCertificate,
  parseCertificate,
} from '../../src/formats/x509/certificate.ts';
import { extendedKeyUsageExtension } from '../../src/formats/x509/extended-key-usage.ts';
import type { Extension } from '../../src/formats/x509/extension.ts';
import type { GeneralName } from '../../src/formats/x509/general-name.ts';
import { type KeyUsage, keyUsageExtension } from '../../src/formats/x509/key-usage.ts';
import { decodeName, type Name } from '../../src/formats/x509/name.ts';
import { subjectAltNameExtension } from '../../src/formats/x509/subject-alt-name.ts';
import { fromBase64 } from '../../src/lib/bytes.ts';
import { day } from '../../src/lib/clock.ts';
import { randomBytes } from '../../src/lib/random.ts';
import type { TestIdentity } from './scep-test-client.ts';

/** What a deployment's device would ask for, to be changed: the parts of a CSR. */
export type AskedFor = {
  readonly subject: Name;
  readonly alternativeNames: readonly GeneralName[];
  readonly keyUsage: readonly KeyUsage[];
  readonly purposes: readonly string[];
  /** Beside those that follow from the above. */
  readonly extensions: readonly Extension[];
};

export function askedBy({ expectation }: Deployment): AskedFor {
  if (expectation === null) throw new Error('the deployment expects nothing');
  return {
    subject: decodeName(fromBase64(expectation.subject) ?? new Uint8Array()),
    alternativeNames: expectation.subjectAlternativeNames.map(({ type, value }): GeneralName => {
      if (type === 'ip') throw new Error('not in these tests');
      return { kind: type, value };
    }),
    keyUsage: expectation.keyUsage,
    purposes: expectation.extendedKeyUsages.map(({ oid: id }) => id),
    extensions: [],
  };
}

export type CsrSigning = { readonly signWith?: ClientKey; readonly digest?: DigestName };

export function forgedCsr(
  key: ClientKey,
  asked: AskedFor,
  challenge: string | null,
  signing: CsrSigning = {},
): Uint8Array {
  const { signWith = key, digest: hash = 'sha256' } = signing;
  const { alternativeNames, keyUsage, purposes } = asked;
  const info = encodeCertificationRequestInfo({
    subject: asked.subject,
    spki: key.publicKey,
    ...(challenge !== null && { challengePassword: challenge }),
    extensions: [
      ...(alternativeNames.length > 0 ? [subjectAltNameExtension(alternativeNames)] : []),
      ...(keyUsage.length > 0 ? [keyUsageExtension(keyUsage)] : []),
      ...(purposes.length > 0 ? [extendedKeyUsageExtension(purposes)] : []),
      ...asked.extensions,
    ],
  });
  const kind = signWith.privateKey.asymmetricKeyType === 'ec' ? 'ec' : 'rsa';
  const algorithm = signatureScheme(kind, hash)?.identifier;
  if (algorithm === undefined) throw new Error(`${kind} does not sign with ${hash}`);
  return assembleCertificationRequest(info, algorithm, anySignature(signWith, hash, info));
}

/** RSA PKCS#1 v1.5 or ECDSA with any digest, MD5 too. */
function anySignature({ privateKey }: ClientKey, hash: DigestName, data: Uint8Array): Uint8Array {
  return new Uint8Array(createSign(hash).update(data).sign(privateKey));
}

/** A certificate that claims these names and this serial number, signed by whoever has `signWith`. */
export function forgedCertificate(
  key: ClientKey,
  claims: { readonly issuer: Uint8Array; readonly subject: Uint8Array; readonly serial: Uint8Array },
  signWith: ClientKey = key,
): TestIdentity {
  const algorithm = signatureScheme('rsa', 'sha256')?.identifier ?? rsaEncryption;
  const now = Date.now();
  const tbs = encodeTbsCertificate({
    serial: claims.serial,
    signatureAlgorithm: algorithm,
    issuer: claims.issuer,
    notBefore: now - day,
    notAfter: now + 10_000 * day,
    subject: claims.subject,
    spki: key.publicKey,
    extensions: [keyUsageExtension(['digitalSignature', 'keyEncipherment'])],
  });
  return { key, certificate: assembleCertificate(tbs, algorithm, signWithDigest(signWith.privateKey, 'sha256', tbs)) };
}

/** How the content key is encrypted. */
export type KeyTransport = {
  readonly algorithm: AlgorithmIdentifier;
  encrypt(recipient: Certificate, contentKey: Uint8Array): Uint8Array;
};

const pkcs1: KeyTransport = {
  algorithm: rsaEncryption,
  encrypt: (recipient, contentKey) => encryptTo(recipient, contentKey, { padding: constants.RSA_PKCS1_PADDING }),
};

/** Says OAEP with SHA-256 and a mask of SHA-1: what no library opens unless it is told both. */
export const unequalOaep: KeyTransport = {
  algorithm: {
    oid: rsaesOaepOid,
    parameters: encode(
      sequence(
        explicit(0, encodeAlgorithm(digestIdentifier('sha256'))),
        explicit(1, encodeAlgorithm({ oid: mgf1Oid, parameters: encode(encodeAlgorithm(digestIdentifier('sha1'))) })),
      ),
    ),
  },
  encrypt: (recipient, contentKey) =>
    encryptTo(recipient, contentKey, { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }),
};

function encryptTo(
  { spki }: Certificate,
  contentKey: Uint8Array,
  how: { readonly padding: number; readonly oaepHash?: string },
): Uint8Array {
  const key = importPublicKey(spki);
  if (key === undefined) throw new Error('the recipient has no usable key');
  return new Uint8Array(publicEncrypt({ key, ...how }, contentKey));
}

/** RSASSA-PSS with SHA-256 throughout, as RFC 4056 has it. */
export const pss = {
  signatureAlgorithm: {
    oid: rsassaPssOid,
    parameters: encode(
      sequence(
        explicit(0, encodeAlgorithm(digestIdentifier('sha256'))),
        explicit(1, encodeAlgorithm({ oid: mgf1Oid, parameters: encode(encodeAlgorithm(digestIdentifier('sha256'))) })),
        explicit(2, integer(32)),
      ),
    ),
  },
  sign: ({ privateKey }: ClientKey, attributes: Uint8Array): Uint8Array =>
    new Uint8Array(
      sign('sha256', attributes, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
    ),
};

export type ForgedMessage = {
  readonly type: Exclude<MessageTypeName, 'CertRep'>;
  readonly content: Uint8Array;
  readonly signer: TestIdentity;
  readonly recipient: Certificate;
  readonly digest?: DigestName;
  readonly cipher?: CipherName;
  readonly transport?: KeyTransport;
  readonly transactionId?: string;
  readonly senderNonce?: Uint8Array;
  readonly signatureAlgorithm?: AlgorithmIdentifier;
  /** Over the signed attributes; the signer's key with PKCS#1 v1.5 unless given. */
  readonly sign?: (attributes: Uint8Array) => Uint8Array;
  /** Before the envelope is signed, so that everything outside of it holds. */
  readonly tamper?: {
    readonly encryptedKey?: (bytes: Uint8Array) => Uint8Array;
    readonly encryptedContent?: (bytes: Uint8Array) => Uint8Array;
  };
};

/** The message and where its parts stand in it, for whoever wants to flip a bit of one. */
export type BuiltMessage = {
  readonly bytes: Uint8Array;
  readonly parts: Readonly<
    Record<'signedAttributes' | 'signature' | 'encryptedKey' | 'encryptedContent' | 'signerCertificate', Uint8Array>
  >;
};

export function forgeMessage(message: ForgedMessage): BuiltMessage {
  const { digest: hash = 'sha256', cipher = 'aes128-cbc', signer, recipient, transport = pkcs1 } = message;
  const { keyLength, blockLength } = cipherByName(cipher);
  const contentKey = randomBytes(keyLength);
  const iv = randomBytes(blockLength);
  const same = (bytes: Uint8Array) => bytes;
  const encryptedKey = (message.tamper?.encryptedKey ?? same)(transport.encrypt(recipient, contentKey));
  const sealed = encryptContent(cipher, contentKey, iv, message.content);
  const encryptedContent = (message.tamper?.encryptedContent ?? same)(sealed);
  const content = encodeEnvelopedData({
    recipients: [{ id: certificateIdOf(recipient), keyEncryption: transport.algorithm, encryptedKey }],
    contentEncryption: cipherIdentifier(cipher, iv),
    encryptedContent,
  });
  const signedAttributes = encodePkiRequestAttributes({
    messageType: messageTypes[message.type],
    transactionId: message.transactionId ?? sha256Hex(signer.key.publicKey),
    senderNonce: message.senderNonce ?? randomBytes(16),
    messageDigest: anyDigest(hash, content),
    signingTime: Date.now(),
  });
  const signature = message.sign?.(signedAttributes) ?? anySignature(signer.key, hash, signedAttributes);
  const bytes = encodeSignedData({
    contentType: contentType.data,
    content,
    certificates: [signer.certificate],
    signers: [
      {
        id: certificateIdOf(parseCertificate(signer.certificate)),
        digestAlgorithm: digestIdentifier(hash),
        signedAttributes,
        signatureAlgorithm: message.signatureAlgorithm ?? rsaEncryption,
        signature,
      },
    ],
  });
  // Without the tag, which differs in the message.
  const attributes = signedAttributes.subarray(2);
  return {
    bytes,
    parts: {
      signedAttributes: attributes,
      signature,
      encryptedKey,
      encryptedContent,
      signerCertificate: signer.certificate,
    },
  };
}

function anyDigest(hash: DigestName, data: Uint8Array): Uint8Array {
  return hash === 'md5' ? new Uint8Array(16) : digest(hash satisfies Digest, data);
}
