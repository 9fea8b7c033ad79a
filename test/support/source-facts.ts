import { sourceTokens, type Token } from './source-tokens.ts';

export type SourceImport = {
  /** As written: `./x.ts`, `node:fs`, `pg`. */
  readonly from: string;
  readonly line: number;
  /** `worker`: the file is started by its URL, in a thread of its own, and not loaded. */
  readonly how: 'import' | 're-export' | 'dynamic' | 'worker';
};

export type SourceFacts = {
  readonly imports: readonly SourceImport[];
  /** Faults that need no other file to be seen. */
  readonly faults: readonly { readonly what: string; readonly line: number }[];
  /** Lines on which it reads the environment, the clock, or names `Buffer` or a `node:` module. */
  readonly environment: readonly number[];
  readonly clock: readonly number[];
  readonly node: readonly number[];
  /** Nothing but re-exports. */
  readonly barrel: boolean;
};

/** What one TypeScript file imports and which globals of interest it names. */
export function sourceFacts(source: string): SourceFacts {
  const tokens = sourceTokens(source);
  const imports: SourceImport[] = [];
  const faults: { what: string; line: number }[] = [];
  const environment: number[] = [];
  const clock: number[] = [];
  const node: number[] = [];
  let reExported = 0;

  /** Whether the tokens from `at` on are these words and marks. */
  const follows = (at: number, ...texts: string[]) =>
    texts.every((text, offset) => {
      const token = tokens[at + offset];
      return token !== undefined && token.text === text && (token.kind === 'word' || token.kind === 'mark');
    });

  for (const [at, token] of tokens.entries()) {
    const { line } = token;
    if ((token.kind === 'string' || token.kind === 'template') && token.text.startsWith('node:')) node.push(line);
    if (token.kind !== 'word' || isMember(tokens, at)) continue;
    switch (token.text) {
      case 'import': {
        const next = tokens[at + 1];
        if (next?.text === '.' || next?.text === ':') break;
        if (next?.text === '(') {
          const address = tokens[at + 2];
          if (address?.kind === 'string') imports.push({ from: address.text, line, how: 'dynamic' });
          else faults.push({ what: 'imports a computed address', line });
          break;
        }
        const address = next?.kind === 'string' ? next : fromClause(tokens, at + 1);
        if (address === undefined) faults.push({ what: 'has an import of no known shape', line });
        else imports.push({ from: address.text, line, how: 'import' });
        break;
      }
      case 'export': {
        const start = tokens[at + 1]?.text === 'type' ? at + 2 : at + 1;
        if (follows(at + 1, 'default')) faults.push({ what: 'has a default export', line });
        if (tokens[start]?.text === '*') faults.push({ what: 're-exports everything (export *)', line });
        if (tokens[start]?.text !== '*' && tokens[start]?.text !== '{') break;
        if (namesDefault(tokens, start)) faults.push({ what: 'has a default export', line });
        const address = fromClause(tokens, start);
        if (address === undefined) break;
        imports.push({ from: address.text, line, how: 're-export' });
        const end = tokens.indexOf(address);
        reExported += end - at + (tokens[end + 1]?.text === ';' ? 2 : 1);
        break;
      }
      case 'require':
      case 'createRequire':
        if (tokens[at + 1]?.text === '(') faults.push({ what: `loads by ${token.text}()`, line });
        break;
      case 'URL': {
        const address = tokens[at + 2];
        const isFile = address?.kind === 'string' && /^\.\.?\/.*\.ts$/.test(address.text);
        if (isFile && follows(at + 3, ',', 'import', '.', 'meta', '.', 'url')) {
          imports.push({ from: address.text, line, how: 'worker' });
        }
        break;
      }
      case 'process':
        if (follows(at + 1, '.', 'env') || tokens[at + 1]?.text === '[') environment.push(line);
        if (follows(at + 1, '.', 'hrtime')) clock.push(line);
        break;
      case 'Date':
        if (follows(at + 1, '.', 'now') || follows(at + 1, '(', ')')) clock.push(line);
        else if (tokens[at - 1]?.text === 'new' && tokens[at + 1]?.text !== '(') clock.push(line);
        break;
      case 'performance':
        if (tokens[at + 1]?.text === '.') clock.push(line);
        break;
      case 'Buffer':
        node.push(line);
        break;
    }
  }
  const barrel = reExported > 0 && reExported === tokens.length;
  return { imports, faults, environment, clock, node, barrel };
}

/** `object.name`, `object?.name` or a key `name:`; not the spread `...name`. */
function isMember(tokens: readonly Token[], at: number): boolean {
  return tokens[at - 1]?.text === '.' && tokens[at - 2]?.text !== '.';
}

/** The string of the `from '…'` that ends the clause beginning at `at`, within one statement. */
function fromClause(tokens: readonly Token[], at: number): Token | undefined {
  let depth = 0;
  for (let index = at; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined || token.text === ';') return undefined;
    if (token.kind === 'mark' && token.text === '{') depth += 1;
    if (token.kind === 'mark' && token.text === '}') depth -= 1;
    if (depth > 0) continue;
    const next = tokens[index + 1];
    if (token.kind === 'word' && token.text === 'from' && next?.kind === 'string') return next;
    // `export { a }` without a `from` ends at its brace.
    if (token.text === '}' && next?.text !== 'from') return undefined;
  }
  return undefined;
}

function namesDefault(tokens: readonly Token[], start: number): boolean {
  for (let index = start; index < tokens.length && tokens[index]?.text !== '}'; index++) {
    if (tokens[index]?.text === 'as' && tokens[index + 1]?.text === 'default') return true;
  }
  return false;
}
