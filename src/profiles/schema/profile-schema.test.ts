import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc, { type Arbitrary } from 'fast-check';
import { jsonSchemaCheck } from '../../../test/support/json-schema-check.ts';
import { rounds } from '../../../test/support/rounds.ts';
import { testRoot } from '../../../test/support/test-root.ts';
import { platforms } from '../../directory/platform.ts';
import { systemClock } from '../../lib/clock.ts';
import { hasErrors } from '../finding.ts';
import { parseProfile } from '../parse-profile.ts';
import { profileDocument } from '../profile-document.ts';
import type { ProfileId } from '../profile-id.ts';
import { readProfileFile } from '../read-profile-file.ts';
import type { JsonSchema } from './json-schema.ts';
import { profileSchema, profileSchemaText } from './profile-schema.ts';

const schema = profileSchema();
const check = await jsonSchemaCheck(schema);
const { pem } = await testRoot();
const published = new URL('../../../docs/profile.schema.json', import.meta.url);

const parse = (document: unknown) =>
  parseProfile(document, {
    now: systemClock.now(),
    findTrustedProfile: (reference, platform) => ({ id: reference as ProfileId, platform }),
  });

test('docs/profile.schema.json is what the server says', () => {
  if (process.env.SCEPWARD_WRITE_SCHEMA === '1') writeFileSync(published, profileSchemaText());
  assert.equal(readFileSync(published, 'utf8'), profileSchemaText());
});

test('the files of the sample organisation are of the schema, and name it', async () => {
  const folder = new URL('../../../examples/sample-org/profiles/', import.meta.url);
  for (const file of readdirSync(folder)) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    assert.ok(text.startsWith('# yaml-language-server: $schema=../../../docs/profile.schema.json\n'), file);
    for (const { value, line } of readProfileFile(text).documents)
      assert.equal(await check(value), null, `${file}:${line}`);
  }
});

/** Any value that a schema of ours allows. */
function anyOfSchema(given: JsonSchema): Arbitrary<unknown> {
  const { $ref, anyOf, type, properties, items, pattern } = given;
  if ($ref !== undefined) return anyOfSchema(schema.$defs[$ref.split('/').at(-1) ?? ''] ?? {});
  if ('const' in given) return fc.constant(given.const);
  if (given.enum !== undefined) return fc.constantFrom(...given.enum);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(anyOfSchema));
  if (properties !== undefined) {
    const required = [...(given.required ?? [])];
    const entries = Object.entries(properties).map(([name, inner]) => [name, anyOfSchema(inner)] as const);
    return fc.record(Object.fromEntries(entries), { requiredKeys: required, noNullPrototype: true });
  }
  if (type === 'array')
    return fc.array(anyOfSchema(items ?? {}), {
      minLength: given.minItems ?? 0,
      maxLength: Math.max(given.minItems ?? 0, 4),
    });
  if (type === 'integer') return fc.integer({ min: given.minimum ?? 0, max: given.maximum ?? 1000 });
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength: 40 });
  assert.equal(type, 'string', JSON.stringify(given));
  return fc.string({ minLength: given.minLength ?? 0, maxLength: 40 });
}

/** A whole document; a trusted certificate profile has the one certificate that there is. */
function documentOf(kind: 'scep' | 'trustedCertificate', platform: string): Arbitrary<Record<string, unknown>> {
  const branch = schema.allOf?.find(({ if: when }) => {
    const { properties } = when ?? {};
    return properties?.kind?.const === kind && properties.platform?.const === platform;
  });
  assert.ok(branch?.then?.properties);
  const fixed = { kind: { const: kind }, platform: { const: platform } };
  const { server: _, rule: __, ...header } = schema.properties ?? {};
  const required = [...(schema.required ?? []), ...(branch.then.required ?? [])];
  const whole = { ...schema, required, properties: { ...header, ...branch.then.properties, ...fixed } };
  return (anyOfSchema(whole) as Arbitrary<Record<string, unknown>>)
    .map(inOrder)
    .filter(({ slug }) => slug !== 'schema')
    .map((document) =>
      kind === 'scep' ? document : { ...document, settings: { ...(document.settings as object), certificate: pem } },
    );
}

/** That a minimum is not above its maximum, no schema can say. */
function inOrder(document: Record<string, unknown>): Record<string, unknown> {
  type Range = { minimum: string; maximum: string };
  const { osVersion } = (document.settings as { applicabilityRules?: { osVersion?: Range } }).applicabilityRules ?? {};
  if (osVersion !== undefined) osVersion.maximum = osVersion.minimum;
  return document;
}

const kinds = ['scep', 'trustedCertificate'] as const;

