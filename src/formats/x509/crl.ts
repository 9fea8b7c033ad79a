import { clientCertificates } from '../asn1/leniency.ts';
import { malformed } from '../asn1/malformed.ts';
import {
  type Asn1Node,
  type Asn1Options,
  atEnd,
  finish,
  next,
  nextAny,
  open,
  optional,
  parseAsn1,
  peekTag,
  rawBytes,
} from '../asn1/read.ts';
import { integerOctets, nextBitString, nextInteger, readSmallInteger } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { readTime, time } from '../asn1/time.ts';
import {
  bitString,
  type Der,
  encode,
  enumerated,
  explicit,
  integer,
  sequence,
  sequenceOf,
  unsignedInteger,
} from '../asn1/write.ts';
import { type AlgorithmIdentifier, encodeAlgorithm, nextAlgorithm } from './algorithms.ts';
import { type IssuingDistributionPoint, issuingDistributionPointExtension } from './distribution-point.ts';
import {
  type Extension,
  encodeExtensions,
  extensionOid,
  findExtension,
  openExtension,
  readExtensions,
} from './extension.ts';
import { authorityKeyIdentifierExtension } from './key-identifier.ts';
import { encodeName, type Name, readName } from './name.ts';

/** CRLReason (RFC 5280 §5.3.1). */
export const crlReasons = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type CrlReason = keyof typeof crlReasons;

const reasonNames = new Map<number, CrlReason>(
  (Object.keys(crlReasons) as CrlReason[]).map((name) => [crlReasons[name], name]),
);

/** A certificate revocation list (RFC 5280 §5), read but not verified. Byte fields are views of `der`. */
export type Crl = {
  readonly der: Uint8Array;
  /** What the signature covers. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2;
  readonly issuer: Name;
  readonly issuerDer: Uint8Array;
  /** Milliseconds UTC. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly revoked: readonly RevokedCertificate[];
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
};

export type RevokedCertificate = {
  /** Content octets of the INTEGER. */
  readonly serial: Uint8Array;
  /** Milliseconds UTC. */
  readonly revokedAt: number;
  /** Undefined where the entry gives none, or one that is not defined. */
  readonly reason: CrlReason | undefined;
};

/** Throws `Failure` `malformed` or `too-large` (above 64 MiB). */
export function parseCrl(der: Uint8Array, options: Asn1Options = {}): Crl {
  const what = 'the CRL';
  const cursor = open(parseAsn1(der, { leniency: clientCertificates, maxBytes: 64 * 1024 * 1024, ...options }), what);
  const tbsNode = next(cursor, tag.sequence, what);
  const signatureAlgorithm = nextAlgorithm(cursor, 'the signature algorithm');
  const signature = nextBitString(cursor, 'the signature');
  finish(cursor, what);
  const tbs = open(tbsNode, what);
  const versionNode = optional(tbs, tag.integer);
  const version = versionNode === undefined ? 1 : readSmallInteger(versionNode, 'the version', 1) + 1;
  nextAlgorithm(tbs, 'the signature algorithm');
  const issuer = next(tbs, tag.sequence, 'the issuer');
  const thisUpdate = readTime(nextAny(tbs, 'thisUpdate'), 'thisUpdate');
  const isTime = peekTag(tbs) === tag.utcTime || peekTag(tbs) === tag.generalizedTime;
  const nextUpdate = isTime ? readTime(nextAny(tbs, 'nextUpdate'), 'nextUpdate') : undefined;
  const list = optional(tbs, tag.sequence);
  const revoked = list === undefined ? [] : readRevoked(list);
  const wrapper = optional(tbs, 0xa0);
  finish(tbs, what);
  return {
    der,
    tbs: rawBytes(tbsNode),
    version: version === 1 ? 1 : 2,
    issuer: readName(issuer, 'the issuer'),
    issuerDer: rawBytes(issuer),
    thisUpdate,
    nextUpdate,
    revoked,
    extensions: wrapper === undefined ? [] : readExtensions(only(wrapper), 'the extensions'),
    signatureAlgorithm,
    signature,
  };
}

/** The value of a cRLNumber extension; undefined where there is none. */
export function crlNumber(crl: Pick<Crl, 'extensions'>): bigint | undefined {
  const extension = findExtension(crl.extensions, extensionOid.crlNumber);
  if (extension === undefined) return undefined;
  const octets = integerOctets(openExtension(extension.value), 'the CRL number');
  let value = 0n;
  for (const octet of octets) value = (value << 8n) | BigInt(octet);
  return value;
}

