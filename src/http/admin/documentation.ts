import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { DocumentedHeader } from './documented.ts';

const description = `Administration of a Scepward server.

Times are milliseconds since 1970, UTC. Lists answer \`{items, next}\`; \`next\` is the \`cursor\` of the next page. Whatever is
named in an address or body may be named by its id or its exact name; a name that several things have answers 409
\`ambiguous-name\` with \`params.candidates\`. What can be edited as a whole answers with an ETag and wants it back as If-Match
(428 without, 412 when it is outdated). A POST with an \`Idempotency-Key\` is carried out once per key and token within 24
hours: a repeat gets the same answer, another request with the same key 422 \`idempotency-key-reused\`. Answers that show a
secret are not kept, so their repeats answer 409 \`idempotency-not-replayable\`. Every failure is a problem document (RFC 9457)
with a stable \`code\`.

Scripts send an API token: \`Authorization: Bearer <token>\`. The console has a session instead, whose cookie is set at sign-in;
with it, whatever changes something carries the header \`X-Scepward-Request: 1\` and comes from our own pages.`;

const zodToJsonConfig: NonNullable<Parameters<typeof createJsonSchemaTransform>[0]['zodToJsonConfig']> = {
  // That an integer is a safe one says nothing to a client.
  override: ({ jsonSchema }) => {
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  },
};

const transform = createJsonSchemaTransform({ zodToJsonConfig });
const transformObject = createJsonSchemaTransformObject({ zodToJsonConfig });

/** Each named schema comes twice, as it is read and as it is written; what no route refers to is left out. */
function withoutUnused(document: ReturnType<typeof transformObject>): ReturnType<typeof transformObject> {
  const components = 'components' in document ? (document.components ?? {}) : {};
  const schemas: Record<string, unknown> = 'schemas' in components ? (components.schemas ?? {}) : {};
  const used = new Set<string>();
  const visit = (text: string) => {
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(JSON.stringify(schemas[name] ?? null));
    }
  };
  visit(JSON.stringify({ ...document, components: null }));
  for (const name of Object.keys(schemas)) if (!used.has(name)) delete schemas[name];
  return document;
}

const headers: Readonly<Record<DocumentedHeader, string>> = {
  'idempotency-key': 'Carries the request out once: a repeat with the same key gets the same answer',
  'if-match': 'The ETag of what was edited',
};

type Transformed = ReturnType<typeof transform>;

/** Headers that handlers read by themselves. */
function withHeaders({ schema, url }: Transformed, names: readonly DocumentedHeader[]): Transformed {
  if (names.length === 0) return { schema, url };
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', description: headers[name] }]));
  return { schema: { ...schema, headers: { type: 'object', properties } }, url };
}

/** Gathers every route that is registered on `scope` from now on into an OpenAPI 3.1 document. */
export async function documentation(scope: FastifyInstance): Promise<void> {
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Scepward administration', version: '1', description, license: { name: 'Apache-2.0' } },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-scepward' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: (route) => withHeaders(transform(route), route.route.config?.documentedHeaders ?? []),
    transformObject: (document) => withoutUnused(transformObject(document)),
  });
}
