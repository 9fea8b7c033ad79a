import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../lib/failure.ts';
import { type Der, encode, explicit, octetString, oid, sequence } from '../asn1/write.ts';
import { type DigestName, digestIdentifier, encodeAlgorithm, rsaEncryption, rsaesOaepOid } from '../x509/algorithms.ts';
import { keyTransportIdentifier, keyTransportOf } from './key-transport.ts';

const oaep = (...parts: (Der | undefined)[]) => ({ oid: rsaesOaepOid, parameters: encode(sequence(...parts)) });
const label = (bytes: Uint8Array) => explicit(2, sequence(oid('1.2.840.113549.1.1.9'), octetString(bytes)));

test('what is written is read', () => {
  assert.deepEqual(keyTransportOf(keyTransportIdentifier('rsaes-pkcs1')), { kind: 'rsaes-pkcs1' });
  for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as DigestName[])
    assert.deepEqual(keyTransportOf(keyTransportIdentifier({ oaep: digest })), {
      kind: 'rsaes-oaep',
      digest,
      mgfDigest: digest,
      hasLabel: false,
    });
});

test('absent OAEP parameters, and absent fields, mean SHA-1', () => {
  const defaults = { kind: 'rsaes-oaep', digest: 'sha1', mgfDigest: 'sha1', hasLabel: false };
  assert.deepEqual(keyTransportOf({ oid: rsaesOaepOid, parameters: undefined }), defaults);
  assert.deepEqual(keyTransportOf(oaep()), defaults);
});

test('digests that differ can be told, and so can a label', () => {
  const differing = keyTransportOf(oaep(explicit(0, encodeAlgorithm(digestIdentifier('sha256')))));
  assert.deepEqual(differing, { kind: 'rsaes-oaep', digest: 'sha256', mgfDigest: 'sha1', hasLabel: false });
  const labelled = (bytes: Uint8Array) => {
    const transport = keyTransportOf(oaep(label(bytes)));
    return transport.kind === 'rsaes-oaep' && transport.hasLabel;
  };
  assert.deepEqual([labelled(Uint8Array.of(1)), labelled(new Uint8Array())], [true, false]);
});

test('a digest that is not known is undefined', () => {
  const transport = keyTransportOf(oaep(explicit(0, sequence(oid('1.2.3')))));
  assert.equal(transport.kind === 'rsaes-oaep' && transport.digest, undefined);
});

test('other algorithms are named, broken parameters refused', () => {
  assert.deepEqual(keyTransportOf({ oid: '1.2.3', parameters: undefined }), { kind: 'other', oid: '1.2.3' });
  assert.throws(
    () => keyTransportOf({ oid: rsaesOaepOid, parameters: Uint8Array.of(5, 0) }),
    (error) => isFailure(error, 'asn1-unexpected'),
  );
  assert.deepEqual(keyTransportOf({ ...rsaEncryption, parameters: undefined }), { kind: 'rsaes-pkcs1' });
});