export type TbsCertList = {
  /** May be given as DER. */
  readonly signatureAlgorithm: AlgorithmIdentifier | Uint8Array;
  /** As DER it is copied as it stands. */
  readonly issuer: Name | Uint8Array;
  /** Milliseconds UTC; cut to whole seconds. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Monotonic per issuer and shard; at most 20 bytes. */
  readonly number: bigint | number;
  readonly authorityKeyIdentifier: Uint8Array;
  /** Entries, or runs of them as `encodeRevokedEntries` lays them out. */
  readonly revoked: readonly (RevokedEntry | Uint8Array)[];
  readonly distributionPoint?: Partial<IssuingDistributionPoint> | undefined;
};

export type RevokedEntry = {
  /** Unsigned, big-endian; leading zeros do not matter. */
  readonly serial: Uint8Array;
  readonly revokedAt: number;
  /** `unspecified` is left out of the entry (RFC 5280 §5.3.1). */
  readonly reason?: CrlReason | undefined;
};

/** TBSCertList, version 2: the bytes to sign. */
export function encodeTbsCertList(fields: TbsCertList): Uint8Array {
  const extensions: Extension[] = [
    authorityKeyIdentifierExtension(fields.authorityKeyIdentifier),
    { oid: extensionOid.crlNumber, critical: false, value: encode(integer(fields.number)) },
  ];
  if (fields.distributionPoint !== undefined)
    extensions.push(issuingDistributionPointExtension(fields.distributionPoint));
  return encode(
    sequence(
      integer(1),
      encodeAlgorithm(fields.signatureAlgorithm),
      fields.issuer instanceof Uint8Array ? fields.issuer : encodeName(fields.issuer),
      time(fields.thisUpdate),
      time(fields.nextUpdate),
      // RFC 5280 §5.1.2.6: absent when nothing is revoked.
      fields.revoked.length === 0 ? undefined : sequenceOf(fields.revoked.map(encodeRevoked)),
      explicit(0, encodeExtensions(extensions)),
    ),
  );
}

/** CertificateList from signed parts. */
export function assembleCrl(
  tbs: Uint8Array,
  algorithm: AlgorithmIdentifier | Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  return encode(sequence(tbs, encodeAlgorithm(algorithm), bitString(signature)));
}

const reasonExtensions = new Map<CrlReason, Uint8Array>(
  (Object.keys(crlReasons) as CrlReason[]).map((reason) => {
    const value = encode(enumerated(crlReasons[reason]));
    return [reason, encode(encodeExtensions([{ oid: extensionOid.crlReason, critical: false, value }]))];
  }),
);

/** Part of a long list, so that it can be laid out in pieces. */
export function encodeRevokedEntries(entries: readonly RevokedEntry[]): Uint8Array {
  const run = sequenceOf(entries.map(encodeRevoked));
  return encode({ ...run, tag: -1, length: run.contentLength });
}

function encodeRevoked(entry: RevokedEntry | Uint8Array): Der {
  if (entry instanceof Uint8Array) return entry;
  const { serial, revokedAt, reason } = entry;
  const extensions = reason === undefined || reason === 'unspecified' ? undefined : reasonExtensions.get(reason);
  return sequence(unsignedInteger(serial), time(revokedAt), extensions);
}

function readRevoked(list: Asn1Node): RevokedCertificate[] {
  const what = 'a revoked certificate';
  const cursor = open(list, what);
  const revoked: RevokedCertificate[] = [];
  while (!atEnd(cursor)) {
    const entry = open(next(cursor, tag.sequence, what), what);
    const serial = nextInteger(entry, what);
    const revokedAt = readTime(nextAny(entry, what), 'the revocation date');
    const extensions = optional(entry, tag.sequence);
    finish(entry, what);
    revoked.push({ serial, revokedAt, reason: extensions && readReason(readExtensions(extensions, what)) });
  }
  return revoked;
}

function readReason(extensions: readonly Extension[]): CrlReason | undefined {
  const extension = findExtension(extensions, extensionOid.crlReason);
  if (extension === undefined) return undefined;
  const node = openExtension(extension.value);
  if (node.tag !== tag.enumerated) throw malformed('asn1-unexpected', 'A CRL reason is not ENUMERATED.', 0);
  return reasonNames.get(readSmallInteger(node, 'the CRL reason'));
}

function only(wrapper: Asn1Node): Asn1Node {
  const cursor = open(wrapper, 'the extensions');
  const node = next(cursor, tag.sequence, 'the extensions');
  finish(cursor, 'the extensions');
  return node;
}
