import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import { toPem } from '../formats/x509/pem.ts';
import { concatBytes } from '../lib/bytes.ts';
import { second } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** ms without an answer. Default 30 s. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
};

export type HttpAnswer = {
  readonly status: number;
  readonly contentType: string;
  /** Seconds; null when the server did not say. */
  readonly retryAfter: number | null;
  readonly body: Uint8Array;
};

/**
 * Sends one request and reads the whole answer, whatever its status; follows no redirects. Rejects with `Failure`
 * `unavailable`, code `unreachable`, when no answer came, and `untrusted-server` when TLS did not hold. What a connection
 * kept open from before did not carry goes over another one: requests are such that repeating them does no harm.
 */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

export type TransportTrust =
  /** The system's certification authorities, and these besides (DER). */
  | { readonly kind: 'system'; readonly anchors: readonly Uint8Array[] }
  /** These certificates alone (DER), whether or not they are self-signed. */
  | { readonly kind: 'pinned'; readonly anchors: readonly Uint8Array[] }
  /** Anyone: only to fetch what is then compared with a fingerprint. */
  | { readonly kind: 'not-yet' };

export type HttpTransport = { readonly send: Transport } & AsyncDisposable;

/** Bytes; no server has a reason to send a device more. */
const maxAnswer = 4 * 1024 * 1024;

/** Keeps connections open between requests, at most `sockets` per server, until it is disposed of. */
export function httpTransport(trust: TransportTrust, options: { readonly sockets?: number } = {}): HttpTransport {
  const pool = { keepAlive: true, maxSockets: options.sockets ?? 4, scheduling: 'lifo' } as const;
  const http = new HttpAgent(pool);
  const https = new HttpsAgent({ ...pool, ...tlsOptions(trust) });
  return {
    send: (request) => send(request, http, https),
    async [Symbol.asyncDispose]() {
      http.destroy();
      https.destroy();
    },
  };
}

function tlsOptions(trust: TransportTrust) {
  if (trust.kind === 'not-yet') return { rejectUnauthorized: false };
  const anchors = trust.anchors.map((der) => toPem('CERTIFICATE', der));
  return trust.kind === 'pinned'
    ? { ca: anchors, allowPartialTrustChain: true }
    : { ca: [...getCACertificates('default'), ...anchors], allowPartialTrustChain: true };
}

function send(request: HttpRequest, http: HttpAgent, https: HttpsAgent): Promise<HttpAnswer> {
  const { method, url, body, timeout = 30 * second, signal } = request;
  return new Promise((resolve, reject) => {
    const secure = new URL(url).protocol === 'https:';
    const outgoing = (secure ? httpsRequest : httpRequest)(url, {
      method,
      agent: secure ? https : http,
      headers: { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
      timeout,
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeout / second} s`)));
    let answered = false;
    outgoing.on('error', (cause) => {
      // The server had ended it, while this machine slept or just now. Each is tried once, so it comes to a new one.
      if (outgoing.reusedSocket && !answered && isCutOff(cause)) resolve(send(request, http, https));
      else reject(noAnswer(url, cause));
    });
    outgoing.on('response', (incoming) => {
      answered = true;
      readAnswer(incoming).then(resolve, (cause: unknown) => reject(noAnswer(url, cause)));
    });
    outgoing.end(body);
  });
}

function isCutOff({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

async function readAnswer(incoming: IncomingMessage): Promise<HttpAnswer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > maxAnswer) {
      incoming.destroy();
      throw new Error(`the answer is longer than ${maxAnswer} bytes`);
    }
    parts.push(part);
  }
  const retryAfter = Number(incoming.headers['retry-after'] ?? Number.NaN);
  return {
    status: incoming.statusCode ?? 0,
    contentType: (incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    body: concatBytes(parts),
  };
}

const tlsErrors = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|SSL|TLS|DEPTH_ZERO|ISSUER/;

/** The address without its query, which may carry a request. */
function noAnswer(url: string, cause: unknown): Failure {
  const { origin, pathname } = new URL(url);
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code ?? message;
  if (code !== undefined && tlsErrors.test(code))
    return new Failure(
      'unavailable',
      'untrusted-server',
      `${origin} does not prove that it is the right server (${code}). If its certificate was renewed by another authority, join again.`,
      { address: origin + pathname, reason: code },
      { cause },
    );
  return new Failure(
    'unavailable',
    'unreachable',
    `${origin} cannot be reached (${why}).`,
    { address: origin + pathname, reason: why },
    { cause },
  );
}
