import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openApiDocument } from './openapi.ts';

const file = new URL('../../../openapi.json', import.meta.url);

type Operation = {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly responses: Record<string, unknown>;
};
type Document = {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
};

test('openapi.json is what the routes say', async () => {
  const text = `${JSON.stringify(await openApiDocument(), null, 2)}\n`;
  // SCEPWARD_WRITE_OPENAPI=1 node --test src/http/admin/openapi.test.ts
  if (process.env.SCEPWARD_WRITE_OPENAPI === '1') writeFileSync(file, text);
  assert.ok(
    readFileSync(file, 'utf8') === text,
    'openapi.json is out of date: bin/scepward openapi > openapi.json, or run this test with SCEPWARD_WRITE_OPENAPI=1',
  );
});

test('every operation has a summary, a tag, its permission and its problems', async () => {
  const { openapi, paths } = (await openApiDocument()) as Document;
  assert.equal(openapi, '3.1.0');
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
  assert.ok(operations.length > 50);
  for (const { name, operation } of operations) {
    assert.ok(operation.summary, name);
    assert.equal(operation.tags?.length, 1, name);
    assert.match(
      operation.description ?? '',
      /Needs (the permission `[a-z.]+`|any API token or session|a session|nothing)\.$/,
      name,
    );
    assert.deepEqual(Object.keys((operation.responses['4XX'] as { content: object }).content), [
      'application/problem+json',
    ]);
    assert.ok(
      Object.keys(operation.responses).some((status) => status.startsWith('2')),
      name,
    );
  }
});

test('every reference leads to a schema, and every schema is referred to', async () => {
  const document = (await openApiDocument()) as Document;
  const referred = new Set(
    [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
  );
  assert.deepEqual([...referred].sort(), Object.keys(document.components.schemas).sort());
});
