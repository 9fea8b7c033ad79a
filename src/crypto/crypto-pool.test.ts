import assert from 'node:assert/strict';
import { constants, privateDecrypt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { testKeyPair } from '../../test/support/test-key-pair.ts';
import { until } from '../../test/support/until.ts';
import { type Asn1Node, children, contentBytes, parseAsn1, rawBytes } from '../formats/asn1/read.ts';
import { readBitString } from '../formats/asn1/read-value.ts';
import { utf8String } from '../formats/asn1/text.ts';
import { encode, sequence } from '../formats/asn1/write.ts';
import { attributeOid, singleValue } from '../formats/cms/attribute.ts';
import { parseCertificatesOnly } from '../formats/cms/certificates-only.ts';
import { parseEnvelopedData } from '../formats/cms/enveloped-data.ts';
import { parseSignedData } from '../formats/cms/signed-data.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
} from '../formats/pkcs10/certification-request.ts';
import type { CipherName } from '../formats/x509/algorithms.ts';
import { encodeName, nameOf } from '../formats/x509/name.ts';
import { toHex, utf8 } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';
import type { OpenRequest, Reply } from './crypto-job.ts';
import { type CryptoPool, createCryptoPool } from './crypto-pool.ts';
import { digest } from './digest.ts';
import { openEnvelope, type RsaTransport, rsaTransport, sealEnvelope } from './envelope.ts';
import type { KeyPair } from './key-pair.ts';
import { importPrivateKey } from './private-key.ts';
import { importPublicKey } from './public-key.ts';
import { signWithDigest } from './sign-with-digest.ts';
import { inlineSigner } from './signer.ts';
import { verifyWithDigest } from './verify-signature.ts';

const issuerDer = encodeName(nameOf([['2.5.4.3', 'Test CA']]));
const serial = Uint8Array.of(0x41, 2, 3);

let ra: KeyPair;
let client: KeyPair;
let csr: Uint8Array;

before(async () => {
  [ra, client] = await Promise.all([testKeyPair('rsa-2048'), testKeyPair('rsa-2048')]);
  csr = await makeRequest(client);
});

async function makeRequest(key: KeyPair, signedBy = key): Promise<Uint8Array> {
  const signer = inlineSigner(signedBy.privateKey);
  const subject = nameOf([['2.5.4.3', 'device-1']]);
  const info = encodeCertificationRequestInfo({ subject, spki: key.publicKey, challengePassword: 'secret' });
  return assembleCertificationRequest(info, signer.signatureAlgorithm, await signer.sign(info));
}

function envelope(content: Uint8Array, cipher: CipherName = 'aes256-cbc', transport: RsaTransport = 'pkcs1') {
  const key = importPublicKey(ra.publicKey);
  assert.ok(key);
  return sealEnvelope(key, { kind: 'issuer-and-serial', issuerDer, serial }, cipher, content, transport);
}

function request(enveloped: Uint8Array, change: Partial<OpenRequest> = {}): OpenRequest {
  const { recipients, cipher, iv, encryptedContent } = parseEnvelopedData(enveloped);
  const [recipient] = recipients;
  assert.ok(recipient && cipher && iv);
  const transport = rsaTransport(recipient.transport);
  assert.ok(transport);
  const signedAttributes = utf8('the attributes');
  return {
    signerKey: client.publicKey,
    digest: 'sha256',
    signedAttributes,
    signature: signWithDigest(importPrivateKey(client.privateKey), 'sha256', signedAttributes),
    recipientKeyId: 'ra',
    transport,
    encryptedKey: recipient.encryptedKey,
    cipher: cipher.name,
    iv,
    encryptedContent,
    verifyContentAsCsr: true,
    ...change,
  };
}

const reply: Reply = {
  keyId: 'ra',
  signerIssuer: issuerDer,
  signerSerial: serial,
  certificates: [],
  digest: 'sha256',
  transactionId: 'T-1',
  recipientNonce: new Uint8Array(16).fill(7),
  signingTime: Date.UTC(2026, 10, 22),
  status: 'SUCCESS',
  failInfo: null,
  failInfoText: null,
  envelope: null,
};

function openPool(threads: number, limit?: number): CryptoPool {
  const pool = createCryptoPool(limit === undefined ? { threads } : { threads, limit });
  pool.addKey('ra', ra.privateKey);
  return pool;
}

