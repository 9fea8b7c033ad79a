/** multipart/form-data (RFC 7578, RFC 2046 §5.1), read as it arrives: how browsers and curl -F send files. */
import { concatBytes, fromUtf8, utf8 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';

export type MultipartPart = {
  /** Of the form's field. */
  readonly name: string;
  /** To be read before the next part is asked for; what is not read is passed over. */
  readonly bytes: AsyncGenerator<Uint8Array>;
};

const longestHeaders = 8192;
const lineBreak = utf8('\r\n');
const headersEnd = utf8('\r\n\r\n');

/** The parts of a body, in order. Throws `Failure` `malformed` `multipart-malformed`. */
export async function* readMultipart(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<MultipartPart> {
  const delimiter = utf8(`\r\n--${boundaryOf(contentType)}`);
  const source = newSource(body);
  // The first delimiter may be the first that there is.
  source.unread(lineBreak);
  await drain(source.until(delimiter));
  for (;;) {
    const mark = fromUtf8(await source.exactly(2));
    if (mark === '--') return;
    const headers = mark === '\r\n' ? await readHeaders(source) : null;
    if (headers === null) throw malformed('a delimiter is followed by something else than a line break');
    const bytes = source.until(delimiter);
    yield { name: nameOf(headers), bytes };
    await drain(bytes);
  }
}

type Source = ReturnType<typeof newSource>;

function newSource(body: AsyncIterable<Uint8Array>) {
  const chunks = body[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  const more = async () => {
    const next = await chunks.next();
    if (next.done) throw malformed('it ends before its last delimiter');
    held = held.length === 0 ? next.value : concatBytes([held, next.value]);
  };
  return {
    unread(bytes: Uint8Array) {
      held = concatBytes([bytes, held]);
    },
    async exactly(count: number): Promise<Uint8Array> {
      while (held.length < count) await more();
      const taken = held.subarray(0, count);
      held = held.subarray(count);
      return taken;
    },
    /** All before `end`, which is consumed. */
    async *until(end: Uint8Array): AsyncGenerator<Uint8Array> {
      for (;;) {
        const at = find(held, end);
        const sure = at >= 0 ? at : Math.max(0, held.length - end.length + 1);
        const taken = held.subarray(0, sure);
        held = held.subarray(at >= 0 ? at + end.length : sure);
        if (taken.length > 0) yield taken;
        if (at >= 0) return;
        await more();
      }
    },
  };
}

async function readHeaders(source: Source): Promise<string> {
  source.unread(lineBreak);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source.until(headersEnd)) {
    length += part.length;
    if (length > longestHeaders) throw malformed('the headers of a part are too long');
    parts.push(part);
  }
  const text = fromUtf8(concatBytes(parts));
  if (text === undefined) throw malformed('the headers of a part are not UTF-8');
  return text;
}

function boundaryOf(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw malformed('its Content-Type names no boundary');
  return boundary;
}

function nameOf(headers: string): string {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(headers)?.[1] ?? '';
  const name = /;\s*name="([^"\r\n]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw malformed('a part has no name');
  return name;
}

function find(bytes: Uint8Array, sought: Uint8Array): number {
  const first = sought[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0 && at + sought.length <= bytes.length; at = bytes.indexOf(first, at + 1))
    if (sought.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}

async function drain(bytes: AsyncGenerator<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

function malformed(what: string): Failure {
  return new Failure('malformed', 'multipart-malformed', `The body is not multipart/form-data: ${what}.`);
}
