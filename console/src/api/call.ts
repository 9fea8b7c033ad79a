/**
 * Calls routes of the administration API. Their types are the server's own (`api-types.ts`). What changes something carries
 * an idempotency key and is sent again while no answer comes: the server carries it out once.
 */
import type { Api } from './api-types.ts';
import { noteAnswer, noteSilence, noteUnknownCaller } from './connection.ts';
import { takeEarly } from './early.ts';
import { isTransient, Problem } from './problem.ts';

export type Route = keyof Api;
export type Answer<R extends Route> = Api[R]['answer'];

type Given<Name extends string, Value> =
  Record<never, never> extends Value ? { readonly [K in Name]?: Value } : { readonly [K in Name]: Value };

export type Input<R extends Route> = Given<'path', Api[R]['path']> &
  Given<'query', Api[R]['query']> &
  Given<'body', Api[R]['body']>;

/** May be left out when the route needs nothing. */
export type InputArguments<R extends Route> =
  Record<never, never> extends Input<R>
    ? [input?: Input<R>, options?: CallOptions]
    : [input: Input<R>, options?: CallOptions];

export type CallOptions = {
  readonly signal?: AbortSignal;
  /** The ETag of what was edited. */
  readonly ifMatch?: string | null;
};

export type Answered<R extends Route> = { readonly answer: Answer<R>; readonly etag: string | null };

/** Cross-site pages cannot send it: the server takes a cookie only together with it. */
const ownHeader = { 'x-scepward-request': '1' } as const;

const mostTries = 5;

/** Failure: `Problem`. */
export async function call<R extends Route>(route: R, ...[input, options]: InputArguments<R>): Promise<Answer<R>> {
  const { answer } = await exchange(route, input as Input<R> | undefined, options);
  return answer;
}

/** As `call`, with the ETag that an edit gives back as `ifMatch`. */
export async function exchange<R extends Route>(
  route: R,
  input: Input<R> | undefined,
  options: CallOptions = {},
): Promise<Answered<R>> {
  const { method, init } = requestOf(route, input, options);
  const address = addressOf(route, input);
  for (let tries = 1; ; tries++) {
    try {
      const response = await send(address, init);
      return { answer: (await readAnswer(response)) as Answer<R>, etag: response.headers.get('etag') };
    } catch (error) {
      // Reading again is the business of the query cache.
      if (method === 'GET' || !isTransient(error) || tries >= mostTries) throw error;
      await pause(500 * 2 ** (tries - 1), options.signal);
    }
  }
}

function requestOf<R extends Route>(route: R, input: Input<R> | undefined, options: CallOptions) {
  const method = route.slice(0, route.indexOf(' '));
  const headers: Record<string, string> = { ...ownHeader, accept: 'application/json' };
  if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID();
  if (options.ifMatch) headers['if-match'] = options.ifMatch;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  const body: unknown = input !== undefined && 'body' in input ? input.body : undefined;
  if (body instanceof Blob || body instanceof FormData) init.body = body;
  else if (body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  if (options.signal !== undefined) init.signal = options.signal;
  return { method, init };
}

/** Where a route answers; for links to files that it sends as well. */
export function addressOf<R extends Route>(route: R, input?: Partial<Input<R>>): string {
  const { path, query } = (input ?? {}) as { path?: Record<string, string>; query?: Record<string, unknown> };
  const pattern = route.slice(route.indexOf(' ') + 1);
  const address = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path?.[name] ?? ''));
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? address : `${address}?${text}`;
}

async function send(address: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await ((init.method === 'GET' ? takeEarly(address) : undefined) ?? fetch(address, init));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    noteSilence();
    throw new Problem(0, {});
  }
  if (response.ok) {
    noteAnswer();
    return response;
  }
  const problem = await readProblem(response);
  if (isTransient(problem)) noteSilence();
  else noteAnswer();
  if (problem.status === 401) noteUnknownCaller();
  throw problem;
}

async function readProblem(response: Response): Promise<Problem> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds * 1000 : null;
  const type = response.headers.get('content-type') ?? '';
  const document = type.includes('json') ? ((await response.json().catch(() => ({}))) as object) : {};
  return new Problem(response.status, document, retryAfter);
}

async function readAnswer(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('json') && !type.includes('ndjson')) return response.json();
  return response.blob();
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