for (const platform of platforms)
  for (const kind of kinds) {
    test(`what the schema allows is read, and written so that the schema allows it (${kind}, ${platform})`, async () => {
      const property = fc.asyncProperty(documentOf(kind, platform), async (document) => {
        assert.equal(await check(document), null);
        const { draft, findings } = parse(document);
        assert.ok(draft !== null && !hasErrors(findings), JSON.stringify(findings));
        const { slug, ...written } = profileDocument(draft, { rootSlug: null, assignments: draft.assignments });
        const again = slug === null ? written : { ...written, slug };
        assert.equal(await check(again), null, JSON.stringify(again));
        assert.deepEqual(parse(again).draft, draft);
      });
      await fc.assert(property, { numRuns: rounds(60, 600) });
    });

    test(`schema and parser know the same settings (${kind}, ${platform})`, () => {
      const [document] = fc.sample(full(documentOf(kind, platform)), { numRuns: 1, seed: 1 });
      assert.ok(document);
      for (const path of mappings(document)) {
        const known = settingsKnownAt(document, path);
        if (known !== null) assert.deepEqual(known, schemaNamesAt(kind, platform, path), path.join('.') || 'document');
      }
    });
  }

/** Documents in which everything is written out. */
function full(documents: Arbitrary<Record<string, unknown>>): Arbitrary<Record<string, unknown>> {
  return documents.map((document) => ({
    ...document,
    server: document.kind === 'scep' ? { ciphers: {}, renewal: {} } : undefined,
  }));
}

function mappings(document: Record<string, unknown>): readonly (readonly string[])[] {
  const scep = document.kind === 'scep' ? [['server'], ['server', 'ciphers'], ['server', 'renewal']] : [];
  return [[], ['settings'], ...scep];
}

/** What the parser offers instead of a setting that nobody has. */
function settingsKnownAt(document: Record<string, unknown>, path: readonly string[]): readonly string[] | null {
  const copy = structuredClone(document);
  let part = copy;
  for (const name of path) part = part[name] as Record<string, unknown>;
  part.qqqqqqqq = 1;
  const found = parse(copy).findings.find(
    ({ rule, path: at }) => rule === 'unknown-field' && at === [...path, 'qqqqqqqq'].join('.'),
  );
  assert.ok(found, JSON.stringify(parse(copy).findings));
  const list = /^Known here: (.*)\.$/.exec(found.fix ?? '')?.[1];
  assert.ok(list !== undefined, found.fix ?? '');
  return list.split(', ');
}

function schemaNamesAt(kind: string, platform: string, path: readonly string[]): readonly string[] {
  const [first, ...rest] = path;
  if (first === undefined)
    return Object.keys(schema.properties ?? {})
      .filter((name) => name !== 'rule' && (kind === 'scep' || name !== 'server'))
      .sort();
  const definitions = {
    settings: kind === 'scep' ? `scep-${platform}` : `trusted-${platform}`,
    server: `server-${platform}`,
  };
  let part: JsonSchema | undefined = schema.$defs[definitions[first as keyof typeof definitions]];
  for (const name of rest) part = part?.properties?.[name];
  return Object.keys(part?.properties ?? {}).sort();
}

test('what is of another type is refused by both', async () => {
  const wrong = [true, 17.5, { a: 1 }, [{ a: [] }], 'no such word'];
  for (const kind of kinds)
    for (const document of fc.sample(documentOf(kind, 'linux'), { numRuns: 5, seed: 7 }))
      for (const path of leaves(document))
        for (const value of wrong) {
          const copy = structuredClone(document);
          put(copy, path, value);
          const bySchema = (await check(copy)) === null;
          const { draft, findings } = parse(copy);
          const byParser = draft !== null && !hasErrors(findings);
          // The parser also takes older spellings; the schema takes nothing that the parser does not.
          if (bySchema)
            assert.ok(byParser, `${path.join('.')} = ${JSON.stringify(value)}: ${JSON.stringify(findings)}`);
          if (typeof value === 'object')
            assert.equal(bySchema, byParser, `${path.join('.')} = ${JSON.stringify(value)}`);
        }
});

function leaves(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return path.at(-1) === 'certificate' ? [] : [path];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

function put(document: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let part = document;
  for (const name of path.slice(0, -1)) part = part[name] as Record<string, unknown>;
  part[path.at(-1) ?? ''] = value;
}

test('no setting is a secret', () => {
  const names = [...JSON.stringify(schema).matchAll(/"([A-Za-z0-9]+)":/g)].map(([, name = '']) => name);
  const secret = /^(?:secret|challenge|challengePassword|password|passphrase|token|key|privateKey)$/i;
  assert.deepEqual(
    names.filter((name) => secret.test(name)),
    [],
  );
});
