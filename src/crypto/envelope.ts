import { constants, privateDecrypt, publicEncrypt } from 'node:crypto';
import type { CertificateId } from '../formats/cms/certificate-id.ts';
import { encodeEnvelopedData } from '../formats/cms/enveloped-data.ts';
import { type KeyTransport, keyTransportIdentifier } from '../formats/cms/key-transport.ts';
import { type CipherName, cipherByName, cipherIdentifier } from '../formats/x509/algorithms.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import { decryptContent, encryptContent } from './content-cipher.ts';
import type { Digest } from './digest.ts';
import { plainBytes } from './plain-bytes.ts';
import type { PrivateKey } from './private-key.ts';
import type { PublicKey } from './public-key.ts';

/** How the content key travels: RSAES-PKCS1-v1_5, or OAEP with this digest for both of its hashes. */
export type RsaTransport = 'pkcs1' | Digest;

/** Undefined for what we do not open (badAlg): OAEP with two digests, with MD5 or with a label, anything that is not RSA. */
export function rsaTransport(transport: KeyTransport): RsaTransport | undefined {
  if (transport.kind === 'rsaes-pkcs1') return 'pkcs1';
  if (transport.kind === 'other' || transport.hasLabel || transport.digest !== transport.mgfDigest) return undefined;
  return transport.digest === 'md5' ? undefined : transport.digest;
}

/** The parts of an EnvelopedData that opening it takes; a `KeyTransRecipient` and its `EnvelopedData` have them. */
export type Envelope = {
  readonly transport: RsaTransport;
  readonly encryptedKey: Uint8Array;
  readonly cipher: CipherName;
  /** Of the cipher's block length. */
  readonly iv: Uint8Array;
  readonly encryptedContent: Uint8Array;
};

/**
 * The content, or null: one answer for everything that may be wrong with it. OpenSSL answers wrong PKCS#1 padding with
 * a random message (implicit rejection), so that a key of the wrong length here means wrong padding; what follows takes
 * the same steps with a random key.
 */
export function openEnvelope(key: PrivateKey, envelope: Envelope): Uint8Array | null {
  const { keyLength } = cipherByName(envelope.cipher);
  const spare = randomBytes(keyLength);
  const contentKey = decryptKey(key, envelope);
  const usable = contentKey !== null && contentKey.length === keyLength;
  const content = decryptContent(envelope.cipher, usable ? contentKey : spare, envelope.iv, envelope.encryptedContent);
  return usable ? content : null;
}

function decryptKey(key: PrivateKey, { transport, encryptedKey }: Envelope): Uint8Array | null {
  try {
    return transport === 'pkcs1'
      ? privateDecrypt(pkcs1(key), encryptedKey)
      : privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: transport }, encryptedKey);
  } catch {
    return null;
  }
}

/** ContentInfo with EnvelopedData, DER, under a random key and iv. Throws `Failure` `recipient-key-not-rsa`. */
export function sealEnvelope(
  recipientKey: PublicKey,
  recipient: CertificateId,
  cipher: CipherName,
  content: Uint8Array,
  transport: RsaTransport = 'pkcs1',
): Uint8Array {
  if (recipientKey.asymmetricKeyType !== 'rsa')
    throw new Failure(
      'cryptography',
      'recipient-key-not-rsa',
      'The content cannot be encrypted to this key, because it is not an RSA key. SCEP needs an RSA key to answer to.',
    );
  const { keyLength, blockLength } = cipherByName(cipher);
  const contentKey = randomBytes(keyLength);
  const iv = randomBytes(blockLength);
  return encodeEnvelopedData({
    recipients: [
      {
        id: recipient,
        keyEncryption: keyTransportIdentifier(transport === 'pkcs1' ? 'rsaes-pkcs1' : { oaep: transport }),
        encryptedKey: encryptKey(recipientKey, transport, contentKey),
      },
    ],
    contentEncryption: cipherIdentifier(cipher, iv),
    encryptedContent: encryptContent(cipher, contentKey, iv, content),
  });
}

function encryptKey(key: PublicKey, transport: RsaTransport, contentKey: Uint8Array): Uint8Array {
  return plainBytes(
    transport === 'pkcs1'
      ? publicEncrypt(pkcs1(key), contentKey)
      : publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: transport }, contentKey),
  );
}

/**
 * The key itself as the options that name it. Node finds out by exceptions of its own, two for each call, that an options
 * object is no key, and they cost more than the encryption's other overhead together.
 */
function pkcs1<Key extends PrivateKey | PublicKey>(key: Key): Key & { key: Key; padding: number } {
  return Object.assign(key, { key, padding: constants.RSA_PKCS1_PADDING });
}
