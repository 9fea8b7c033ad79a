import { fromBase64 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';

/**
 * The bytes in the `message` parameter of a PKIOperation by GET (RFC 8894 §4.1), from the RAW query: a parser that
 * turns `+` into a space would break clients that do not escape it.
 *
 * Taken: percent-encoding in full (certmonger), bare `+` and `/` with only `=` escaped (macOS), spaces where a proxy
 * replaced `+`, the url-safe alphabet, absent padding, line breaks. Undefined when there is no such parameter.
 * Throws `Failure` `malformed`, code `scep-get-message`.
 */
export function decodeGetMessage(rawQuery: string): Uint8Array | undefined {
  const raw = rawParameter(rawQuery, 'message');
  if (raw === undefined) return undefined;
  const text = unescaped(raw)
    .replace(/[\r\n\t]/g, '')
    .replace(/ /g, '+');
  const bytes = text === '' ? undefined : fromBase64(text);
  if (bytes === undefined)
    throw new Failure('malformed', 'scep-get-message', 'The message parameter is not Base64 of a SCEP message.');
  return bytes;
}

/** A parameter's text before percent-decoding; its name is matched in any case. The first one counts. */
export function rawParameter(rawQuery: string, name: string): string | undefined {
  const query = rawQuery.startsWith('?') ? rawQuery.slice(1) : rawQuery;
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const key = equals < 0 ? pair : pair.slice(0, equals);
    if (key.toLowerCase() === name) return equals < 0 ? '' : pair.slice(equals + 1);
  }
  return undefined;
}

function unescaped(raw: string): string {
  try {
    return raw.includes('%') ? decodeURIComponent(raw) : raw;
  } catch {
    throw new Failure('malformed', 'scep-get-message', 'The message parameter has a broken percent-encoding.');
  }
}
