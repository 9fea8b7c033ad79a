/**
 * `fetch` for libraries that bring their own protocol and none of our caution: each call goes to an address that was judged for it,
 * follows no redirect, and ends after `deadline` or `largest` bytes. TLS is checked as usual, by Node's certificates and those
 * of NODE_EXTRA_CA_CERTS.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { concatBytes } from '../../lib/bytes.ts';
import { second } from '../../lib/clock.ts';
import { hostOf, judgedLookup, judgeLiteral, type LookupOptions, Refused } from './judged-lookup.ts';

export type FetchInit = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
};

const deadline = 10 * second;
const largest = 512 * 1024;

/** Rejects with `Refused` for addresses that are not allowed, and as `node:http` does for what does not answer. */
export function judgedFetch(options: LookupOptions): (address: string, init: FetchInit) => Promise<Response> {
  return (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    const secure = url.protocol === 'https:';
    const refusal = judgeLiteral(hostOf(url), secure, options);
    if (refusal !== null) return Promise.reject(new Refused(refusal));
    const text = body === undefined || body === null ? '' : String(body);
    const signals = [AbortSignal.timeout(deadline), ...(signal ? [signal] : [])];
    const settings = {
      method,
      agent: false as const,
      lookup: judgedLookup(secure, options),
      signal: AbortSignal.any(signals),
      maxHeaderSize: 16 * 1024,
      headers: {
        ...headers,
        'user-agent': 'Scepward',
        connection: 'close',
        ...(text !== '' && { 'content-length': String(Buffer.byteLength(text)) }),
      },
    };
    return new Promise((resolve, reject) => {
      const outgoing = secure ? httpsRequest(url, { ...settings, minVersion: 'TLSv1.2' }) : httpRequest(url, settings);
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        read(incoming).then(resolve, reject);
      });
      outgoing.end(text);
    });
  };
}

async function read(incoming: IncomingMessage): Promise<Response> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > largest) throw new Error(`More than ${largest} bytes were sent.`);
    parts.push(part);
  }
  const status = incoming.statusCode ?? 0;
  const headers = new Headers();
  for (const name of ['content-type', 'www-authenticate', 'date', 'location']) {
    const value = incoming.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  // A `Response` takes no body with these.
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : new Uint8Array(concatBytes(parts)), { status, headers });
}
