/** OCSP requests as clients write them, well formed or not. */
import { publicKeyBits } from '../../src/authority/key-identifier.ts';
import { type Digest, digest } from '../../src/crypto/digest.ts';
import {
  type Der,
  encode,
  explicit,
  integerContent,
  octetString,
  oid,
  sequence,
  sequenceOf,
} from '../../src/formats/asn1/write.ts';
import { digestIdentifier, encodeAlgorithm } from '../../src/formats/x509/algorithms.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { fromHex } from '../../src/lib/bytes.ts';

export type OcspQuestion = {
  /** DER. */
  readonly issuer: Uint8Array;
  /** Hex. */
  readonly serials: readonly string[];
  readonly digest?: Digest;
  readonly nonce?: Uint8Array;
  /** Of the request: besides the nonce. */
  readonly criticalExtension?: string;
};

export function ocspRequest(question: OcspQuestion): Uint8Array {
  const { digest: name = 'sha1', nonce, criticalExtension } = question;
  const { subjectDer, spki } = parseCertificate(question.issuer);
  const requests = question.serials.map((serial) =>
    sequence(
      sequence(
        encodeAlgorithm(digestIdentifier(name)),
        octetString(digest(name, subjectDer)),
        octetString(digest(name, publicKeyBits(spki))),
        integerContent(fromHex(serial) ?? new Uint8Array(1)),
      ),
    ),
  );
  const extensions: Der[] = [];
  if (nonce !== undefined)
    extensions.push(sequence(oid('1.3.6.1.5.5.7.48.1.2'), octetString(encode(octetString(nonce)))));
  if (criticalExtension !== undefined)
    extensions.push(sequence(oid(criticalExtension), Uint8Array.of(1, 1, 0xff), octetString(Uint8Array.of(5, 0))));
  return encode(
    sequence(sequence(sequenceOf(requests), extensions.length === 0 ? undefined : explicit(2, sequenceOf(extensions)))),
  );
}
