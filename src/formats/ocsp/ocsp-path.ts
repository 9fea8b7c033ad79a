import { fromBase64 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';

/**
 * The request in the path of a GET (RFC 6960 appendix A.1): Base64, percent-encoded, after the last fixed segment. From the
 * RAW path, since clients escape `/` and `+` or leave them as they are, and some proxies join two slashes. Throws `Failure`
 * `malformed`, code `ocsp-path`.
 */
export function decodeOcspPath(rawTail: string): Uint8Array {
  const bytes = fromBase64(unescaped(rawTail).replace(/ /g, '+'));
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw refused();
}

function unescaped(raw: string): string {
  try {
    return raw.includes('%') ? decodeURIComponent(raw) : raw;
  } catch {
    throw refused();
  }
}

function refused(): Failure {
  return new Failure('malformed', 'ocsp-path', 'The path is not Base64 of an OCSP request.');
}
