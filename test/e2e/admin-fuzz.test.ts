/** Whatever a token's holder sends to any route of the administration API: an answer below 500, and failures as problems. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openApiDocument } from '../../src/http/admin/openapi.ts';
import { type AdminClient, adminClient } from '../support/admin-client.ts';
import { rounds } from '../support/rounds.ts';
import { storeKinds } from '../support/stores.ts';
import { startWorld } from '../support/world.ts';

type Schema = {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string | readonly string[];
};
type Parameter = { readonly name: string; readonly in: string };
type Operation = {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};
type Target = { readonly method: string; readonly path: string; readonly operation: Operation };

let targets: readonly Target[];
let schemas: Readonly<Record<string, Schema>>;

before(async () => {
  const document = (await openApiDocument()) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  schemas = document.components.schemas;
  // It never ends.
  const { '/api/v1/events/stream': _, ...paths } = document.paths;
  targets = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
const oddTexts = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  '"',
  "';--",
  '%',
  '../x',
  '\u0000',
  '💥',
  '\ud800',
  'x'.repeat(500),
  '{{a}}',
];
const oddText = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: 'binary', maxLength: 30 }));
const oddValue = fc.oneof(
  oddText,
  fc.constantFrom(null, true, 0, -1, 1e308, 2 ** 53, 0.5, [], {}, [[]], { __proto__x: 1 }, [null]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Mostly as the schema wants it, here and there something else. */
function like(schema: Schema | undefined, depth = 0): fc.Arbitrary<unknown> {
  if (schema === undefined || depth > 5) return oddValue;
  if (schema.$ref !== undefined) return like(schemas[schema.$ref.split('/').at(-1) ?? ''], depth + 1);
  return fc.oneof({ arbitrary: fitting(schema, depth), weight: 6 }, { arbitrary: oddValue, weight: 1 });
}

function fitting(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => like(one, depth + 1)));
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, one]) => [name, like(one, depth + 1)]);
    const known = fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
    return fc.oneof({ arbitrary: known, weight: 9 }, { arbitrary: fc.dictionary(oddText, oddValue), weight: 1 });
  }
  if (schema.items !== undefined) return fc.array(like(schema.items, depth + 1), { maxLength: 3 });
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer' || schema.type === 'number') return fc.oneof(fc.integer(), fc.double());
  return oddText;
}

function requestTo({ path, operation }: Target) {
  const names = (place: string) =>
    (operation.parameters ?? []).filter((one) => one.in === place).map(({ name }) => name);
  const record = (all: readonly string[]) =>
    fc.record(Object.fromEntries(all.map((name) => [name, oddText])), { requiredKeys: [] });
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return fc.record({
    path: fc.array(oddText, { minLength: 3, maxLength: 3 }).map((texts) => {
      let at = 0;
      return path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, () => encoded(texts[at++ % 3] ?? '') || 'x');
    }),
    query: fc.oneof(record(names('query')), fc.dictionary(oddText, oddText, { maxKeys: 2 })),
    body: schema === undefined ? fc.constant(undefined) : like(schema),
    ifMatch: fc.constantFrom(undefined, '"1"', '1', '""', '*', '"99999999999999999999"'),
    key: fc.constantFrom(undefined, 'same', 'x'.repeat(300)),
  });
}

/** Lone surrogates have no encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

for (const store of storeKinds())
  test(`no input makes any route fail on our side (${store})`, async () => {
    await using world = await startWorld({ store, cryptoThreads: 0 });
    await tryEverything(adminClient(world));
  });

async function tryEverything(api: AdminClient): Promise<void> {
  assert.ok(targets.length > 50);
  for (const target of targets)
    await fc.assert(
      fc.asyncProperty(requestTo(target), async ({ path, query, body, ifMatch, key }) => {
        const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`);
        const headers = {
          ...(ifMatch !== undefined && { 'if-match': ifMatch }),
          ...(key !== undefined && { 'idempotency-key': key }),
        };
        const call = body === undefined ? { headers } : { headers, body: JSON.stringify(body) };
        const answer = await api(target.method, `${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`, call);
        const shown = `${target.method} ${path} ${JSON.stringify({ query, body, headers })}: ${JSON.stringify(answer.body)}`;
        assert.ok(answer.status < 500, shown);
        if (answer.status < 400) return;
        assert.equal(answer.body.status, answer.status, shown);
        assert.match(answer.body.code, /^[a-z][a-z0-9-]*$/, shown);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, shown);
      }),
      { numRuns: rounds(12, 150) },
    );
}
