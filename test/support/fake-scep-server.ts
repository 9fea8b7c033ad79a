/**
 * A SCEP server inside the test, without network or rules, that can be told to misbehave: what a client must not believe.
 */
import type { HttpAnswer, HttpRequest } from '../../src/client/http-transport.ts';
import { digest, sha256Hex } from '../../src/crypto/digest.ts';
import { openEnvelope, rsaTransport, sealEnvelope } from '../../src/crypto/envelope.ts';
import { importPrivateKey, type PrivateKey } from '../../src/crypto/private-key.ts';
import { importPublicKey } from '../../src/crypto/public-key.ts';
import { signWithDigest } from '../../src/crypto/sign-with-digest.ts';
import { certificateIdOf } from '../../src/formats/cms/certificate-id.ts';
import { encodeCertificatesOnly } from '../../src/formats/cms/certificates-only.ts';
import { parseEnvelopedData } from '../../src/formats/cms/enveloped-data.ts';
import { parseCertificationRequest } from '../../src/formats/pkcs10/certification-request.ts';
import { encodeCertRepAttributes } from '../../src/formats/scep/cert-rep.ts';
import { encodePkiMessage } from '../../src/formats/scep/encode-pki-message.ts';
import { decodeGetMessage } from '../../src/formats/scep/get-message.ts';
import { type PkiMessage, parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { signatureScheme } from '../../src/formats/x509/algorithms.ts';
import { basicConstraintsExtension } from '../../src/formats/x509/basic-constraints.ts';
import {
  assembleCertificate,
  type Certificate,
  encodeTbsCertificate,
  parseCertificate,
} from '../../src/formats/x509/certificate.ts';
import { extendedKeyUsageExtension } from '../../src/formats/x509/extended-key-usage.ts';
import type { Extension } from '../../src/formats/x509/extension.ts';
import { keyUsageExtension } from '../../src/formats/x509/key-usage.ts';
import { nameOf } from '../../src/formats/x509/name.ts';
import { utf8 } from '../../src/lib/bytes.ts';
import { day } from '../../src/lib/clock.ts';
import { randomBytes } from '../../src/lib/random.ts';
import { takeRsaKey } from './key-pool.ts';

export type FakeKey = { readonly privateKey: PrivateKey; readonly publicKey: Uint8Array };

export async function fakeKey(): Promise<FakeKey> {
  const { privateKey, publicKey } = await takeRsaKey();
  return {
    privateKey: importPrivateKey(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))),
    publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
  };
}

/** A certificate for `key` by `issuer`, or by itself. */
export function fakeCertificate(
  name: string,
  key: Uint8Array,
  issuer: { readonly certificate: Certificate | null; readonly key: FakeKey },
  extensions: readonly Extension[],
  now: number,
): Certificate {
  const subject = nameOf([['2.5.4.3', name]]);
  const algorithm = signatureScheme('rsa', 'sha256')?.identifier;
  if (algorithm === undefined) throw new Error('no RSA');
  const tbs = encodeTbsCertificate({
    serial: randomBytes(16),
    signatureAlgorithm: algorithm,
    issuer: issuer.certificate?.subjectDer ?? subject,
    notBefore: now - day,
    notAfter: now + 300 * day,
    subject,
    spki: key,
    extensions,
  });
  return parseCertificate(assembleCertificate(tbs, algorithm, signWithDigest(issuer.key.privateKey, 'sha256', tbs)));
}

export const authorityExtensions: readonly Extension[] = [
  basicConstraintsExtension({ ca: true, pathLength: undefined }),
  keyUsageExtension(['keyCertSign', 'cRLSign']),
];
export const registrationExtensions: readonly Extension[] = [
  keyUsageExtension(['digitalSignature', 'keyEncipherment']),
];
export const deviceExtensions: readonly Extension[] = [
  ...registrationExtensions,
  extendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2']),
];

export type Misbehaviour = Partial<{
  capabilities: string;
  /** The answer to PKIOperation. */
  status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  wrongNonce: boolean;
  wrongTransaction: boolean;
  /** The certificate is for a key of somebody else. */
  otherKey: boolean;
  /** The reply is signed by a device certificate of the same authority. */
  signedByDevice: boolean;
  /** GetCACert names a device certificate as the RA. */
  deviceAsAuthority: boolean;
  /** The content is changed after signing. */
  tampered: boolean;
  /** Everything comes from an authority of the same names that nobody trusts. */
  impostor: boolean;
}>;

export type FakeScepServer = {
  readonly fingerprint: string;
  readonly root: Certificate;
  /** Requests as they came: operation, method, challenge. */
  readonly seen: { operation: string; method: string; challenge: string | null; messageType: number | null }[];
  answer(request: HttpRequest, misbehaviour?: Misbehaviour): HttpAnswer;
};

