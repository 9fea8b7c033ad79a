/** OCSPRequest (RFC 6960 §4.1) as a responder reads it. A signature on a request is passed over: we answer anybody. */
import { clientCertificates } from '../asn1/leniency.ts';
import { malformed, tooLarge } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  atEnd,
  finish,
  next,
  nextAny,
  open,
  optional,
  parseAsn1,
  rawBytes,
} from '../asn1/read.ts';
import { nextInteger, nextOctetString, readOctetString, readSmallInteger } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type DigestName, digestByOid, nextAlgorithm } from '../x509/algorithms.ts';
import { type Extension, readExtensions } from '../x509/extension.ts';
import { ocspNonce } from './ocsp-oid.ts';

/** Which certificate is asked about: its issuer by digests of name and key, and its serial number. */
export type CertId = {
  /** As it stands: the answer repeats it. */
  readonly der: Uint8Array;
  /** Undefined for one that we do not know; then nobody here is meant. */
  readonly digest: DigestName | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Content octets of the INTEGER. */
  readonly serial: Uint8Array;
};

export type OcspRequest = {
  /** At least one. */
  readonly certIds: readonly CertId[];
  /** Content of the nonce; null where there is none. */
  readonly nonce: Uint8Array | null;
};

/** Each costs a look-up; real clients ask for one, browsers' tools for a chain. */
export const maxCertIds = 32;
/** Bytes; one CertID takes about a hundred, a signed request some thousands. */
export const maxOcspRequest = 16 * 1024;

/** Throws `Failure` `malformed` or `too-large`. */
export function parseOcspRequest(der: Uint8Array): OcspRequest {
  const what = 'the OCSP request';
  const cursor = open(parseAsn1(der, { leniency: clientCertificates, maxBytes: maxOcspRequest, maxDepth: 16 }), what);
  const tbs = open(next(cursor, tag.sequence, what), what);
  optional(cursor, 0xa0);
  finish(cursor, what);

  const version = optional(tbs, 0xa0);
  if (version !== undefined) readVersion(version);
  optional(tbs, 0xa1);
  const list = open(next(tbs, tag.sequence, 'the list of requests'), 'the list of requests');
  const certIds: CertId[] = [];
  while (!atEnd(list)) {
    if (certIds.length === maxCertIds)
      throw tooLarge('ocsp-too-many', `The request asks about more than ${maxCertIds} certificates.`, list.at);
    certIds.push(readRequest(list));
  }
  if (certIds.length === 0) throw malformed('ocsp-empty', 'The request asks about no certificate.', 0);
  const wrapper = optional(tbs, 0xa2);
  finish(tbs, what);
  return { certIds, nonce: wrapper === undefined ? null : readNonce(extensionsIn(wrapper)) };
}

function readVersion(wrapper: Asn1Node): void {
  const cursor = open(wrapper, 'the version');
  const version = readSmallInteger(next(cursor, tag.integer, 'the version'), 'the version');
  if (version !== 0) throw malformed('ocsp-version', 'The request is of a version that is not defined.', wrapper.start);
}

function readRequest(list: Asn1Cursor): CertId {
  const request = open(next(list, tag.sequence, 'a request'), 'a request');
  const node = next(request, tag.sequence, 'a certificate id');
  const wrapper = optional(request, 0xa0);
  if (wrapper !== undefined) refuseCritical(extensionsIn(wrapper));
  finish(request, 'a request');
  const cursor = open(node, 'a certificate id');
  const { oid } = nextAlgorithm(cursor, 'the hash algorithm');
  const issuerNameHash = nextOctetString(cursor, tag.octetString, 'the hash of the issuer name');
  const issuerKeyHash = nextOctetString(cursor, tag.octetString, 'the hash of the issuer key');
  const serial = nextInteger(cursor, 'the serial number');
  finish(cursor, 'a certificate id');
  return { der: rawBytes(node), digest: digestByOid(oid), issuerNameHash, issuerKeyHash, serial };
}

function extensionsIn(wrapper: Asn1Node): readonly Extension[] {
  const cursor = open(wrapper, 'the extensions');
  const node = nextAny(cursor, 'the extensions');
  finish(cursor, 'the extensions');
  return readExtensions(node, 'the extensions');
}

/** RFC 8954 §2.1: 1 to 32 octets, anything else is refused. */
function readNonce(extensions: readonly Extension[]): Uint8Array | null {
  refuseCritical(extensions);
  const extension = extensions.find(({ oid }) => oid === ocspNonce);
  if (extension === undefined) return null;
  const node = parseAsn1(extension.value);
  if (node.tag !== tag.octetString) throw malformed('ocsp-nonce', 'The nonce is not an OCTET STRING.', 0);
  const nonce = readOctetString(node, 'the nonce');
  if (nonce.length < 1 || nonce.length > 32)
    throw malformed('ocsp-nonce', `A nonce has 1 to 32 octets; this one has ${nonce.length}.`, 0);
  return nonce;
}

/** RFC 6960 §4.4: what is critical and not understood must not be passed over. The nonce is understood. */
function refuseCritical(extensions: readonly Extension[]): void {
  for (const { oid, critical } of extensions)
    if (critical && oid !== ocspNonce)
      throw malformed('ocsp-extension', `The request has a critical extension that is not known: ${oid}.`, 0);
}
