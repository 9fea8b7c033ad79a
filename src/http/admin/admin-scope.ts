/** What all routes of the administration API share: zod schemas, one shape of failure for bad input, a cause. */
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Failure } from '../../lib/failure.ts';

export type AdminScope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export function adminScope(app: FastifyInstance): AdminScope {
  const scope = app.withTypeProvider<ZodTypeProvider>();
  scope.setValidatorCompiler(({ schema, httpPart }) => (data) => {
    const parsed = z.safeParse(schema as z.ZodType, data);
    return parsed.success ? { value: parsed.data } : { error: badRequest(parsed.error, httpPart ?? 'body') };
  });
  scope.setSerializerCompiler(serializerCompiler);
  return scope;
}

function badRequest(error: z.ZodError, part: string): Failure {
  const issues = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = issues[0];
  const where = first === undefined || first.path === '' ? `the ${part}` : `${part}.${first.path}`;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more, see params.issues)` : '';
  return new Failure('malformed', 'bad-request', `${where}: ${first?.message ?? 'not understood'}${more}.`, {
    in: part,
    issues,
  });
}
