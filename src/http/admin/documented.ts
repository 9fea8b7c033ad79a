import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import type { GrantedPermission } from '../../access/permission.ts';
import { problemSchema } from './problem-schema.ts';

/** Headers of requests that the document tells of, and handlers read by themselves. */
export type DocumentedHeader = 'idempotency-key' | 'if-match';

declare module 'fastify' {
  interface FastifyContextConfig {
    documentedHeaders?: readonly DocumentedHeader[];
  }
}

/** What a route says about itself: once, for the server and for the document. */
export type About = {
  readonly permission: GrantedPermission | keyof typeof needsOfAll;
  readonly tag: string;
  readonly summary: string;
  readonly detail?: string;
  readonly headers?: readonly DocumentedHeader[];
};

/** What is no permission that somebody can be given. */
const needsOfAll = { public: 'nothing', token: 'any API token or session', session: 'a session' } as const;

function isOfAll(permission: About['permission']): permission is keyof typeof needsOfAll {
  return Object.hasOwn(needsOfAll, permission);
}

const problemResponse = {
  description: 'A problem document',
  content: { 'application/problem+json': { schema: problemSchema } },
};

/**
 * Route options: the permission, and the schema with all that the document tells. Query parameters that the schema does not
 * name are refused.
 */
export function documented<const Schema extends FastifySchema>(about: About, schema: Schema) {
  const needs = isOfAll(about.permission)
    ? `Needs ${needsOfAll[about.permission]}.`
    : `Needs the permission \`${about.permission}\`.`;
  const all: FastifySchema = {
    querystring: z.strictObject({}),
    ...schema,
    response: { ...(schema.response as object | undefined), '4xx': problemResponse },
  };
  const told = {
    summary: about.summary,
    description: about.detail === undefined ? needs : `${about.detail}\n\n${needs}`,
    tags: [about.tag],
    ...(about.permission === 'public' && { security: [] }),
  };
  // For the type provider the schema is what the route wrote; the answers that only failures send are the server's.
  const { permission, headers: documentedHeaders = [] } = about;
  return { config: { permission, documentedHeaders }, schema: { ...all, ...told } as unknown as Schema };
}

/** For what the server answers with another content type than JSON. */
export function fileResponse(description: string, ...contentTypes: readonly string[]) {
  const schema = z.any().meta({ type: 'string', format: 'binary' });
  return { description, content: Object.fromEntries(contentTypes.map((type) => [type, { schema }])) };
}
