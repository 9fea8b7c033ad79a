/**
 * Makes the samples of this folder: `node test/vectors/quirks/make-quirks.ts`. Each shows one deviation from DER that a
 * flag of `Leniency` tolerates. Where no client at hand shows it, an honest message is bent.
 */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Asn1Node, children, contentBytes, parseAsn1 } from '../../../src/formats/asn1/read.ts';
import { tag } from '../../../src/formats/asn1/tag.ts';
import { printableString, text, utf8String } from '../../../src/formats/asn1/text.ts';
import {
  bitString,
  constructed,
  type Der,
  encode,
  falseValue,
  implicit,
  integer,
  nullValue,
  octetString,
  oid,
  primitive,
  sequence,
  setOf,
} from '../../../src/formats/asn1/write.ts';

const here = import.meta.dirname;
const save = (name: string, bytes: Uint8Array) => writeFileSync(join(here, `${name}.der`), bytes);
const message = new Uint8Array(readFileSync(join(here, '../clients/strongswan/enrol.der')));

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
const rsaSha256 = (parameters: Der | undefined) => sequence(oid('1.2.840.113549.1.1.11'), parameters);

/** The element with every header written anew. */
function rewritten(node: Asn1Node, header: (tagOctet: number, content: Uint8Array) => Uint8Array): Uint8Array {
  if ((node.tag & 0x20) === 0) return header(node.tag, contentBytes(node));
  return header(node.tag, Uint8Array.from(children(node, 'it').flatMap((child) => [...rewritten(child, header)])));
}

/** Only the framing of CMS is bent: signed parts (certificates, attributes) stay as they are. */
function bentFraming(der: Uint8Array, header: (tagOctet: number, content: Uint8Array) => Uint8Array): Uint8Array {
  const [type, wrapper] = children(parseAsn1(der), 'it') as [Asn1Node, Asn1Node];
  const [body] = children(wrapper, 'it') as [Asn1Node];
  const whole = (node: Asn1Node) => node.source.bytes.subarray(node.start, node.end);
  const [version, digests, content, certificates, signers] = children(body, 'it') as Asn1Node[];
  const parts = [version, digests].map((node) => rewritten(node as Asn1Node, header));
  parts.push(rewritten(content as Asn1Node, header));
  parts.push(header(0xa0, contentBytes(certificates as Asn1Node)), whole(signers as Asn1Node));
  const joined = (list: Uint8Array[]) => Uint8Array.from(list.flatMap((part) => [...part]));
  return header(0x30, joined([whole(type), header(0xa0, header(0x30, joined(parts)))]));
}

function longLength(tagOctet: number, content: Uint8Array): Uint8Array {
  if ((tagOctet & 0x20) === 0) return encode(primitive(tagOctet, content));
  return Uint8Array.of(tagOctet, 0x84, 0, 0, content.length >> 8, content.length & 0xff, ...content);
}

function indefinite(tagOctet: number, content: Uint8Array): Uint8Array {
  return (tagOctet & 0x20) === 0 ? encode(primitive(tagOctet, content)) : Uint8Array.of(tagOctet, 0x80, ...content, 0, 0);
}

type RequestParts = { subject?: Der; attributes?: Der | undefined; algorithm?: Der };

function request({ subject = sequence(), attributes = implicit(0, []), algorithm = rsaSha256(nullValue) }: RequestParts, omit = false): Uint8Array {
  const info = encode(sequence(integer(0), subject, spki, omit ? undefined : attributes));
  return encode(sequence(info, algorithm, bitString(new Uint8Array(sign('sha256', info, privateKey)))));
}

function extensionRequest(...extensions: Der[]): Der {
  return implicit(0, [sequence(oid('1.2.840.113549.1.9.14'), setOf([sequence(...extensions)]))]);
}

const rdn = (type: string, value: Der) => setOf([sequence(oid(type), value)]);

save('indefiniteLength', bentFraming(message, indefinite));
save('nonMinimalLength', bentFraming(message, longLength));
save('absentAlgorithmParameters', request({ algorithm: rsaSha256(undefined) }));
save('absentAttributes', request({}, true));
save('anyPrintable', request({ subject: sequence(rdn('1.2.840.113549.1.9.2', printableString('router_1@example.test'))) }));
const basicConstraints = (value: Der, critical?: Der) => sequence(oid('2.5.29.19'), critical, octetString(encode(sequence(value))));
save('explicitDefault', request({ attributes: extensionRequest(basicConstraints(falseValue, falseValue)) }));
save('anyTrue', request({ attributes: extensionRequest(sequence(oid('2.5.29.19'), Uint8Array.of(1, 1, 1), octetString(encode(sequence())))) }));
const challenge = sequence(oid('1.2.840.113549.1.9.7'), setOf([utf8String('a rather long challenge password')]));
const friendly = sequence(oid('1.2.840.113549.1.9.20'), setOf([text(tag.bmpString, 'x')]));
save('unsortedSet', request({ attributes: implicit(0, [challenge, friendly]) }));

// A certificate whose serial number is a hash with a zero byte too many in front.
const time = (value: string) => text(tag.utcTime, value);
const name = sequence(rdn('2.5.4.3', utf8String('old device')));
const tbs = encode(
  sequence(
    constructed(0xa0, [integer(2)]),
    primitive(tag.integer, Uint8Array.of(0, 0, 1, ...new Uint8Array(17).fill(7))),
    rsaSha256(nullValue),
    name,
    sequence(time('260101000000Z'), time('360101000000Z')),
    name,
    spki,
  ),
);
save('nonMinimalInteger', encode(sequence(tbs, rsaSha256(nullValue), bitString(new Uint8Array(sign('sha256', tbs, privateKey))))));

// OpenSSL in streaming mode: indefinite lengths and octet strings in pieces.
const folder = mkdtempSync(join(tmpdir(), 'quirks-'));
try {
  const at = (file: string) => join(folder, file);
  writeFileSync(at('data'), new Uint8Array(20_000).fill(65));
  execFileSync('openssl', ['cms', '-encrypt', '-stream', '-binary', '-aes128', '-in', at('data'), '-outform', 'DER', '-out', at('out'), join(here, '../clients/ra.pem')]);
  save('constructedOctetString', new Uint8Array(readFileSync(at('out'))));
} finally {
  rmSync(folder, { recursive: true });
}
