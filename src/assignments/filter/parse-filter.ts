import { FilterProblem } from './filter-problem.ts';
import { type FilterOperator, type FilterProperty, filterProperties, findFilterProperty } from './filter-property.ts';
import type { FilterComparison } from './filter-tree.ts';
import { type FilterToken, tokenizeFilter } from './tokenize-filter.ts';

/** Characters of a rule (intune-domain 7.1). */
export const maxFilterRule = 3072;
/** Parentheses within parentheses; reading walks by recursion. */
export const maxFilterDepth = 50;

/** A comparison with the places of its parts, for whoever checks it. */
export type PlacedComparison = FilterComparison & {
  readonly definition: FilterProperty;
  readonly at: { readonly property: number; readonly operator: number; readonly values: readonly number[] };
};

/** The same as `FilterTree`, with places. */
export type PlacedTree = PlacedComparison | { readonly kind: 'and' | 'or'; readonly terms: readonly PlacedTree[] };

/**
 * Reads a rule (intune-domain 4.4): `(device.model -startsWith "Pixel") and (device.osVersion -ne $null)`. `and` binds closer than `or`;
 * parentheses round a comparison may be left out. Words are read without regard to case, the dash of an operator is
 * optional. Throws `FilterProblem`, and nothing else, at the first fault.
 */
export function parseFilter(rule: string): PlacedTree {
  if (rule.length > maxFilterRule)
    throw new FilterProblem(
      'filter-too-long',
      maxFilterRule,
      `The rule has ${rule.length} characters; at most ${maxFilterRule} are allowed.`,
      'Use -in with a list, -startsWith or -contains, or make two filters.',
    );
  const tokens = tokenizeFilter(rule);
  const reader = { tokens, at: 0 };
  if (peek(reader).kind === 'end')
    throw new FilterProblem('filter-empty', 0, 'The rule is empty.', 'Write for example (device.model -eq "Pixel 8").');
  const tree = readOr(reader, 0);
  const rest = peek(reader);
  if (rest.kind === ')') throw syntax(rest, 'This parenthesis closes nothing.', 'Remove it, or open one before.');
  if (rest.kind !== 'end')
    throw syntax(
      rest,
      `After a comparison comes and, or, or the end, not ${shown(rest)}.`,
      'Join comparisons with and or or.',
    );
  return tree;
}

type Reader = { readonly tokens: readonly FilterToken[]; at: number };

function peek({ tokens, at }: Reader): FilterToken {
  return tokens[at] ?? { kind: 'end', value: '', offset: 0 };
}

function next(reader: Reader): FilterToken {
  const token = peek(reader);
  if (token.kind !== 'end') reader.at += 1;
  return token;
}

function readOr(reader: Reader, depth: number): PlacedTree {
  return readJunction(reader, 'or', () => readJunction(reader, 'and', () => readTerm(reader, depth)));
}

function readJunction(reader: Reader, kind: 'and' | 'or', readPart: () => PlacedTree) {
  const terms = [readPart()];
  while (isWord(peek(reader), kind)) {
    next(reader);
    terms.push(readPart());
  }
  const [first, second] = terms;
  return first !== undefined && second === undefined ? first : { kind, terms };
}

function isWord({ kind, value }: FilterToken, word: string): boolean {
  return kind === 'word' && plainWord(value) === word;
}

/** Lower case, without the dash that may stand before an operator. */
function plainWord(value: string): string {
  return value.toLowerCase().replace(/^-/, '');
}

function readTerm(reader: Reader, depth: number): PlacedTree {
  const token = peek(reader);
  if (token.kind !== '(') return readComparison(reader);
  if (depth === maxFilterDepth)
    throw new FilterProblem(
      'filter-too-deep',
      token.offset,
      `Parentheses are nested more than ${maxFilterDepth} deep.`,
      'Remove those that change nothing.',
    );
  next(reader);
  const tree = readOr(reader, depth + 1);
  const close = peek(reader);
  if (close.kind !== ')') {
    const joined = close.kind === 'end' ? 'The parenthesis that opens here is not closed.' : null;
    throw joined === null
      ? syntax(close, `A closing parenthesis, and or or must come here, not ${shown(close)}.`, null)
      : syntax(token, joined, 'Close it.');
  }
  next(reader);
  return tree;
}

function readComparison(reader: Reader): PlacedComparison {
  const named = next(reader);
  const definition = readProperty(named);
  const operatorToken = next(reader);
  const operator = readOperator(operatorToken);
  const { value, places } = readValue(reader);
  return {
    kind: 'comparison',
    property: definition.name,
    operator,
    value,
    definition,
    at: { property: named.offset, operator: operatorToken.offset, values: places },
  };
}

