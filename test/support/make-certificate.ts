/** Certificates as uploads have them: well formed, but nobody signed them. */
import assert from 'node:assert/strict';
import { contentBytes, parseAsn1 } from '../../src/formats/asn1/read.ts';
import { encode, sequence } from '../../src/formats/asn1/write.ts';
import { signatureScheme } from '../../src/formats/x509/algorithms.ts';
import { basicConstraintsExtension } from '../../src/formats/x509/basic-constraints.ts';
import { assembleCertificate, encodeTbsCertificate } from '../../src/formats/x509/certificate.ts';
import { nameOf } from '../../src/formats/x509/name.ts';
import { fromHex } from '../../src/lib/bytes.ts';
import { day } from '../../src/lib/clock.ts';

/** A real P-256 point. */
const spki =
  '3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5';

/** DER. By default a self-issued CA, valid from a day before `at` (ms) for ten years. */
export function makeCertificate(
  at: number,
  given: {
    readonly ca?: boolean;
    readonly name?: string;
    readonly issuer?: string;
    readonly notBefore?: number;
    readonly notAfter?: number;
    readonly spki?: Uint8Array;
    readonly version?: 1 | 3;
    /** In place of the basic constraints that `ca` asks for. */
    readonly extensions?: Parameters<typeof encodeTbsCertificate>[0]['extensions'];
  } = {},
): Uint8Array {
  const scheme = signatureScheme('ec', 'sha256');
  assert.ok(scheme);
  const name = given.name ?? 'Alder & Finch Root';
  const tbs = encodeTbsCertificate({
    serial: Uint8Array.of(1),
    signatureAlgorithm: scheme.identifier,
    issuer: nameOf([['2.5.4.3', given.issuer ?? name]]),
    notBefore: given.notBefore ?? at - day,
    notAfter: given.notAfter ?? at + 3650 * day,
    subject: nameOf([['2.5.4.3', name]]),
    spki: given.spki ?? fromHex(spki) ?? new Uint8Array(),
    extensions:
      given.extensions ?? (given.ca === false ? [] : [basicConstraintsExtension({ ca: true, pathLength: undefined })]),
  });
  // Version 3 is written out as [0] { INTEGER 2 }, version 1 is not (RFC 5280 §4.1.2.1).
  const version1 = () => encode(sequence(contentBytes(parseAsn1(tbs)).subarray(5)));
  return assembleCertificate(given.version === 1 ? version1() : tbs, scheme.identifier, Uint8Array.of(0));
}