for (const threads of [0, 2])
  describe(`the crypto pool with ${threads} threads`, () => {
    it('opens a request and finds its own signature good', async () => {
      await using pool = openPool(threads);
      const opened = await pool.openRequest(request(envelope(csr)));
      assert.equal(opened.kind, 'opened');
      assert.deepEqual(opened.kind === 'opened' && Uint8Array.from(opened.content), csr);
      assert.equal(opened.kind === 'opened' && opened.csrProof, true);
    });

    for (const cipher of threads > 0
      ? []
      : (['aes128-cbc', 'aes192-cbc', 'aes256-cbc', 'des-ede3-cbc', 'des-cbc'] as const))
      for (const transport of ['pkcs1', 'sha1', 'sha256'] as const)
        it(`opens ${cipher} under ${transport}`, async () => {
          await using pool = openPool(threads);
          const opened = await pool.openRequest(request(envelope(csr, cipher, transport)));
          assert.equal(opened.kind === 'opened' && opened.csrProof, true);
        });

    it('decrypts nothing for a message whose signature is wrong', async () => {
      await using pool = openPool(threads);
      const opened = await pool.openRequest(request(envelope(csr), { signedAttributes: utf8('others') }));
      assert.equal(opened.kind === 'refused' && opened.reason, 'signature');
      assert.equal(opened.timings.decrypt, 0);
    });

    it('answers every damage to the envelope alike', async () => {
      await using pool = openPool(threads);
      const whole = request(envelope(csr));
      const damaged = (bytes: Uint8Array, at: number) => {
        const copy = bytes.slice();
        copy[at] = (copy[at] as number) ^ 1;
        return copy;
      };
      const cases: Partial<OpenRequest>[] = [
        { encryptedKey: damaged(whole.encryptedKey, 100) },
        // Cut at the end: a first byte of 0 could be left out without changing the number.
        { encryptedKey: whole.encryptedKey.subarray(0, -1) },
        { encryptedKey: new Uint8Array(0) },
        { encryptedContent: whole.encryptedContent.subarray(0, 17) },
        { transport: 'sha256' },
      ];
      for (const change of cases) {
        const opened = await pool.openRequest({ ...whole, ...change });
        const proof = opened.kind === 'opened' ? opened.csrProof : false;
        assert.equal(proof, false, JSON.stringify(Object.keys(change)));
        if (opened.kind === 'refused') assert.equal(opened.reason, 'decryption');
      }
    });

    it('says that a request which another key signed has no proof', async () => {
      await using pool = openPool(threads);
      const forged = await makeRequest(ra, client);
      const opened = await pool.openRequest(request(envelope(forged)));
      assert.equal(opened.kind === 'opened' && opened.csrProof, false);
      assert.equal(opened.kind === 'opened' && opened.csrProblem, 'signature');
    });

    it('says that content which is no request has no proof', async () => {
      await using pool = openPool(threads);
      const opened = await pool.openRequest(request(envelope(utf8('hello'))));
      assert.equal(opened.kind === 'opened' && opened.csrProblem, 'malformed');
    });

    it('opens content that is not meant to be a request', async () => {
      await using pool = openPool(threads);
      const opened = await pool.openRequest(request(envelope(utf8('hello')), { verifyContentAsCsr: false }));
      assert.equal(opened.kind === 'opened' && opened.csrProof, null);
    });

    it('seals a reply that the requester can verify and open', async () => {
      await using pool = openPool(threads);
      const sealed = await pool.sealReply({
        ...reply,
        envelope: {
          recipientKey: client.publicKey,
          recipientIssuer: issuerDer,
          recipientSerial: serial,
          cipher: 'aes128-cbc',
          transport: 'pkcs1',
          content: utf8('the certificates'),
        },
      });
      const signed = parseSignedData(sealed);
      const [signer] = signed.signers;
      assert.ok(signer?.signedAttributes && signed.content);
      assert.ok(verifyWithDigest(ra.publicKey, 'sha256', signer.signedAttributes.der, signer.signature));
      const { recipients, iv, encryptedContent } = parseEnvelopedData(signed.content);
      const content = openEnvelope(importPrivateKey(client.privateKey), {
        transport: 'pkcs1',
        encryptedKey: recipients[0]?.encryptedKey ?? new Uint8Array(0),
        cipher: 'aes128-cbc',
        iv: iv ?? new Uint8Array(0),
        encryptedContent,
      });
      assert.deepEqual(content && Uint8Array.from(content), utf8('the certificates'));
    });

    it('signs a certificate and seals the answer that carries it, for one visit', async () => {
      await using pool = openPool(threads);
      const recipient = { recipientKey: client.publicKey, recipientIssuer: issuerDer, recipientSerial: serial };
      const { signatureAlgorithm } = inlineSigner(ra.privateKey);
      const tbs = encode(sequence(utf8String('to be signed')));
      const { certificate, message } = await pool.certify({
        keyId: 'ra',
        digest: 'sha256',
        tbs,
        signatureAlgorithm,
        reply: {
          ...reply,
          envelope: { ...recipient, cipher: 'aes128-cbc', transport: 'pkcs1' },
          beside: [encode(sequence(utf8String('the issuer')))],
        },
      });
      const parts = children(parseAsn1(certificate), 'the certificate');
      assert.equal(parts.length, 3);
      assert.deepEqual(rawBytes(parts[0] as Asn1Node), tbs);
      const signature = readBitString(parts[2] as Asn1Node, 'the signature');
      assert.ok(verifyWithDigest(ra.publicKey, 'sha256', tbs, signature));

      const { recipients, iv, encryptedContent } = parseEnvelopedData(
        parseSignedData(message).content ?? new Uint8Array(),
      );
      const content = openEnvelope(importPrivateKey(client.privateKey), {
        transport: 'pkcs1',
        encryptedKey: recipients[0]?.encryptedKey ?? new Uint8Array(0),
        cipher: 'aes128-cbc',
        iv: iv ?? new Uint8Array(0),
        encryptedContent,
      });
      assert.deepEqual(parseCertificatesOnly(Uint8Array.from(content ?? [])).certificates.map(toHex), [
        toHex(certificate),
        toHex(encode(sequence(utf8String('the issuer')))),
      ]);
    });

    it('signs a refusal with empty content, which OpenSSL can verify', async () => {
      await using pool = openPool(threads);
      const sealed = await pool.sealReply({ ...reply, status: 'FAILURE', failInfo: 'badRequest', failInfoText: 'no' });
      const { content, signers } = parseSignedData(sealed);
      assert.equal(content?.length, 0);
      const attributes = signers[0]?.signedAttributes?.attributes ?? [];
      const value = singleValue(attributes, attributeOid.messageDigest, 'messageDigest');
      assert.ok(value);
      assert.deepEqual(Uint8Array.from(contentBytes(value)), digest('sha256', new Uint8Array(0)));
    });

    it('cannot answer to a key that is not RSA, and says so', async () => {
      await using pool = openPool(threads);
      const recipientKey = (await testKeyPair('p-256')).publicKey;
      const common = { recipientIssuer: issuerDer, recipientSerial: serial, content: utf8('x') };
      const sealing = pool.sealReply({
        ...reply,
        envelope: { ...common, recipientKey, cipher: 'aes128-cbc', transport: 'pkcs1' },
      });
      await assert.rejects(sealing, (error) => isFailure(error, 'recipient-key-not-rsa'));
    });

    it('signs with keys of each kind', async () => {
      await using pool = openPool(threads);
      for (const kind of ['p-256', 'p-384'] as const) {
        const pair = await testKeyPair(kind);
        pool.addKey(kind, pair.privateKey);
        const signature = await pool.sign(kind, 'sha384', utf8('data'));
        assert.ok(verifyWithDigest(pair.publicKey, 'sha384', utf8('data'), signature));
      }
    });

    it('fails for a key that it does not have or has no longer', async () => {
      await using pool = openPool(threads);
      pool.removeKey('ra');
      for (const keyId of ['ra', 'unknown'])
        await assert.rejects(pool.sign(keyId, 'sha256', utf8('x')), (error) => isFailure(error, 'key-not-loaded'));
      assert.throws(
        () => pool.addKey('bad', utf8('no key')),
        (error) => isFailure(error, 'private-key-malformed'),
      );
    });

    it('does a few hundred jobs at once and answers each with its own result', async () => {
      await using pool = openPool(threads);
      const texts = Array.from({ length: 300 }, (_, i) => utf8(`text ${i}`));
      const signatures = await Promise.all(texts.map((text) => pool.sign('ra', 'sha256', text)));
      for (const [i, signature] of signatures.entries())
        assert.ok(verifyWithDigest(ra.publicKey, 'sha256', texts[i] as Uint8Array, signature));
      assert.equal(pool.pending, 0);
    });
  });

