/**
 * The same database as a viewer sees it: each table that `visibleRows` knows is replaced, in every statement that reads, by
 * those of its rows that are visible, so that lists, counts, cursors and searches cannot tell that there are others. Whoever
 * sees everything runs the statement as it is.
 */
import { isWatchedBy, seesEverything, viewerNow } from '../../access/viewing.ts';
import type { Sql, SqlRow, SqlValue } from '../sql.ts';
import { parameterOf, viewOf } from './view.ts';
import { type VisibleRows, visibleRows } from './visible-rows.ts';

type Shown = { readonly text: string; readonly parameters: readonly string[] };

export function seenSql(sql: Sql): Sql {
  const texts = new Map<string, Shown>();
  let schema: Promise<string> | null = null;
  const shown = async (text: string, params: readonly SqlValue[]): Promise<[string, readonly SqlValue[]]> => {
    const viewer = viewerNow();
    if (seesEverything(viewer)) return [text, params];
    const key = `${params.length} ${text}`;
    let known = texts.get(key);
    if (known === undefined) {
      schema ??= schemaOf(sql);
      const name = await schema;
      known = asSeen(
        text,
        params.length,
        visibleRows(sql, (table) => `${name}.${table}`),
        name,
      );
      texts.set(key, known);
    }
    if (known.parameters.length === 0) return [text, params];
    const seen = await viewOf(sql, viewer);
    return [known.text, [...params, ...known.parameters.map((parameter) => parameterOf(seen, parameter))]];
  };
  return {
    dialect: sql.dialect,
    whole: () => (seesEverything(viewerNow()) ? null : sql),
    inTransaction: () => sql.inTransaction(),
    // Some ask before anybody looks.
    epoch: (table) => (isWatchedBy(seesEverything) ? sql.epoch(table) : null),
    async all<Row extends SqlRow>(text: string, params: readonly SqlValue[] = []) {
      return sql.all<Row>(...(await shown(text, params)));
    },
    async one<Row extends SqlRow>(text: string, params: readonly SqlValue[] = []) {
      return sql.one<Row>(...(await shown(text, params)));
    },
    run: refuse,
    runMany: refuse,
  };
}

async function refuse(text: string): Promise<never> {
  throw new Error(`What callers see is only read, use cases write: ${text.slice(0, 60)}`);
}

/** Where the tables really are. */
async function schemaOf(sql: Sql): Promise<string> {
  if (sql.dialect === 'sqlite') return 'main';
  const row = await sql.one<SqlRow & { name: string }>('SELECT quote_ident(current_schema()) AS name');
  return row?.name ?? 'public';
}

/** `count`: parameters that the text has already. */
export function asSeen(text: string, count: number, visible: VisibleRows, schema: string): Shown {
  const tables = [...new Set([...text.matchAll(/\b(?:FROM|JOIN)\s+(\w+)/gi)].map(([, name]) => name ?? ''))].filter(
    (name) => Object.hasOwn(visible, name),
  );
  const parameters: string[] = [];
  const shadows = tables.map((table) => {
    const condition = (visible[table] ?? '').replaceAll(/(?<!:):(\w+)/g, (_, name: string) => {
      if (!parameters.includes(name)) parameters.push(name);
      return `$${count + parameters.indexOf(name) + 1}`;
    });
    return `${table} AS NOT MATERIALIZED (SELECT r.* FROM ${schema}.${table} r WHERE ${condition})`;
  });
  if (tables.length === 0) return { text, parameters };
  const asked = /^\s*WITH\b/i.test(text) ? `SELECT * FROM (${text}) AS asked` : text;
  return { text: `WITH ${shadows.join(',\n')} ${asked}`, parameters };
}
