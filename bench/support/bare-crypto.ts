/**
 * The floor: the cryptographic operations of one enrolment on ready inputs, nothing else, on one thread. Verify the
 * request's signature (with one key import), RSA-decrypt and decipher, verify the CSR, sign the certificate, encipher and
 * RSA-encrypt, sign the answer. Usage: bare-crypto.ts ROUNDS. Prints milliseconds of CPU for one enrolment.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';

const rounds = Number(process.argv[2] ?? 1000);
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [client, issuer, ra] = [pair(), pair(), pair()];
const padding = constants.RSA_PKCS1_PADDING;

// Sizes as strongSwan's messages and our answers have them.
const attributes = randomBytes(330);
const csr = randomBytes(700);
const tbsCertificate = randomBytes(900);
const certificatesOnly = randomBytes(1300);
const contentKey = randomBytes(32);
const iv = randomBytes(16);
const spki = client.publicKey.export({ type: 'spki', format: 'der' });
const attributesSignature = sign('sha256', attributes, client.privateKey);
const csrSignature = sign('sha256', csr, client.privateKey);
const encryptedKey = publicEncrypt({ key: ra.publicKey, padding }, contentKey);
const cipher = createCipheriv('aes-256-cbc', contentKey, iv);
const encryptedCsr = Buffer.concat([cipher.update(csr), cipher.final()]);

function enrolment(): void {
  const clientKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  if (!verify('sha256', attributes, clientKey, attributesSignature)) throw new Error('attributes');
  const opened = createDecipheriv('aes-256-cbc', privateDecrypt({ key: ra.privateKey, padding }, encryptedKey), iv);
  opened.update(encryptedCsr);
  opened.final();
  if (!verify('sha256', csr, clientKey, csrSignature)) throw new Error('request');
  sign('sha256', tbsCertificate, issuer.privateKey);
  const answerKey = randomBytes(32);
  const sealed = createCipheriv('aes-256-cbc', answerKey, randomBytes(16));
  sealed.update(certificatesOnly);
  sealed.final();
  publicEncrypt({ key: clientKey, padding }, answerKey);
  sign('sha256', attributes, ra.privateKey);
}

for (let i = 0; i < 100; i++) enrolment();
const before = process.cpuUsage();
for (let i = 0; i < rounds; i++) enrolment();
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${(user + system) / 1000 / rounds}\n`);
