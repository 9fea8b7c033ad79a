/**
 * A SCEP server that records what real clients send: `node capture-server.ts PORT OUT_DIR`.
 * It issues whatever it is asked for, so that clients go on to renew and to poll; README.md says which commands it recorded.
 * `/pending` answers PENDING first. Needs nothing but `src/formats` and `node:crypto`.
 */
import { execFileSync } from 'node:child_process';
import * as crypto from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { certificateIdOf, identifies } from '../../../src/formats/cms/certificate-id.ts';
import { encodeCertificatesOnly } from '../../../src/formats/cms/certificates-only.ts';
import { encodeEnvelopedData, parseEnvelopedData } from '../../../src/formats/cms/enveloped-data.ts';
import { keyTransportIdentifier } from '../../../src/formats/cms/key-transport.ts';
import { type CertificationRequest, parseCertificationRequest } from '../../../src/formats/pkcs10/certification-request.ts';
import { encodeCertRepAttributes } from '../../../src/formats/scep/cert-rep.ts';
import { encodePkiMessage } from '../../../src/formats/scep/encode-pki-message.ts';
import { decodeGetMessage } from '../../../src/formats/scep/get-message.ts';
import { parsePkiMessage, type PkiMessage } from '../../../src/formats/scep/pki-message.ts';
import { cipherIdentifier, signatureScheme, type SignatureScheme } from '../../../src/formats/x509/algorithms.ts';
import { assembleCertificate, encodeTbsCertificate, parseCertificate } from '../../../src/formats/x509/certificate.ts';
import { findExtension } from '../../../src/formats/x509/extension.ts';
import { keyUsageExtension } from '../../../src/formats/x509/key-usage.ts';
import { parsePem } from '../../../src/formats/x509/pem.ts';

const [port = '', folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const at = (name: string) => join(folder, name);
const rsaSha256 = signatureScheme('rsa', 'sha256') as SignatureScheme;

if (!existsSync(at('ra.key.pem'))) {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('ca.key.pem'), '-out', at('ca.pem'), '-days', '36500',
    '-subj', '/C=NO/O=Vectors/CN=Capture CA', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'); // prettier-ignore
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('ra.key.pem'), '-out', at('ra.csr'), '-subj', '/C=NO/O=Vectors/CN=Capture RA');
  writeFileSync(at('ra.cnf'), 'keyUsage=critical,digitalSignature,keyEncipherment\nbasicConstraints=critical,CA:FALSE\n');
  openssl('x509', '-req', '-in', at('ra.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key.pem'), '-days', '36500', '-extfile', at('ra.cnf'), '-out', at('ra.pem'));
}

const der = (name: string) => parsePem(readFileSync(at(name), 'utf8'))[0]?.der ?? new Uint8Array();
const ca = parseCertificate(der('ca.pem'));
const ra = parseCertificate(der('ra.pem'));
const caKey = crypto.createPrivateKey(readFileSync(at('ca.key.pem')));
const raKey = crypto.createPrivateKey(readFileSync(at('ra.key.pem')));
const caps = 'AES\nDES3\nSHA-1\nSHA-256\nSHA-384\nSHA-512\nPOSTPKIOperation\nSCEPStandard\nRenewal\n';
const pending = new Map<string, CertificationRequest>();
let count = 0;

function cipherOf(name: string, key: Uint8Array) {
  // OpenSSL 3 has no single DES: the same key three times over in 3DES is the same thing.
  return name === 'des-cbc' ? { name: 'des-ede3-cbc', key: Buffer.concat([key, key, key]) } : { name: name.replace('aes', 'aes-').replace('128-', '128-'), key };
}

function openEnvelope(content: Uint8Array) {
  const envelope = parseEnvelopedData(content);
  // micromdm encrypts to every certificate of GetCACert.
  const recipient = envelope.recipients.find(({ id }) => identifies(id, ra));
  if (recipient === undefined || envelope.cipher === undefined || envelope.iv === undefined) throw new Error('no recipient or cipher');
  const key = crypto.privateDecrypt({ key: raKey, padding: crypto.constants.RSA_PKCS1_PADDING }, recipient.encryptedKey);
  const cipher = cipherOf(envelope.cipher.name, key);
  const decipher = crypto.createDecipheriv(cipher.name, cipher.key, envelope.iv);
  return { cipher: envelope.cipher, content: Buffer.concat([decipher.update(envelope.encryptedContent), decipher.final()]) };
}

function issue(request: CertificationRequest): Uint8Array {
  const names = findExtension(request.extensions, '2.5.29.17');
  const tbs = encodeTbsCertificate({
    serial: crypto.randomBytes(16),
    signatureAlgorithm: rsaSha256.identifier,
    issuer: ca.subjectDer,
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 365 * 86_400_000,
    subject: request.subjectDer,
    spki: request.spki,
    extensions: [keyUsageExtension(['digitalSignature', 'keyEncipherment']), ...(names ? [names] : [])],
  });
  return assembleCertificate(tbs, rsaSha256.identifier, crypto.sign('sha256', tbs, caKey));
}

