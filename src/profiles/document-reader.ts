import type { Finding } from './finding.ts';

/** A mapping of a document (YAML, JSON) being read field by field; faults are collected, not thrown. */
export type Fields = {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly taken: Set<string>;
  readonly findings: Finding[];
};

/** Undefined, with a finding, when `input` is no mapping. */
export function openFields(input: unknown, path: string, findings: Finding[]): Fields | undefined {
  if (typeof input === 'object' && input !== null && !Array.isArray(input))
    return { path, values: input as Record<string, unknown>, taken: new Set(), findings };
  findings.push(wrongType(path, input, 'a mapping of settings'));
  return undefined;
}

export function pathTo({ path }: Fields, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`;
}

/** The value, undefined when it is absent or null: both mean “not configured”. */
export function take(fields: Fields, name: string): unknown {
  fields.taken.add(name);
  return (Object.hasOwn(fields.values, name) ? fields.values[name] : undefined) ?? undefined;
}

/** True when the field is written out as null: “explicitly nothing”, where that differs from absent. */
export function isNull(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields.values, name) && fields.values[name] === null;
}

export function fault(fields: Fields, name: string, rule: string, detail: string, fix: string | null = null): void {
  fields.findings.push({ rule, severity: 'error', path: pathTo(fields, name), detail, fix });
}

/** Whether something was found at the field itself already. */
export function hasFault(fields: Fields, name: string): boolean {
  return fields.findings.some(({ path }) => path === pathTo(fields, name));
}

/** Characters that a text may have unless its field says otherwise: more than any template, address or description needs. */
const longestText = 8192;

export function takeText<T extends string | null>(
  fields: Fields,
  name: string,
  fallback: T,
  longest = longestText,
): string | T {
  const value = take(fields, name);
  if (value === undefined) return fallback;
  if (typeof value === 'string') {
    if (value.length <= longest) return value;
    fields.findings.push(tooLong(pathTo(fields, name), value, longest));
    return fallback;
  }
  fields.findings.push(notText(pathTo(fields, name), value));
  return fallback;
}

export function takeFlag(fields: Fields, name: string, fallback: boolean): boolean {
  const value = take(fields, name);
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  fields.findings.push(wrongType(pathTo(fields, name), value, 'true or false'));
  return fallback;
}

/** A whole number within bounds; `rule` names the rule that sets them. */
export function takeInteger(
  fields: Fields,
  name: string,
  bounds: { readonly from: number; readonly to: number; readonly fallback: number; readonly rule: string },
): number {
  const value = take(fields, name);
  if (value === undefined) return bounds.fallback;
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (value >= bounds.from && value <= bounds.to) return value;
    const fix = `Write a whole number from ${bounds.from} to ${bounds.to}${bounds.fallback === bounds.from ? '' : `; ${bounds.fallback} is usual`}.`;
    fault(fields, name, bounds.rule, `${value} is outside ${bounds.from} to ${bounds.to}.`, fix);
    return bounds.fallback;
  }
  fields.findings.push(wrongType(pathTo(fields, name), value, 'a whole number'));
  return bounds.fallback;
}

export function takeChoice<T extends string | number>(
  fields: Fields,
  name: string,
  choices: readonly T[],
  fallback: T,
): T {
  const value = take(fields, name);
  return value === undefined ? fallback : (choose(fields, name, value, choices) ?? fallback);
}

/** Choices as a list, or as one text with commas; each once, in the order of `choices`. */
export function takeChoices<T extends string>(
  fields: Fields,
  name: string,
  choices: readonly T[],
  fallback: readonly T[],
): readonly T[] {
  const value = take(fields, name);
  if (value === undefined) return fallback;
  const list: readonly unknown[] =
    typeof value === 'string' ? value.split(',').map((item) => item.trim()) : Array.isArray(value) ? value : [value];
  const chosen = list.map((item) => choose(fields, name, item, choices));
  return choices.filter((choice) => chosen.includes(choice));
}

function choose<T extends string | number>(
  fields: Fields,
  name: string,
  value: unknown,
  choices: readonly T[],
): T | undefined {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const written =
    typeof value === 'string' || typeof value === 'number' ? `“${String(value).slice(0, 40)}”` : describe(value);
  fault(fields, name, 'unknown-value', `${written} is not one of ${choices.join(', ')}.`);
  return undefined;
}

/** Empty when absent. */
export function takeList(fields: Fields, name: string, limit: number, rule: string): readonly unknown[] {
  const value = take(fields, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    fields.findings.push(wrongType(pathTo(fields, name), value, 'a list'));
    return [];
  }
  if (value.length <= limit) return value;
  fault(fields, name, rule, `${value.length} entries are too many; at most ${limit} are allowed.`);
  return [];
}

export function takeTexts(fields: Fields, name: string, limit: number, rule: string): readonly string[] {
  return takeList(fields, name, limit, rule).flatMap((item, i) => {
    if (typeof item === 'string' && item.length <= longestText) return [item];
    if (typeof item === 'string') fields.findings.push(tooLong(`${pathTo(fields, name)}.${i}`, item, longestText));
    else fields.findings.push(notText(`${pathTo(fields, name)}.${i}`, item));
    return [];
  });
}

function tooLong(path: string, text: string, longest: number): Finding {
  const detail = `The text has ${text.length} characters; at most ${longest} are allowed.`;
  return { rule: 'too-long', severity: 'error', path, detail, fix: null, offset: longest };
}

/** A finding for each field that nobody asked for; `why` may know more about a name. */
export function refuseOthers(fields: Fields, why: (name: string) => string | undefined = () => undefined): void {
  for (const name of Object.keys(fields.values)) {
    if (fields.taken.has(name)) continue;
    const reason = why(name);
    if (reason === undefined)
      fault(
        fields,
        name,
        'unknown-field',
        `There is no setting “${name.slice(0, 40)}”.`,
        nearest(name, [...fields.taken]),
      );
    else fault(fields, name, 'not-on-this-platform', reason, 'Remove the setting.');
  }
}

export function wrongType(path: string, value: unknown, wanted: string): Finding {
  const detail = `Expected ${wanted}, found ${describe(value)}.`;
  return { rule: 'wrong-type', severity: 'error', path, detail, fix: null };
}

/** YAML takes 0123, true and 2.0 for numbers and truths. */
function notText(path: string, value: unknown): Finding {
  const plain = typeof value === 'number' || typeof value === 'boolean';
  return { ...wrongType(path, value, 'text'), fix: plain ? 'Put it in quotes.' : null };
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `the ${typeof value} ${String(value).slice(0, 40)}`;
}

function nearest(name: string, known: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  const found = known.find((candidate) => plain(candidate) === wanted || `${plain(candidate)}s` === wanted);
  return found === undefined ? `Known here: ${known.toSorted().join(', ')}.` : `Write ${found}.`;
}
