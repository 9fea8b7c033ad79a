/** Why a text is no X.500 name: the four outcomes of CertStrToName, with the place of the first wrong character. */
export type X500ErrorCode =
  | 'invalid-x500-string'
  | 'invalid-numeric-string'
  | 'invalid-printable-string'
  | 'invalid-ia5-string';

export type X500Error = {
  readonly code: X500ErrorCode;
  /** The name that the Windows headers give it: what `name encode` prints. */
  readonly symbol: string;
  /** The HRESULT, unsigned. */
  readonly status: number;
  /** Index into the text in UTF-16 units, as `ppszError` would point. At most the text's length. */
  readonly offset: number;
  readonly detail: string;
};

const windowsCodes: Readonly<Record<X500ErrorCode, readonly [symbol: string, status: number]>> = {
  'invalid-x500-string': ['CRYPT_E_INVALID_X500_STRING', 0x80092023],
  'invalid-numeric-string': ['CRYPT_E_INVALID_NUMERIC_STRING', 0x80092020],
  'invalid-printable-string': ['CRYPT_E_INVALID_PRINTABLE_STRING', 0x80092021],
  'invalid-ia5-string': ['CRYPT_E_INVALID_IA5_STRING', 0x80092022],
};

export function x500Error(code: X500ErrorCode, offset: number, detail: string): X500Error {
  const [symbol, status] = windowsCodes[code];
  return { code, symbol, status, offset, detail };
}
