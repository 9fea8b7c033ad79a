/**
 * Deviations from DER that a reader may be told to tolerate. Without a flag the reader is strict.
 * Each flag names who needs it; `test/vectors/quirks` holds a sample of each.
 */
export type Leniency = {
  /** BER lengths `80 … 00 00`. OpenSSL in streaming mode (`cms -stream`), BouncyCastle's stream generators (jscep), Apple. */
  readonly indefiniteLength?: boolean;
  /** OCTET STRING in pieces, `24 …` or `a0 …` for `[0] IMPLICIT`. micromdm scepclient sends its encrypted content so. */
  readonly constructedOctetString?: boolean;
  /** A length in more bytes than needed (`82 00 05`). Old Cisco IOS and Windows CE encoders reserve two length bytes. */
  readonly nonMinimalLength?: boolean;
  /** INTEGER with superfluous leading bytes. Serial numbers that clients make from a hash, padded to a fixed width. */
  readonly nonMinimalInteger?: boolean;
  /** BOOLEAN TRUE as another byte than `ff`. Old Windows and Cisco certificates write `01`. */
  readonly anyTrue?: boolean;
  /** SET OF in the order of writing instead of sorted. Cisco IOS and other old clients' signed attributes. */
  readonly unsortedSet?: boolean;
  /** RSA algorithm identifiers without the NULL (RFC 4055 §5 demands it). micromdm scepclient omits it everywhere. */
  readonly absentAlgorithmParameters?: boolean;
  /** PrintableString with other ISO 8859-1 characters, such as `@`, `_`, `*`. Cisco IOS puts fully qualified names and passwords there. */
  readonly anyPrintable?: boolean;
  /** DEFAULT values that are written out (DER omits them): `critical FALSE`, `cA FALSE`. OpenSSL configuration files and old Windows. */
  readonly explicitDefault?: boolean;
  /** A certification request without its (possibly empty) `[0]` attributes. Old OpenSSL's `-asn1-kludge` and gear built on it. */
  readonly absentAttributes?: boolean;
};

/** DER and nothing else: what we write ourselves. */
export const strict: Leniency = Object.freeze({});

/**
 * For certificates and certification requests that strangers made. Their outer form stays DER, since they are signed
 * as they stand; what is tolerated are the habits inside.
 */
export const clientCertificates: Leniency = Object.freeze({
  nonMinimalInteger: true,
  anyTrue: true,
  unsortedSet: true,
  absentAlgorithmParameters: true,
  anyPrintable: true,
  explicitDefault: true,
  absentAttributes: true,
});

/** For CMS from SCEP clients and for what openssl streams: BER framing on top of `clientCertificates`. */
export const clientMessages: Leniency = Object.freeze({
  ...clientCertificates,
  indefiniteLength: true,
  constructedOctetString: true,
  nonMinimalLength: true,
});
