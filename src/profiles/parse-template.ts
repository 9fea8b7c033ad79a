import { nearest } from '../lib/nearest.ts';
import { textFlaws, withoutFlaws } from './text-flaws.ts';
import { findVariable, type VariableName, variables } from './variable.ts';

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly variable: VariableName };

/** Text with variables in it, parsed. Two texts never stand side by side. */
export type Template = readonly TemplatePart[];

export type TemplateError = {
  readonly code: 'unbalanced-braces' | 'unknown-variable' | 'hidden-character-in-variable';
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly detail: string;
  /** The whole text as it was probably meant; null when nobody can know. */
  readonly mended: string | null;
};

export type TemplateResult =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly error: TemplateError };

/**
 * Splits text into its variables and what stands between them. Braces are always part of a variable, which is written
 * `{{Name}}` in any case (V2, V4); a value that is filled in later may hold what it likes.
 */
export function parseTemplate(text: string): TemplateResult {
  const template: TemplatePart[] = [];
  let from = 0;
  for (;;) {
    const brace = text.slice(from).search(/[{}]/);
    const at = brace < 0 ? text.length : from + brace;
    if (at > from) template.push({ kind: 'text', text: text.slice(from, at) });
    if (at === text.length) return { ok: true, template };
    const end = text.indexOf('}}', at);
    const inside = end < 0 ? null : text.slice(at + 2, end);
    if (!text.startsWith('{{', at) || inside === null || /[{}]/.test(inside) || text[end + 2] === '}')
      return { ok: false, error: braceError(text, at) };
    const variable = findVariable(inside);
    if (variable === undefined) return { ok: false, error: nameError(text, at, end, inside) };
    template.push({ kind: 'variable', variable: variable.name });
    from = end + 2;
  }
}

/** The text with every variable as it was probably meant; null when that cannot be told, or nothing is wrong. */
export function mendTemplate(text: string): string | null {
  let mended = text;
  for (let rounds = 0; rounds < mostMends; rounds++) {
    const result = parseTemplate(mended);
    if (result.ok) return mended === text ? null : mended;
    if (result.error.mended === null) return null;
    mended = result.error.mended;
  }
  return null;
}

/** More mistakes are no slip of the pen. */
const mostMends = 20;

/** Which variables a template uses, each once, in order. */
export function variablesIn(template: Template): VariableName[] {
  return [...new Set(template.flatMap((part) => (part.kind === 'variable' ? [part.variable] : [])))];
}

/** Where a text uses a variable for the first time, in UTF-16 units; 0 when it does not. */
export function offsetOfVariable(text: string, variable: VariableName): number {
  for (const { index, 1: name = '' } of text.matchAll(/\{\{([^{}]*)\}\}/g))
    if (findVariable(name)?.name === variable) return index;
  return 0;
}

function braceError(text: string, offset: number): TemplateError {
  const rest = text.slice(offset);
  const run = /^\{+\s*([^{}]*?)\s*\}+/.exec(rest);
  const known = run === null ? undefined : findVariable(withoutFlaws(run[1] ?? '').trim());
  return {
    code: 'unbalanced-braces',
    offset,
    detail: 'Braces only stand around the name of a variable, two on each side: {{UserName}}.',
    mended:
      run === null || known === undefined
        ? null
        : `${text.slice(0, offset)}{{${known.name}}}${rest.slice(run[0].length)}`,
  };
}

function nameError(text: string, at: number, end: number, name: string): TemplateError {
  const mend = (variable: string) => `${text.slice(0, at)}{{${variable}}}${text.slice(end + 2)}`;
  const visible = withoutFlaws(name).trim();
  const known = findVariable(visible);
  const [flaw] = textFlaws(name);
  if (flaw !== undefined)
    return {
      code: 'hidden-character-in-variable',
      offset: at + 2 + flaw.offset,
      detail: `Inside the braces of {{${visible}}} stands ${flaw.shown}, often pasted from a web page.`,
      mended: known === undefined ? null : mend(known.name),
    };
  const same = known ?? sameLetters(visible);
  const near = same?.name ?? nearest(visible, variableNames);
  return {
    code: 'unknown-variable',
    offset: at + 2,
    detail: `There is no variable {{${name}}}.${near === null ? '' : ` Did you mean {{${near}}}?`}`,
    // What is only close is asked, not taken.
    mended: same === undefined ? null : mend(same.name),
  };
}

const variableNames = variables.flatMap(({ name, aliases }) => [name, ...aliases]);

function sameLetters(name: string) {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  if (wanted === '') return undefined;
  return variables.find(({ name: canonical, aliases }) =>
    [canonical, ...aliases].some((candidate) => plain(candidate) === wanted),
  );
}