function reply(message: PkiMessage, cipherName: Parameters<typeof cipherIdentifier>[0], leaf: Uint8Array | undefined): Uint8Array {
  let content: Uint8Array | undefined;
  if (leaf !== undefined) {
    const { keyLength, blockLength } = { 'des-cbc': { keyLength: 8, blockLength: 8 }, 'des-ede3-cbc': { keyLength: 24, blockLength: 8 } }[cipherName as string] ?? {
      keyLength: Number(cipherName.slice(3, 6)) / 8,
      blockLength: 16,
    };
    const key = crypto.randomBytes(keyLength);
    const iv = crypto.randomBytes(blockLength);
    const cipher = cipherOf(cipherName, key);
    const encrypt = crypto.createCipheriv(cipher.name, cipher.key, iv);
    const spki = crypto.createPublicKey({ key: Buffer.from(message.signerCertificate.spki), format: 'der', type: 'spki' });
    content = encodeEnvelopedData({
      recipients: [{
        id: certificateIdOf(message.signerCertificate),
        keyEncryption: keyTransportIdentifier('rsaes-pkcs1'),
        encryptedKey: crypto.publicEncrypt({ key: spki, padding: crypto.constants.RSA_PKCS1_PADDING }, key),
      }],
      contentEncryption: cipherIdentifier(cipherName, iv),
      encryptedContent: Buffer.concat([encrypt.update(encodeCertificatesOnly({ certificates: [leaf] })), encrypt.final()]),
    });
  }
  const signedAttributes = encodeCertRepAttributes({
    status: leaf === undefined ? 'PENDING' : 'SUCCESS',
    transactionId: message.transactionId,
    senderNonce: crypto.randomBytes(16),
    recipientNonce: message.senderNonce,
    messageDigest: crypto.createHash(message.digest).update(content ?? new Uint8Array()).digest(),
  });
  const signature = crypto.sign(message.digest, signedAttributes, raKey);
  return encodePkiMessage({ content, signedAttributes, signature, digest: message.digest, signer: ra, certificates: [ra.der] });
}

function verified(message: PkiMessage): void {
  const digest = crypto.createHash(message.digest).update(message.content ?? new Uint8Array()).digest();
  const key = crypto.createPublicKey({ key: Buffer.from(message.signerCertificate.spki), format: 'der', type: 'spki' });
  if (!digest.equals(message.messageDigest)) throw new Error('digest differs');
  if (!crypto.verify(message.digest, message.signedAttributes, key, message.signer.signature)) throw new Error('signature differs');
}

function operation(body: Uint8Array, wait: boolean): Uint8Array {
  const number = String(++count).padStart(3, '0');
  writeFileSync(at(`${number}.der`), body);
  const result = parsePkiMessage(body);
  if (!result.ok) throw result.failure;
  const { message } = result;
  verified(message);
  const { cipher, content } = openEnvelope(message.content ?? new Uint8Array());
  writeFileSync(at(`${number}.content.der`), content);
  console.log(number, 'type', message.messageType, cipher.name, message.digest, message.transactionId, body.length, 'bytes');
  const request = message.messageType === 20 ? pending.get(message.transactionId) : parseCertificationRequest(content);
  if (request === undefined) throw new Error('nothing is pending');
  if (wait && message.messageType !== 20) {
    pending.set(message.transactionId, request);
    return reply(message, cipher.name, undefined);
  }
  return reply(message, cipher.name, issue(request));
}

createServer({ maxHeaderSize: 65536 }, (request, response) => {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const name = (/operation=([^&]*)/.exec(query)?.[1] ?? '').toLowerCase();
    const send = (type: string, body: Uint8Array | string) => response.writeHead(200, { 'content-type': type }).end(body);
    if (name !== 'pkioperation') console.log(request.method, request.url);
    if (name === 'getcacaps') return send('text/plain', caps);
    if (name === 'getcacert') return send('application/x-x509-ca-ra-cert', encodeCertificatesOnly({ certificates: [ra.der, ca.der] }));
    try {
      if (request.method === 'GET') writeFileSync(at(`${String(count + 1).padStart(3, '0')}.query.txt`), query);
      const body = request.method === 'GET' ? decodeGetMessage(query) : Buffer.concat(chunks);
      send('application/x-pki-message', operation(body ?? new Uint8Array(), path.startsWith('/pending')));
    } catch (error) {
      console.log('FAILED', error);
      response.writeHead(500).end();
    }
  });
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
