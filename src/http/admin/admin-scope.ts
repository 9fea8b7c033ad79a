/** What all routes of the administration API share: zod schemas, one shape of failure for bad input, a cause. */
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { viewing } from '../../access/viewing.ts';
import { Failure, isFailure } from '../../lib/failure.ts';
import { viewerOf } from '../caller.ts';
import { problem } from '../problem.ts';
import { sendProblem } from '../server.ts';
import { inputFault } from './input-fault.ts';
import { textFault } from './text-fault.ts';

export type AdminScope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Characters. What the server's parser of queries reads; behind it parameters would go unseen. */
const maxQuery = 8192;

export function adminScope(app: FastifyInstance): AdminScope {
  const scope = app.withTypeProvider<ZodTypeProvider>();
  scope.setValidatorCompiler(({ schema, httpPart }) => (data) => {
    const parsed = z.safeParse(schema as z.ZodType, data, { reportInput: true });
    return parsed.success ? { value: parsed.data } : { error: badRequest(parsed.error, httpPart ?? 'body') };
  });
  scope.setSerializerCompiler(serializerCompiler);
  // JSON or nothing.
  scope.removeContentTypeParser('text/plain');
  scope.addHook('preValidation', (request, _reply, done) => done(overlooked(request)));
  // Answers are about people and devices, and some hold secrets.
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
  // After the body has been read, as that may end in another asynchronous context.
  scope.addHook('preHandler', (request, _reply, done) => {
    const viewer = viewerOf(request);
    if (viewer === null) done();
    else viewing(viewer, done);
  });
  scope.setErrorHandler((error, request, reply) => {
    // RFC 6585 §3: no other failure answers so.
    if (!isFailure(error, 'if-match-missing')) throw error;
    sendProblem(reply, problem(428, error.code, error.message, request.id));
  });
  return scope;
}

/** What no schema of a route would see. */
function overlooked(request: FastifyRequest): Failure | undefined {
  const question = request.url.indexOf('?');
  if (question >= 0 && request.url.length - question > maxQuery)
    return new Failure('too-large', 'query-too-long', `The query has more than ${maxQuery} characters.`);
  const { body } = request;
  if (body !== undefined && body !== null && request.routeOptions.schema?.body === undefined && !isEmpty(body))
    return new Failure('malformed', 'body-not-expected', 'This request takes no body. Send none.');
  const fault = textFault({ params: request.params, query: request.query, body });
  return fault === undefined ? undefined : new Failure('malformed', 'bad-request', fault);
}

function isEmpty(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}

function badRequest(error: z.ZodError, part: string): Failure {
  const issues = error.issues.map((issue) => ({ path: issue.path.join('.'), message: inputFault(issue) }));
  const first = issues[0];
  const where = first === undefined || first.path === '' ? `the ${part}` : `${part}.${first.path}`;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more, see params.issues)` : '';
  return new Failure('malformed', 'bad-request', `${where}: ${first?.message ?? 'not understood'}${more}.`, {
    in: part,
    issues,
  });
}
