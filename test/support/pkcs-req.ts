/** PKCSReq messages made ahead of time, so that sending them costs next to nothing. */
import { type ClientKey, certificateRequest, selfSignedCertificate } from '../../src/client/certificate-request.ts';
import { digest, sha256Hex } from '../../src/crypto/digest.ts';
import { sealEnvelope } from '../../src/crypto/envelope.ts';
import { generateKeyPair } from '../../src/crypto/key-pair.ts';
import { importPrivateKey } from '../../src/crypto/private-key.ts';
import { importPublicKey } from '../../src/crypto/public-key.ts';
import { signWithDigest } from '../../src/crypto/sign-with-digest.ts';
import { certificateIdOf } from '../../src/formats/cms/certificate-id.ts';
import { encodePkiMessage } from '../../src/formats/scep/encode-pki-message.ts';
import { messageTypes } from '../../src/formats/scep/message-type.ts';
import { encodePkiRequestAttributes } from '../../src/formats/scep/pki-request.ts';
import { type Certificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { fromBase64 } from '../../src/lib/bytes.ts';
import { randomBytes } from '../../src/lib/random.ts';
import type { Expectation } from '../../src/profiles/expectation.ts';

export async function makeClientKeys(count: number): Promise<readonly ClientKey[]> {
  const pairs = await Promise.all(Array.from({ length: count }, () => generateKeyPair('rsa-2048')));
  return pairs.map(({ privateKey, publicKey }) => ({ privateKey: importPrivateKey(privateKey), publicKey }));
}

/** AES-256 and SHA-256, as current clients choose. */
export function pkcsReq(
  key: ClientKey,
  recipient: Certificate,
  expectation: Expectation,
  challenge: string,
  now: number,
): Uint8Array {
  const requested = {
    subject: fromBase64(expectation.subject) ?? new Uint8Array(),
    subjectAlternativeNames: expectation.subjectAlternativeNames,
    keyUsage: expectation.keyUsage,
    extendedKeyUsages: expectation.extendedKeyUsages.map(({ oid }) => oid),
  };
  const raKey = importPublicKey(recipient.spki);
  if (raKey === undefined) throw new Error('the RA certificate has no usable key');
  const content = sealEnvelope(
    raKey,
    certificateIdOf(recipient),
    'aes256-cbc',
    certificateRequest(key, requested, challenge, 'sha256'),
  );
  const signerDer = selfSignedCertificate(key, requested.subject, 'sha256', now);
  const signedAttributes = encodePkiRequestAttributes({
    messageType: messageTypes.PKCSReq,
    transactionId: sha256Hex(randomBytes(32)),
    senderNonce: randomBytes(16),
    messageDigest: digest('sha256', content),
    signingTime: now,
  });
  return encodePkiMessage({
    content,
    signedAttributes,
    signature: signWithDigest(key.privateKey, 'sha256', signedAttributes),
    digest: 'sha256',
    signer: parseCertificate(signerDer),
    certificates: [signerDer],
  });
}