export async function fakeScepServer(now: number): Promise<FakeScepServer> {
  const make = async () => {
    const rootKey = await fakeKey();
    const root = fakeCertificate(
      'Root',
      rootKey.publicKey,
      { certificate: null, key: rootKey },
      authorityExtensions,
      now,
    );
    const raKey = await fakeKey();
    const ra = fakeCertificate('RA', raKey.publicKey, { certificate: root, key: rootKey }, registrationExtensions, now);
    return { root, rootKey, ra, raKey };
  };
  const honest = await make();
  const impostor = await make();
  const deviceKey = await fakeKey();
  const device = fakeCertificate(
    'Thief',
    deviceKey.publicKey,
    { certificate: honest.root, key: honest.rootKey },
    deviceExtensions,
    now,
  );
  const seen: FakeScepServer['seen'] = [];

  function operate(request: HttpRequest, how: Misbehaviour): Uint8Array {
    const { root, rootKey, ra, raKey } = how.impostor ? impostor : honest;
    const der = request.body ?? decodeGetMessage(new URL(request.url).search);
    const parsed = parsePkiMessage(der ?? new Uint8Array(0));
    if (!parsed.ok) throw parsed.failure;
    const { message } = parsed;
    const inner = open(message, (how.deviceAsAuthority ? deviceKey : raKey).privateKey);
    const csr = message.messageType === 20 ? null : parseCertificationRequest(inner);
    const entry = seen.at(-1);
    if (entry !== undefined)
      Object.assign(entry, { challenge: csr?.challengePassword ?? null, messageType: message.messageType });
    const status = how.status ?? 'SUCCESS';
    const spki = how.otherKey ? deviceKey.publicKey : (csr?.spki ?? message.signerCertificate.spki);
    const issued = fakeCertificate('Device', spki, { certificate: root, key: rootKey }, deviceExtensions, now);
    const requester = importPublicKey(message.signerCertificate.spki);
    if (requester === undefined) throw new Error('no requester');
    const content =
      status === 'SUCCESS'
        ? sealEnvelope(
            requester,
            certificateIdOf(message.signerCertificate),
            'aes128-cbc',
            encodeCertificatesOnly({ certificates: [issued.der] }),
          )
        : undefined;
    const signer =
      how.signedByDevice || how.deviceAsAuthority
        ? { certificate: device, key: deviceKey }
        : { certificate: ra, key: raKey };
    const signedAttributes = encodeCertRepAttributes({
      transactionId: how.wrongTransaction ? 'another' : message.transactionId,
      senderNonce: randomBytes(16),
      recipientNonce: how.wrongNonce ? randomBytes(16) : message.senderNonce,
      messageDigest: digest('sha256', content ?? new Uint8Array(0)),
      ...(status === 'FAILURE'
        ? { status, failInfo: 'badRequest' as const, failInfoText: 'challenge-expired r-1' }
        : { status }),
    });
    if (how.tampered && content !== undefined) content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;
    return encodePkiMessage({
      content,
      signedAttributes,
      signature: signWithDigest(signer.key.privateKey, 'sha256', signedAttributes),
      digest: 'sha256',
      signer: signer.certificate,
      certificates: [signer.certificate.der],
    });
  }

  return {
    fingerprint: sha256Hex(honest.root.der),
    root: honest.root,
    seen,
    answer(request, how = {}) {
      const operation = new URL(request.url).searchParams.get('operation') ?? '';
      seen.push({ operation, method: request.method, challenge: null, messageType: null });
      const body = {
        GetCACaps: () => utf8(how.capabilities ?? 'AES\nSHA-256\nPOSTPKIOperation\nRenewal\n'),
        GetCACert: () => {
          const { root, ra } = how.impostor ? impostor : honest;
          return encodeCertificatesOnly({ certificates: [how.deviceAsAuthority ? device.der : ra.der, root.der] });
        },
        PKIOperation: () => operate(request, how),
      }[operation];
      if (body === undefined) throw new Error(`unknown operation ${operation}`);
      return { status: 200, contentType: 'application/x-pki-message', retryAfter: null, body: body() };
    },
  };
}

function open(message: PkiMessage, key: PrivateKey): Uint8Array {
  const enveloped = parseEnvelopedData(message.content ?? new Uint8Array(0));
  const [recipient] = enveloped.recipients;
  const transport = recipient && rsaTransport(recipient.transport);
  const { cipher, iv, encryptedContent } = enveloped;
  if (!recipient || !transport || !cipher || !iv) throw new Error('not for us');
  const content = openEnvelope(key, {
    transport,
    encryptedKey: recipient.encryptedKey,
    cipher: cipher.name,
    iv,
    encryptedContent,
  });
  if (content === null) throw new Error('does not open');
  return content;
}
