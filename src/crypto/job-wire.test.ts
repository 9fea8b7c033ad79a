import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { CryptoJob, JobOutcome, Packed } from './crypto-job.ts';
import { packJobs, packOutcomes, unpackJobs, unpackOutcomes } from './job-wire.ts';

/** With the usual prototype, as what arrives has it. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });
const bytes = fc.uint8Array({ maxLength: 40 });
const text = fc.string({ maxLength: 20 });
const digest = fc.constantFrom('sha1', 'sha256', 'sha384', 'sha512');
const cipher = fc.constantFrom('aes-128-cbc', 'des-ede3-cbc');
const transport = fc.constantFrom('pkcs1', 'sha256');
const lists = fc.array(bytes, { maxLength: 4 });
const frame = {
  keyId: text,
  signerIssuer: bytes,
  signerSerial: bytes,
  certificates: lists,
  digest,
  transactionId: text,
  recipientNonce: bytes,
  signingTime: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  status: fc.constantFrom('SUCCESS', 'FAILURE', 'PENDING'),
  failInfo: fc.constantFrom(null, 'badAlg'),
  failInfoText: fc.option(text),
};
const recipient = { recipientKey: bytes, recipientIssuer: bytes, recipientSerial: bytes, cipher, transport };
const envelope = record(recipient);
const timings = record({ verify: fc.double({ noNaN: true }), decrypt: fc.nat(), proof: fc.nat() });

const job = fc.oneof(
  record({ kind: fc.constant('sign'), keyId: text, digest, data: bytes }),
  record({
    kind: fc.constant('open'),
    transport,
    encryptedKey: bytes,
    cipher,
    iv: bytes,
    encryptedContent: bytes,
    signerKey: bytes,
    digest,
    signedAttributes: bytes,
    signature: bytes,
    recipientKeyId: text,
    verifyContentAsCsr: fc.boolean(),
  }),
  record({
    kind: fc.constant('reply'),
    ...frame,
    envelope: fc.option(record({ ...recipient, content: bytes })),
  }),
  record({
    kind: fc.constant('certify'),
    keyId: text,
    digest,
    tbs: bytes,
    signatureAlgorithm: bytes,
    reply: record({ ...frame, envelope, beside: lists }),
  }),
) as unknown as fc.Arbitrary<CryptoJob>;

const outcome = fc.oneof(
  record({
    ok: fc.constant(true),
    result: fc.oneof(
      bytes,
      record({ kind: fc.constant('certified'), certificate: bytes, message: bytes }),
      record({
        kind: fc.constant('opened'),
        content: bytes,
        csrProof: fc.option(fc.boolean()),
        csrProblem: fc.constantFrom(null, 'malformed'),
        timings,
      }),
      record({ kind: fc.constant('refused'), reason: fc.constantFrom('signature', 'decryption'), timings }),
    ),
  }),
  record({
    ok: fc.constant(false),
    error: record({
      failure: fc.option(
        record({ kind: text, code: text, params: fc.dictionary(text, text, { noNullPrototype: true }) }),
      ),
      message: text,
    }),
  }),
) as unknown as fc.Arbitrary<JobOutcome>;

/** As it comes out of the other thread's port. */
function across(packed: Packed): Packed {
  return structuredClone(packed, { transfer: [packed.bytes.buffer] });
}

suite('on the way between threads', () => {
  test('jobs arrive as they left', () => {
    fc.assert(
      fc.property(fc.array(record({ id: fc.nat(), job }), { maxLength: 5 }), (jobs) => {
        assert.deepEqual(unpackJobs(across(packJobs(jobs))), jobs);
      }),
    );
  });

  test('outcomes arrive as they left', () => {
    fc.assert(
      fc.property(fc.array(record({ id: fc.nat(), outcome }), { maxLength: 5 }), (outcomes) => {
        assert.deepEqual(unpackOutcomes(across(packOutcomes(outcomes))), outcomes);
      }),
    );
  });
});
