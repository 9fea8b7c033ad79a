import { shapeOf } from './shape-of.ts';
import type { SqlRow, SqlValue } from './sql.ts';

/** How a property lies in its column: as it is, as 0 or 1, as JSON text. */
type Kind<Value> = [Value] extends [SqlValue] ? 'plain' : [Value] extends [boolean | null] ? 'boolean' : 'json';
export type Kinds<T> = { readonly [Property in keyof T & string]-?: Kind<T[Property]> };

/** Columns that are made from a record for indexes and searches, and never read back. */
export type Derived<T> = Readonly<Record<string, (record: T) => SqlValue>>;

/** A table whose rows are values of one type: a column for every property, `fooBar` in `foo_bar`. */
export type RecordTable<T> = {
  readonly name: string;
  /** All columns, in the order of `values`. */
  readonly columns: readonly string[];
  /** What to SELECT for `read`. Of a table that is joined: its alias and a prefix that keeps its names apart. */
  select(alias?: string, prefix?: string): string;
  read(row: SqlRow, prefix?: string): T;
  values(record: T): SqlValue[];
  readonly insert: string;
  /** Insert, or replace all columns of the row with this `id`. */
  readonly upsert: string;
};

export function recordTable<T extends object>(
  name: string,
  kinds: Kinds<T>,
  derived: Derived<T> = {},
  key: keyof T & string = 'id' as keyof T & string,
): RecordTable<T> {
  const properties = Object.entries<string>(kinds);
  const named = new Map<string, readonly (readonly [property: string, kind: string, name: string])[]>();
  const namedWith = (prefix: string) => {
    const known = named.get(prefix);
    if (known !== undefined) return known;
    const made = properties.map(([property, kind]) => [property, kind, prefix + property] as const);
    named.set(prefix, made);
    return made;
  };
  const empty = shapeOf(properties.map(([property]) => property));
  const derivations = Object.values(derived);
  const columns = [...properties.map(([property]) => property), ...Object.keys(derived)].map(columnName);
  const insert = `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map((_, i) => `$${i + 1}`).join(', ')})`;
  const keyColumn = columnName(key);
  const replaced = columns.filter((column) => column !== keyColumn).map((column) => `${column} = excluded.${column}`);
  return {
    name,
    columns,
    insert,
    upsert: `${insert} ON CONFLICT (${keyColumn}) DO UPDATE SET ${replaced.join(', ')}`,
    select: (alias = name, prefix = '') =>
      properties.map(([property]) => `${alias}.${columnName(property)} AS "${prefix}${property}"`).join(', '),
    read(row, prefix = '') {
      const record: Record<string, unknown> = { ...empty };
      for (const [property, kind, name] of namedWith(prefix)) record[property] = decoded(kind, row[name] ?? null);
      return record as T;
    },
    values(record) {
      const given = record as Record<string, unknown>;
      const values: SqlValue[] = [];
      for (const [property, kind] of properties) values.push(encoded(kind, given[property]));
      for (const derive of derivations) values.push(derive(record));
      return values;
    },
  };
}

function columnName(property: string): string {
  return property.replace(/([a-z0-9])([A-Z]+)/g, '$1_$2').toLowerCase();
}

function encoded(kind: string, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (kind === 'plain') return value as SqlValue;
  return kind === 'boolean' ? Number(value) : JSON.stringify(value);
}

function decoded(kind: string, value: SqlValue): unknown {
  if (value === null || kind === 'plain') return value;
  return kind === 'boolean' ? value === 1 : JSON.parse(value as string);
}
