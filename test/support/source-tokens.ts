/** One word, string or mark of a TypeScript file; comments are left out. */
export type Token = {
  readonly kind: 'word' | 'string' | 'template' | 'regex' | 'mark';
  /** For a string its content as written between the quotes, for a template with its quotes. */
  readonly text: string;
  readonly line: number;
};

/** After these words a slash begins a regular expression. */
const beforeRegex = new Set(['return', 'typeof', 'case', 'in', 'of', 'delete', 'void', 'throw', 'new', 'else', 'do']);

const space = /\s+/y;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const word = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy;
const number = /\d[\w.]*/y;
const string = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const regex = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const templateText = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;

/**
 * Cuts a TypeScript file into tokens, well enough to find its imports and the globals it names. What stands inside
 * `${…}` of a template comes out as tokens of its own, after the template's first part.
 */
export function sourceTokens(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each template that is open: how many braces are open inside its `${`. */
  const templates: number[] = [];
  let at = 0;
  let line = 1;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const push = (kind: Token['kind'], text: string, raw = text) => {
    tokens.push({ kind, text, line });
    countLines(raw);
  };
  const countLines = (text: string) => {
    for (const character of text) if (character === '\n') line += 1;
  };
  /** From after a backtick or the closing brace of `${}` to the next `${` or the closing backtick. */
  const takeTemplate = () => {
    const text = take(templateText) ?? '';
    push('template', text);
    if (source.startsWith('${', at)) {
      at += 2;
      templates.push(0);
    } else at += 1;
  };

  while (at < source.length) {
    const blank = take(space) ?? take(comment);
    if (blank !== undefined) {
      countLines(blank);
      continue;
    }
    const name = take(word);
    if (name !== undefined) {
      push('word', name);
      continue;
    }
    const text = take(string);
    if (text !== undefined) {
      push('string', text.slice(1, -1), text);
      continue;
    }
    if (take(number) !== undefined) {
      push('mark', '0');
      continue;
    }
    const mark = source[at] as string;
    if (mark === '`') {
      at += 1;
      takeTemplate();
      continue;
    }
    if (mark === '/' && regexMayStart(tokens.at(-1))) {
      const pattern = take(regex);
      if (pattern !== undefined) {
        push('regex', pattern);
        continue;
      }
    }
    at += mark.length;
    const open = templates.length - 1;
    if (open >= 0 && mark === '{') templates[open] = (templates[open] ?? 0) + 1;
    if (open >= 0 && mark === '}') {
      if (templates[open] === 0) {
        templates.pop();
        takeTemplate();
        continue;
      }
      templates[open] = (templates[open] ?? 0) - 1;
    }
    push('mark', mark);
  }
  return tokens;
}

function regexMayStart(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return beforeRegex.has(before.text);
  return before.kind === 'mark' && !')]}0'.includes(before.text);
}
