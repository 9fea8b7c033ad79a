import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { inputFault } from './input-fault.ts';

function faultOf(schema: z.ZodType, input: unknown): string {
  const parsed = z.safeParse(schema, input, { reportInput: true });
  const [issue] = parsed.error?.issues ?? [];
  assert.ok(issue);
  return inputFault(issue);
}

const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user') }),
  z.object({ kind: z.literal('group') }),
]);
const cases: readonly (readonly [string, z.ZodType, unknown, string])[] = [
  ['a missing text', z.object({ name: z.string() }), {}, 'is missing; give text'],
  ['a number for a text', z.string(), 3, 'must be text'],
  ['null for a list', z.array(z.string()), null, 'must be a list'],
  ['a text for a number', z.coerce.number(), 'x', 'must be a number'],
  ['a part of a number', z.int(), 1.5, 'must be a whole number'],
  ['an empty text', z.string().min(1), '', 'must not be empty'],
  ['a short text', z.string().min(2), 'a', 'must have at least 2 characters'],
  ['a long list', z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 item'],
  ['a large number', z.number().max(200), 500, 'must be at most 200'],
  ['nothing where more is needed', z.number().positive(), 0, 'must be more than 0'],
  ['a word that is none', z.enum(['a', 'b']), 'c', 'must be one of a, b'],
  ['a missing word', z.object({ kind: z.enum(['a', 'b']) }), {}, 'is missing; give one of a, b'],
  ['an unknown field', z.strictObject({}), { zz: 1 }, 'has nothing called “zz”'],
  ['neither of two types', z.union([z.string(), z.number()]), true, 'must be text or a number'],
  ['an unknown kind', target, { kind: 'x' }, 'must be one of user, group'],
  [
    'what the schema says itself',
    z.string().refine(() => false, 'There is no state “x”'),
    'x',
    'There is no state “x”',
  ],
];

for (const [what, schema, input, words] of cases) test(what, () => assert.equal(faultOf(schema, input), words));
