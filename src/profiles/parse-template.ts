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

/** Characters that nobody sees, and what they become when their UTF-8 is read as Windows-1252 (`â€‹`, as in the seed). */
const hidden =
  /\u00ad|[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|\u00e2\u20ac[\u2039\u0152\u017d\u008d\u008f\u008c\u008e\u008b]|\u00e2\u0081\u00a0|\u00ef\u00bb\u00bf/g;

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

/** Which variables a template uses, each once, in order. */
export function variablesIn(template: Template): VariableName[] {
  return [...new Set(template.flatMap((part) => (part.kind === 'variable' ? [part.variable] : [])))];
}

function braceError(text: string, offset: number): TemplateError {
  const rest = text.slice(offset);
  const run = /^\{+\s*([^{}]*?)\s*\}+/.exec(rest);
  const known = run === null ? undefined : findVariable((run[1] ?? '').replace(hidden, ''));
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
  const visible = name.replace(hidden, '').trim();
  const known = findVariable(visible);
  const concealed = name.search(hidden);
  if (concealed >= 0)
    return {
      code: 'hidden-character-in-variable',
      offset: at + 2 + concealed,
      detail: `Inside the braces of {{${visible}}} stands an invisible character, ${describe(name)}, often pasted from a web page. Delete it.`,
      mended: known === undefined ? null : mend(known.name),
    };
  const near = known ?? nearest(visible);
  return {
    code: 'unknown-variable',
    offset: at + 2,
    detail: `There is no variable {{${name}}}.${near === undefined ? '' : ` Did you mean {{${near.name}}}?`}`,
    mended: near === undefined ? null : mend(near.name),
  };
}

/** `U+200B`, or the characters that a wrong decoding made of one. */
function describe(name: string): string {
  const found = name.match(hidden)?.[0] ?? '';
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return [...found].length === 1 ? `U+${code}` : `“${found}” (a wrongly decoded one)`;
}

function nearest(name: string) {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  if (wanted === '') return undefined;
  return variables.find(({ name: canonical, aliases }) =>
    [canonical, ...aliases].some((candidate) => plain(candidate) === wanted),
  );
}