function readProperty(token: FilterToken): FilterProperty {
  const start = 'A comparison begins with a property, such as device.model.';
  if (token.kind === 'end') throw syntax(token, `A comparison is missing at the end. ${start}`, null);
  if (token.kind !== 'word') throw syntax(token, `${start} Here is ${shown(token)}.`, null);
  if (plainWord(token.value) === 'not')
    throw syntax(token, 'There is no operator not.', 'Use -ne, -notIn or -notContains.');
  const [entity = '', name, ...more] = token.value.split('.');
  if (entity.toLowerCase() === 'app')
    throw new FilterProblem(
      'filter-unknown-property',
      token.offset,
      'Properties of apps are for managed apps; certificate profiles are filtered by devices.',
      'Use properties that begin with device.',
    );
  const known = name === undefined ? undefined : findFilterProperty(name);
  if (entity.toLowerCase() === 'device' && known !== undefined && more.length === 0) return known;
  const bare = findFilterProperty(token.value);
  throw new FilterProblem(
    'filter-unknown-property',
    token.offset,
    `There is no property ${shown(token)}.`,
    bare === undefined
      ? `Known: ${[...filterProperties.keys()].map((each) => `device.${each}`).join(', ')}.`
      : `Write device.${bare.name}.`,
  );
}

const operators: Readonly<Record<string, FilterOperator>> = {
  eq: 'eq',
  ne: 'ne',
  startswith: 'startsWith',
  contains: 'contains',
  notcontains: 'notContains',
  in: 'in',
  notin: 'notIn',
  gt: 'gt',
  ge: 'ge',
  lt: 'lt',
  le: 'le',
};

function readOperator(token: FilterToken): FilterOperator {
  const word = token.kind === 'word' ? plainWord(token.value) : '';
  const operator = Object.hasOwn(operators, word) ? operators[word] : undefined;
  if (operator !== undefined) return operator;
  const known = `Operators are ${Object.values(operators)
    .map((each) => `-${each}`)
    .join(', ')}.`;
  const mend = word === 'notstartswith' ? 'There is no opposite of -startsWith: exclude by the filter instead.' : known;
  const detail =
    token.kind === 'end' ? 'An operator is missing at the end.' : `An operator must come here, not ${shown(token)}.`;
  throw new FilterProblem('filter-unknown-operator', token.offset, detail, mend);
}

function readValue(reader: Reader): { value: FilterComparison['value']; places: readonly number[] } {
  const token = next(reader);
  if (token.kind === 'text') return { value: token.value, places: [token.offset] };
  if (token.kind === 'word' && /^\$?null$/i.test(token.value)) return { value: null, places: [token.offset] };
  if (token.kind === '[') return readList(reader, token);
  if (token.kind === 'word')
    throw new FilterProblem(
      'filter-quotes',
      token.offset,
      'Values stand in quotation marks.',
      `Write "${token.value}".`,
    );
  if (token.kind === 'end') throw syntax(token, 'A value is missing at the end.', 'Write "…", ["…","…"] or $null.');
  throw syntax(token, `A value must come here, not ${shown(token)}.`, 'Write "…", ["…","…"] or $null.');
}

function readList(reader: Reader, open: FilterToken): { value: readonly string[]; places: readonly number[] } {
  const value: string[] = [];
  const places: number[] = [open.offset];
  for (;;) {
    const token = next(reader);
    if (token.kind !== 'text')
      throw token.kind === ']' && value.length === 0
        ? syntax(open, 'The list is empty.', 'Name at least one value: ["…"].')
        : syntax(token, `A value in quotation marks must come here, not ${shown(token)}.`, 'Write ["…","…"].');
    value.push(token.value);
    places.push(token.offset);
    const after = next(reader);
    if (after.kind === ']') return { value, places };
    if (after.kind !== ',') throw syntax(after, `After a value of a list comes , or ], not ${shown(after)}.`, null);
  }
}

function syntax({ offset }: FilterToken, detail: string, fix: string | null): FilterProblem {
  return new FilterProblem('filter-syntax', offset, detail, fix);
}

function shown({ kind, value }: FilterToken): string {
  if (kind === 'end') return 'the end';
  const short = value.length > 40 ? `${value.slice(0, 40).replace(/[\ud800-\udbff]$/, '')}…` : value;
  return `“${short}”`;
}
