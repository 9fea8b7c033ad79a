/**
 * The one place where a failure becomes an HTTP answer: a problem document (RFC 9457). SCEP answers of their own kind are
 * in `scep/`.
 */
import type { FailureKind, FailureParams } from '../lib/failure.ts';
import { isFailure } from '../lib/failure.ts';

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly params: FailureParams;
  readonly requestId: string;
};

export const problemContentType = 'application/problem+json; charset=utf-8';

const statusByKind: Readonly<Record<FailureKind, number>> = {
  malformed: 400,
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  precondition: 412,
  'too-large': 413,
  limited: 429,
  unavailable: 503,
  cryptography: 400,
  misconfigured: 500,
};

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

export function problem(
  status: number,
  code: string,
  detail: string,
  requestId: string,
  params: FailureParams = {},
): Problem {
  const title = titles[status] ?? 'Error';
  return { type: `urn:scepward:problem:${code}`, title, status, detail, code, params, requestId };
}

/**
 * The problem for anything that was thrown (`bodyLimit`: bytes, of the address that was called): a `Failure` tells its own; an error of the HTTP framework keeps its 4xx status;
 * whatever else is a bug of ours, and says nothing about itself.
 */
export function problemOf(error: unknown, requestId: string, bodyLimit?: number): Problem {
  if (isFailure(error)) return problem(statusByKind[error.kind], error.code, error.message, requestId, error.params);
  const known = frameworkError(error, bodyLimit);
  if (known !== undefined) return problem(known.status, known.code, known.detail, requestId);
  return problem(500, 'internal', `The server failed. Its log has more under the request id ${requestId}.`, requestId);
}

/** Seconds, from `params.retryAfter` of the failure; whoever is sent away for the moment is always told for how long. */
export function setRetryAfter(
  reply: { header(name: string, value: string): unknown },
  status: number,
  { retryAfter }: FailureParams,
): void {
  if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter));
  else if (status === 503) reply.header('retry-after', '5');
}

/** Fastify's own errors: `FST_ERR_CTP_BODY_TOO_LARGE` becomes `body-too-large`. */
function frameworkError(
  error: unknown,
  bodyLimit: number | undefined,
): { status: number; code: string; detail: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { statusCode, code } = error as Error & { readonly statusCode?: unknown; readonly code?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined;
  if (typeof code !== 'string' || !code.startsWith('FST_ERR_')) return undefined;
  const name = code
    .replace(/^FST_ERR_(CTP_|BAD_)?/, '')
    .toLowerCase()
    .replaceAll('_', '-');
  if (statusCode === 413 && bodyLimit !== undefined)
    return {
      status: statusCode,
      code: name,
      detail: `The body is larger than the ${bodyLimit} bytes that this address takes.`,
    };
  return { status: statusCode, code: name, detail: error.message };
}
