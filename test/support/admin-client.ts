import assert from 'node:assert/strict';
import type { World } from './world.ts';

export type ApiAnswer = {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer; null when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape, and fail where it is another
  readonly body: any;
};

export type ApiCall = {
  readonly body?: unknown;
  /** Instead of `body`: files of a form. */
  readonly files?: Readonly<Record<string, string>>;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The administration API as a test calls it: `await api('POST', '/users', { body })`. */
export type AdminClient = (method: string, path: string, call?: ApiCall) => Promise<ApiAnswer>;

export function adminClient(world: Pick<World, 'url' | 'adminToken'>): AdminClient {
  return async (method, path, { body, files, token = world.adminToken, headers = {} } = {}) => {
    const response = await fetch(`${world.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(files !== undefined && { body: formOf(files) }),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  };
}

function formOf(files: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, text] of Object.entries(files)) form.set(name, new Blob([text]), `${name}.csv`);
  return form;
}

/** A problem document of this status and code, as RFC 9457 has it. */
export function assertProblem(answer: ApiAnswer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body));
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(answer.body.status, status);
  assert.equal(answer.body.type, `urn:scepward:problem:${code}`);
  assert.equal(answer.body.requestId, answer.headers.get('x-request-id'));
  assert.ok(answer.body.title.length > 0 && answer.body.detail.length > 0);
}
