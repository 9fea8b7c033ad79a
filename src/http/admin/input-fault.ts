import type { z } from 'zod';

/**
 * What is wrong with one field of a request, in words that go after its name. The issue must have been made with
 * `reportInput`, because only that tells what is missing from what is wrong.
 */
export function inputFault(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing; give ${nameOf(issue.expected)}`
        : `must be ${nameOf(issue.expected)}`;
    case 'invalid_value': {
      const choice = issue.values.map(String).join(', ');
      const words = issue.values.length === 1 ? choice : `one of ${choice}`;
      return issue.input === undefined ? `is missing; give ${words}` : `must be ${words}`;
    }
    case 'too_small':
      return limit(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return limit(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most');
    case 'unrecognized_keys':
      return `has nothing called ${issue.keys.map((key) => `“${key}”`).join(', ')}`;
    case 'invalid_union':
      return unionFault(issue);
    case 'invalid_format':
      return issue.format === 'regex' ? 'is not written as it must be' : `is no ${issue.format}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_key':
    case 'invalid_element':
      return 'holds something that it must not';
    case 'custom':
      return issue.message;
  }
}

const names: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function nameOf(expected: string): string {
  return names[expected] ?? expected;
}

function limit(origin: string, value: number, relation: string): string {
  const units: Readonly<Record<string, string>> = { string: 'character', array: 'item', set: 'item' };
  const unit = units[origin];
  if (unit === undefined) return `must be ${relation} ${value}`;
  if (relation === 'at least' && value === 1) return 'must not be empty';
  return `must have ${relation} ${value} ${unit}${value === 1 ? '' : 's'}`;
}

function unionFault(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.input === undefined) return 'is missing';
  if ('options' in issue && Array.isArray(issue.options))
    return `must be one of ${issue.options.map(String).join(', ')}`;
  const expected = issue.errors.map(([first, ...others]) =>
    first?.code === 'invalid_type' && first.path.length === 0 && others.length === 0 ? nameOf(first.expected) : null,
  );
  return expected.length === 0 || expected.includes(null)
    ? 'is nothing that is taken here'
    : `must be ${expected.join(' or ')}`;
}
