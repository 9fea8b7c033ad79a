/**
 * The administration API as commands see it. Which server and which token: SCEPWARD_URL and SCEPWARD_TOKEN, else this
 * machine's server and the administrator's token in its data directory.
 */
import { join } from 'node:path';
import { parseListen } from '../config/config.ts';
import type { Environment } from '../config/env.ts';
import { readSecretFile } from '../config/secrets.ts';
import { systemClock } from '../lib/clock.ts';
import { Failure, type FailureKind } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import { connectionFailure } from './connection-failure.ts';

export type ApiRequest = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Undefined and null values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
  /** Instead of `body`: a form with files, which are read while they are sent. */
  readonly form?: FormData;
  /** For `If-Match`. */
  readonly version?: number;
  /** What the answer is to be; default: JSON. */
  readonly accept?: string;
};

export type ApiClient = {
  readonly url: string;
  /**
   * `path` below `/api/v1`. Failures: the server's own code, those of `connectionFailure` and of reading the token,
   * `no-token`, `not-scepward`.
   */
  call<T>(path: string, request?: ApiRequest): Promise<T>;
  /** What a download holds. */
  file(path: string, request?: ApiRequest): Promise<Uint8Array>;
  /** A download of any length, as it comes. */
  stream(path: string, request?: ApiRequest): Promise<AsyncIterable<Uint8Array>>;
  /** Every item of a paged list, page by page; stops after `limit`. */
  list<T>(path: string, query?: ApiRequest['query'], limit?: number): AsyncGenerator<T>;
};

const kinds: Readonly<Record<number, FailureKind>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  412: 'precondition',
  413: 'too-large',
  422: 'invalid',
  428: 'precondition',
  429: 'limited',
};

export function createApiClient(environment: Environment): ApiClient {
  const url = (environment.SCEPWARD_URL ?? localUrl(environment)).replace(/\/+$/, '');
  refusePlainHttp(url);

  const send = async (path: string, request: ApiRequest): Promise<Response> => {
    const target = new URL(`${url}/api/v1${path}`);
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== null && value !== undefined) target.searchParams.set(name, String(value));
    const method = request.method ?? 'GET';
    const { secret } = apiToken(environment);
    try {
      return await fetch(target, {
        method,
        headers: {
          authorization: `Bearer ${secret}`,
          ...(request.body !== undefined && { 'content-type': 'application/json' }),
          ...(request.accept !== undefined && { accept: request.accept }),
          ...(request.version !== undefined && { 'if-match': `"${request.version}"` }),
          // A repeated POST after a lost answer is answered with what the first one did.
          ...(method === 'POST' && { 'idempotency-key': newId(systemClock) }),
        },
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        ...(request.form !== undefined && { body: request.form }),
      });
    } catch (error) {
      throw connectionFailure(url, error);
    }
  };

  const refusal = (status: number, text: string): Failure => {
    const failure = problem(status, text);
    if (status !== 401) return failure;
    const { place } = apiToken(environment);
    const mend =
      place === 'SCEPWARD_TOKEN' ? 'Set it to one that is valid' : 'Set SCEPWARD_TOKEN to one of this server';
    const message = `The server at ${url} does not accept the API token in ${place}. ${mend}.`;
    return new Failure(failure.kind, failure.code, message, { ...failure.params, url }, { cause: failure });
  };

  const call = async <T>(path: string, request: ApiRequest = {}): Promise<T> => {
    const response = await send(path, request);
    const text = await response.text();
    if (response.ok) return (text === '' ? null : parse(url, text)) as T;
    throw refusal(response.status, text);
  };

  return {
    url,
    call,
    async file(path, request = {}) {
      const response = await send(path, request);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      throw refusal(response.status, await response.text());
    },
    async stream(path, request = {}) {
      const response = await send(path, request);
      if (!response.ok) throw refusal(response.status, await response.text());
      return received(url, response);
    },
    async *list<T>(path: string, query: ApiRequest['query'] = {}, limit = Number.POSITIVE_INFINITY) {
      let cursor: string | null = null;
      let left = limit;
      do {
        const page: { items: T[]; next: string | null } = await call(path, {
          query: { ...query, cursor, limit: Math.min(left, 200) },
        });
        yield* page.items.slice(0, left);
        left -= page.items.length;
        cursor = page.next;
      } while (cursor !== null && left > 0);
    },
  };
}

async function* received(url: string, { body }: Response): AsyncGenerator<Uint8Array> {
  try {
    if (body !== null) yield* body;
  } catch (cause) {
    const message = `The answer of ${url} broke off: what came of it is not the whole. Try again.`;
    throw new Failure('unavailable', 'answer-cut-off', message, { url }, { cause });
  }
}

/** RFC 9457 back into a Failure, so that a command fails in the server's words. */
function problem(status: number, text: string): Failure {
  const kind = kinds[status] ?? 'unavailable';
  try {
    const document = JSON.parse(text) as {
      code?: string;
      detail?: string;
      title?: string;
      params?: Record<string, unknown>;
    };
    return new Failure(
      kind,
      document.code ?? `http-${status}`,
      document.detail ?? document.title ?? `HTTP ${status}`,
      document.params,
    );
  } catch {
    return new Failure(kind, `http-${status}`, `The server answered ${status} and no explanation.`);
  }
}

function localUrl(environment: Environment): string {
  const text = environment.SCEPWARD_ADMIN_LISTEN ?? environment.SCEPWARD_LISTEN ?? '127.0.0.1:8080';
  const { host, port } = parseListen('SCEPWARD_LISTEN', text);
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** The token, and where it stands. */
function apiToken(environment: Environment): { readonly secret: string; readonly place: string } {
  if (environment.SCEPWARD_TOKEN !== undefined) return { secret: environment.SCEPWARD_TOKEN, place: 'SCEPWARD_TOKEN' };
  const file = join(environment.SCEPWARD_DATA ?? './data', 'admin-token');
  const secret = readSecretFile(file)?.trim();
  if (secret !== undefined && secret !== '') return { secret, place: file };
  throw new Failure(
    'unauthenticated',
    'no-token',
    `There is no API token: set SCEPWARD_TOKEN, or run where ${file} is.`,
    { file },
  );
}

/** Another web server may well answer 200. */
function parse(url: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `What answers at ${url} is no Scepward: it sent no JSON. See SCEPWARD_URL.`;
    throw new Failure('unavailable', 'not-scepward', message, { url }, { cause });
  }
}

/** A bearer token does not travel in the clear (surfaces.md). */
function refusePlainHttp(url: string): void {
  if (!URL.canParse(url)) throw new Failure('invalid', 'bad-setting', `SCEPWARD_URL: "${url}" is not an address.`);
  const { protocol, hostname } = new URL(url);
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  if (protocol !== 'https:' && !loopback)
    throw new Failure(
      'invalid',
      'plain-http',
      `Administration over plain HTTP is refused on anything but loopback: use https for ${hostname}.`,
      { url },
    );
}
