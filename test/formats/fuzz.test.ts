import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetFor } from '../../src/formats/asn1/budget.ts';
import { parseCertificatesOnly } from '../../src/formats/cms/certificates-only.ts';
import { parseEnvelopedData } from '../../src/formats/cms/enveloped-data.ts';
import { encodeSignedAttributes } from '../../src/formats/cms/signed-data.ts';
import { parseCertificationRequest } from '../../src/formats/pkcs10/certification-request.ts';
import { parsePkcs12 } from '../../src/formats/pkcs12/pkcs12.ts';
import { parseIssuerAndSerial } from '../../src/formats/scep/issuer-and-serial.ts';
import { parseIssuerAndSubject } from '../../src/formats/scep/issuer-and-subject.ts';
import { parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { authorityInfoAccess } from '../../src/formats/x509/authority-info-access.ts';
import { basicConstraints } from '../../src/formats/x509/basic-constraints.ts';
import { type Certificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { parseCrl } from '../../src/formats/x509/crl.ts';
import { crlDistributionPoints, issuingDistributionPoint } from '../../src/formats/x509/distribution-point.ts';
import { extendedKeyUsage } from '../../src/formats/x509/extended-key-usage.ts';
import type { Extension } from '../../src/formats/x509/extension.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier } from '../../src/formats/x509/key-identifier.ts';
import { keyUsage } from '../../src/formats/x509/key-usage.ts';
import { microsoftSid } from '../../src/formats/x509/microsoft-sid.ts';
import { encodeName } from '../../src/formats/x509/name.ts';
import { nameText } from '../../src/formats/x509/name-text.ts';
import { sameName } from '../../src/formats/x509/same-name.ts';
import { subjectAltNames } from '../../src/formats/x509/subject-alt-name.ts';
import { toHex } from '../../src/lib/bytes.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { rounds } from '../support/rounds.ts';
import { capturedMessages, vector } from './captured.ts';
import { mutated, numbersFrom } from './mutate.ts';

const iterations = rounds(8_000, 200_000);
const seed = Number(process.env.FUZZ_SEED ?? 20_261_122);

const decoders: readonly ((value: Uint8Array) => unknown)[] = [
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  extendedKeyUsage,
  issuingDistributionPoint,
  keyUsage,
  microsoftSid,
  subjectAltNames,
  subjectKeyIdentifier,
];

function useExtensions(extensions: readonly Extension[]): void {
  for (const { value } of extensions) for (const decode of decoders) orFailure(() => decode(value));
}

/** What the server does with names: shows them, compares them, writes them. */
function useCertificate(certificate: Certificate): void {
  nameText(certificate.subject);
  encodeName(certificate.issuer);
  sameName(certificate.subject, certificate.issuer);
  useExtensions(certificate.extensions);
}

function usePkiMessage(bytes: Uint8Array): void {
  const result = parsePkiMessage(bytes);
  if (!result.ok) throw result.failure;
  const { message } = result;
  useCertificate(parseCertificate(message.signerCertificate.der));
  encodeSignedAttributes([message.signedAttributes]);
  if (message.content !== undefined) parseEnvelopedData(message.content);
}

function useRequest(bytes: Uint8Array): void {
  const request = parseCertificationRequest(bytes);
  nameText(request.subject);
  useExtensions(request.extensions);
}

const readers: readonly ((bytes: Uint8Array) => void)[] = [
  usePkiMessage,
  useRequest,
  (bytes) => useCertificate(parseCertificate(bytes)),
  parseEnvelopedData,
  parseCertificatesOnly,
  parseCrl,
  parsePkcs12,
  parseIssuerAndSubject,
  parseIssuerAndSerial,
];

/** True when it ended in a value; false when in a `Failure` that input may cause; anything else is thrown on. */
function orFailure(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (isFailure(error) && (error.kind === 'malformed' || error.kind === 'too-large' || error.kind === 'cryptography'))
      return false;
    throw error;
  }
}

type Subject = { readonly name: string; readonly bytes: Uint8Array; readonly read: (bytes: Uint8Array) => void };

function subjects(): Subject[] {
  return capturedMessages().flatMap((name) => {
    const message = vector(`${name}.der`);
    const content = vector(`${name}.content.der`);
    const result = parsePkiMessage(message);
    assert.ok(result.ok && result.message.content);
    const poll = result.message.messageType === 20;
    return [
      { name, bytes: message, read: usePkiMessage },
      { name: `${name}, envelope`, bytes: result.message.content, read: (bytes) => void parseEnvelopedData(bytes) },
      {
        name: `${name}, content`,
        bytes: content,
        read: poll ? (bytes) => void parseIssuerAndSubject(bytes) : useRequest,
      },
      {
        name: `${name}, signer`,
        bytes: result.message.signerCertificate.der,
        read: (bytes) => useCertificate(parseCertificate(bytes)),
      },
    ] satisfies Subject[];
  });
}

test(`${iterations} injured messages end in a value or a Failure`, () => {
  const all = subjects();
  const outcomes = { values: 0, failures: 0 };
  for (let i = 0; i < iterations; i++) {
    const below = numbersFrom(seed + i);
    const subject = all[below(all.length)];
    assert.ok(subject);
    const bytes = mutated(subject.bytes, below);
    try {
      if (orFailure(() => subject.read(bytes))) outcomes.values++;
      else outcomes.failures++;
    } catch (error) {
      throw new Error(`${subject.name}, FUZZ_SEED=${seed + i}: ${toHex(bytes)}`, { cause: error });
    }
  }
  // Both must occur, or the mutations are too tame or too wild to say anything.
  assert.ok(outcomes.values > iterations / 50 && outcomes.failures > iterations / 10, JSON.stringify(outcomes));
});

test('injured messages cost no more work than their length allows', () => {
  const all = capturedMessages().map((name) => vector(`${name}.der`));
  for (let i = 0; i < iterations / 8; i++) {
    const below = numbersFrom(seed - i - 1);
    const bytes = mutated(all[below(all.length)] ?? new Uint8Array(), below);
    const budget = budgetFor(bytes.length);
    orFailure(() => parsePkiMessage(bytes, { budget }));
    assert.ok(budget.spent <= bytes.length + 64, `${budget.spent} units for ${bytes.length} bytes`);
  }
});

test('every reader meets every kind of message with a value or a Failure', () => {
  for (const { bytes } of subjects()) for (const read of readers) orFailure(() => read(bytes));
});

test('every reader survives noise', () => {
  for (let i = 0; i < iterations / 8; i++) {
    const below = numbersFrom(seed ^ (i * 2654435761));
    const bytes = Uint8Array.from({ length: below(64) }, () => below(256));
    if (bytes.length > 1 && below(2) === 0) bytes.set([0x30, 0x80]);
    for (const read of readers) orFailure(() => read(bytes));
  }
});
