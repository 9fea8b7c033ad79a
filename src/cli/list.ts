/** Lists as every command prints them: `{items, next}`, all pages, or as many items as `--limit` says. */
import { type Command, InvalidArgumentError } from 'commander';
import { Failure } from '../lib/failure.ts';
import type { Page } from '../lib/page.ts';
import type { ApiClient, ApiRequest } from './api-client.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

const pageSize = 200;

/** Adds `--limit` and `--cursor`. */
export function withPaging(command: Command): Command {
  return command
    .option('--limit <number>', 'at most so many; default: all', wholeNumber)
    .option('--cursor <cursor>', 'go on where `next` of an earlier answer points');
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a whole number above 0.');
}

/** Adds `--csv` and `--jsonl`, for lists of any length. */
export function withExport(command: Command): Command {
  return command
    .option('--csv', 'the whole list as CSV, for a spreadsheet')
    .option('--jsonl', 'the whole list, a JSON document on each line');
}

/** What `--csv` or `--jsonl` asks for; null: neither. */
export function exportFormat(options: Readonly<Record<string, unknown>>): 'csv' | 'jsonl' | null {
  if (options.csv === true && options.jsonl === true)
    throw new Failure('invalid', 'wrong-use', 'Give --csv or --jsonl, not both.');
  const format = options.csv === true ? 'csv' : options.jsonl === true ? 'jsonl' : null;
  if (format !== null && (options.limit !== undefined || options.cursor !== undefined))
    throw new Failure('invalid', 'wrong-use', `--${format} prints the whole list: leave out --limit and --cursor.`);
  if (format !== null && options.json === true)
    throw new Failure('invalid', 'wrong-use', `--${format} and --json are two ways to print a list: leave one out.`);
  return format;
}

/** Reads the pages of `path` as the options ask. */
export async function readList<T>(
  api: ApiClient,
  path: string,
  options: Readonly<Record<string, unknown>>,
  query: NonNullable<ApiRequest['query']> = {},
): Promise<Page<T>> {
  const limit = typeof options.limit === 'number' ? options.limit : Number.POSITIVE_INFINITY;
  const items: T[] = [];
  let cursor = typeof options.cursor === 'string' ? options.cursor : null;
  do {
    const page: Page<T> = await api.call(path, {
      query: { ...query, cursor, limit: Math.min(pageSize, limit - items.length) },
    });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < limit);
  return { items, next: cursor };
}

export function printList<T>(
  terminal: Terminal,
  page: Page<T>,
  columns: Readonly<Record<string, (row: T) => string | number | null>>,
): void {
  terminal.result(page, ({ items, next }) => {
    const rows = table(items, columns);
    return next === null ? rows : `${rows}\n(more: --cursor ${next})`;
  });
}
