import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { before, it } from 'node:test';
import { testKeyPair } from '../../test/support/test-key-pair.ts';
import { rsaEncryption, rsassaPssOid, signatureScheme } from '../formats/x509/algorithms.ts';
import { encodeRsaPublicKey } from '../formats/x509/public-key.ts';
import { utf8 } from '../lib/bytes.ts';
import type { KeyPair } from './key-pair.ts';
import { importPrivateKey } from './private-key.ts';
import { verifySignature } from './verify-signature.ts';

const data = utf8('what was signed');
let rsa: KeyPair;
let ec: KeyPair;

before(async () => {
  rsa = await testKeyPair('rsa-2048');
  ec = await testKeyPair('p-256');
});

for (const type of ['rsa', 'ec'] as const)
  for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const)
    it(`verifies ${type} with ${digest}, and only what was signed`, () => {
      const pair = type === 'rsa' ? rsa : ec;
      const algorithm = signatureScheme(type, digest)?.identifier;
      assert.ok(algorithm);
      const signature = sign(digest, data, importPrivateKey(pair.privateKey));
      assert.deepEqual(verifySignature(pair.publicKey, algorithm, data, signature), { kind: 'valid' });
      assert.deepEqual(verifySignature(pair.publicKey, algorithm, utf8('else'), signature), { kind: 'invalid' });
      assert.deepEqual(verifySignature(pair.publicKey, algorithm, data, signature.subarray(1)), { kind: 'invalid' });
    });

it('says by name what it refuses', () => {
  const signature = new Uint8Array(256);
  const md5 = signatureScheme('rsa', 'md5')?.identifier;
  const sha256 = signatureScheme('rsa', 'sha256')?.identifier;
  assert.ok(md5 && sha256);
  const refusal = (key: Uint8Array, algorithm = sha256) => {
    const check = verifySignature(key, algorithm, data, signature);
    return check.kind === 'refused' ? check.reason : check.kind;
  };
  assert.equal(refusal(rsa.publicKey, md5), 'md5');
  assert.equal(refusal(rsa.publicKey, { oid: rsassaPssOid, parameters: undefined }), 'rsassa-pss');
  assert.equal(refusal(rsa.publicKey, rsaEncryption), 'algorithm-unknown');
  assert.equal(refusal(ec.publicKey), 'algorithm-for-another-key');
  assert.equal(refusal(utf8('no key')), 'key-unsupported');
  const huge = encodeRsaPublicKey(new Uint8Array(2048).fill(0xff), Uint8Array.of(1, 0, 1));
  assert.equal(refusal(huge), 'key-unsupported');
});