describe('the threads of the crypto pool', () => {
  const real = new URL('./crypto-worker.ts', import.meta.url).href;

  it('refuse more work than the limit', async () => {
    await using pool = openPool(1, 3);
    const jobs = Array.from({ length: 4 }, () => pool.sign('ra', 'sha256', utf8('x')));
    assert.equal(pool.pending, 3);
    const results = await Promise.allSettled(jobs);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
    );
    const last = results[3];
    assert.ok(last?.status === 'rejected' && isFailure(last.reason, 'crypto-busy'));
  });

  it('do what yields after everything else, and now and then all the same', async () => {
    await using pool = openPool(1);
    const done: string[] = [];
    const sign = (name: string, turn?: 'yields') =>
      pool.sign('ra', 'sha256', utf8(name), turn).then(() => done.push(name));
    const yielding = Array.from({ length: 60 }, () => sign('yields', 'yields'));
    assert.deepEqual([pool.pending, pool.yielding], [0, 60]);
    await yielding[0];
    const before = done.length;
    await Promise.all(Array.from({ length: 20 }, () => sign('other')));
    const overtaking = done.length - before - 20;
    assert.ok(overtaking <= 12, `${overtaking} that were at the thread already`);
    await Promise.all(yielding);
    done.length = 0;
    await Promise.all([
      ...Array.from({ length: 3 }, () => sign('yields', 'yields')),
      ...Array.from({ length: 120 }, () => sign('other')),
    ]);
    assert.ok(done.indexOf('yields') < 60, 'whoever yields does not wait for ever');
    assert.equal(done.lastIndexOf('yields') > 60, true, 'and one at a time');
    assert.deepEqual([pool.pending, pool.yielding], [0, 0]);
  });

  it('finish what was begun before they stop, and take no more', async () => {
    const pool = openPool(1);
    const job = pool.sign('ra', 'sha256', utf8('x'));
    await pool[Symbol.asyncDispose]();
    assert.equal((await job).length, 256);
    await assert.rejects(pool.sign('ra', 'sha256', utf8('x')), (error) => isFailure(error, 'crypto-stopped'));
  });

  it('are replaced when they die, with the keys they had; their jobs fail and can be repeated', async () => {
    const program = `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ packed }) => { if (packed?.values.includes('die')) process.exit(1); });
      await import(${JSON.stringify(real)});`;
    const worker = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    await using pool = createCryptoPool({ threads: 1, worker });
    pool.addKey('ra', ra.privateKey);
    await assert.rejects(pool.sign('die', 'sha256', utf8('x')), (error) => isFailure(error, 'crypto-thread-lost'));
    assert.equal((await pool.sign('ra', 'sha256', utf8('x'))).length, 256);
  });

  it('that cannot start are tried again after pauses, and work once they can', async () => {
    await using folder = temporaryFolder('crypto');
    const [mended, attempts] = [folder.file('mended'), folder.file('attempts')];
    writeFileSync(attempts, '');
    const program = `import { appendFileSync, existsSync } from 'node:fs';
      appendFileSync(${JSON.stringify(attempts)}, '.');
      if (!existsSync(${JSON.stringify(mended)})) process.exit(1);
      await import(${JSON.stringify(real)});`;
    const worker = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    await using pool = createCryptoPool({ threads: 1, worker, pauses: { first: 50, longest: 200 } });
    pool.addKey('ra', ra.privateKey);
    await until('nobody to be there', () => !pool.alive || undefined);
    for (let round = 0; round < 6; round++)
      await assert.rejects(pool.sign('ra', 'sha256', utf8('x')), (error) => isFailure(error, 'crypto-thread-lost'));
    await until('more attempts', () => readFileSync(attempts, 'utf8').length > 5 || undefined);
    assert.equal(pool.alive, false);
    writeFileSync(mended, '');
    await until('somebody to be there', () => pool.alive || undefined);
    assert.equal((await pool.sign('ra', 'sha256', utf8('x'))).length, 256);
  });

  it('do the work of one that is gone', async () => {
    await using folder = temporaryFolder('crypto');
    const attempts = folder.file('attempts');
    writeFileSync(attempts, '');
    // Who comes first stays; the other never comes up.
    const program = `import { appendFileSync, writeFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(attempts)}, '.');
      try { writeFileSync(${JSON.stringify(folder.file('first'))}, '', { flag: 'wx' }); } catch { process.exit(1); }
      await import(${JSON.stringify(real)});`;
    const worker = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    await using pool = createCryptoPool({ threads: 2, worker, pauses: { first: 20_000, longest: 20_000 } });
    pool.addKey('ra', ra.privateKey);
    await until('the other to be given up for now', () => readFileSync(attempts, 'utf8').length > 4 || undefined);
    for (let round = 0; round < 10; round++) assert.equal((await pool.sign('ra', 'sha256', utf8('x'))).length, 256);
    assert.equal(pool.alive, true);
  });
});

it('an OpenSSL without implicit rejection would be an oracle: wrong padding gives a message, not an error', () => {
  const nonsense = new Uint8Array(256).fill(1);
  const key = importPrivateKey(ra.privateKey);
  assert.doesNotThrow(() => privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, nonsense));
});
