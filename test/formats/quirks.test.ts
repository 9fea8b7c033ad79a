import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientMessages, type Leniency } from '../../src/formats/asn1/leniency.ts';
import { parseEnvelopedData } from '../../src/formats/cms/enveloped-data.ts';
import { parseCertificationRequest } from '../../src/formats/pkcs10/certification-request.ts';
import { parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { vector } from './captured.ts';

const folder = join(import.meta.dirname, '../vectors/quirks');
const sample = (name: string) => new Uint8Array(readFileSync(join(folder, `${name}.der`)));

type Reader = (der: Uint8Array, leniency: Leniency) => unknown;

const request: Reader = (der, leniency) => {
  const parsed = parseCertificationRequest(der, { leniency });
  const key = createPublicKey({ key: Buffer.from(parsed.spki), format: 'der', type: 'spki' });
  assert.equal(verify('sha256', parsed.info, key, parsed.signature), true);
  return parsed;
};

const pkiMessage: Reader = (der, leniency) => {
  const result = parsePkiMessage(der, { leniency });
  if (!result.ok) throw result.failure;
  const original = parsePkiMessage(vector('strongswan/enrol.der'));
  assert.ok(original.ok);
  assert.deepEqual(result.message.content, original.message.content);
  assert.deepEqual(result.message.signedAttributes, original.message.signedAttributes);
  assert.deepEqual(result.message.signer.signature, original.message.signer.signature);
  return result.message;
};

const readers: Readonly<Record<keyof Leniency, readonly [Reader, code: string]>> = {
  indefiniteLength: [pkiMessage, 'asn1-indefinite-length'],
  constructedOctetString: [(der, leniency) => parseEnvelopedData(der, { leniency }), 'asn1-constructed-octet-string'],
  nonMinimalLength: [pkiMessage, 'asn1-non-minimal-length'],
  nonMinimalInteger: [(der, leniency) => parseCertificate(der, { leniency }), 'asn1-non-minimal-integer'],
  anyTrue: [request, 'asn1-boolean'],
  unsortedSet: [request, 'asn1-unsorted-set'],
  absentAlgorithmParameters: [request, 'algorithm-parameters-absent'],
  anyPrintable: [request, 'asn1-text'],
  explicitDefault: [request, 'asn1-explicit-default'],
  absentAttributes: [request, 'request-attributes-absent'],
};

test('every flag has a sample, and every sample a flag', () => {
  const samples = readdirSync(folder).flatMap((file) => (file.endsWith('.der') ? file.slice(0, -4) : []));
  assert.deepEqual(samples.sort(), Object.keys(readers).sort());
  assert.deepEqual(Object.keys(clientMessages).sort(), Object.keys(readers).sort());
});

for (const [flag, [read, code]] of Object.entries(readers)) {
  test(`${flag} is tolerated where it is named, and refused elsewhere`, () => {
    read(sample(flag), clientMessages);
    assert.throws(
      () => read(sample(flag), { ...clientMessages, [flag]: false }),
      (error) => isFailure(error, code),
    );
  });
}
