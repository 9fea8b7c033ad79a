import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rsaEncryption } from '../x509/algorithms.ts';
import { keyUsageExtension } from '../x509/key-usage.ts';
import { nameOf } from '../x509/name.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
  parseCertificationRequest,
} from './certification-request.ts';
import { withoutChallenge } from './without-challenge.ts';

// RFC 8410 §10.1: short, and no key of anybody's.
const spki = Uint8Array.from(
  Buffer.from('302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1', 'hex'),
);
const secret = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function request(challengePassword: string | null): Uint8Array {
  const info = encodeCertificationRequestInfo({
    subject: nameOf([['2.5.4.3', 'device']]),
    spki,
    ...(challengePassword !== null && { challengePassword }),
    friendlyName: 'f',
    extensions: [keyUsageExtension(['digitalSignature'])],
  });
  return assembleCertificationRequest(info, rsaEncryption, Uint8Array.of(1, 2, 3));
}

test('the challenge is gone and everything else reads as before', () => {
  const before = parseCertificationRequest(request(secret));
  const kept = withoutChallenge(before.der);
  assert.equal(Buffer.from(kept).indexOf(secret), -1);
  const after = parseCertificationRequest(kept);
  assert.equal(after.challengePassword, undefined);
  for (const field of ['subjectDer', 'spki', 'extensions', 'friendlyName', 'signatureAlgorithm', 'signature'] as const)
    assert.deepEqual(after[field], before[field], field);
});

test('a request without one stays as it is', () => {
  assert.deepEqual(withoutChallenge(request(null)), request(null));
});
