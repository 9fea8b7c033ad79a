import type { EventStamp } from './event-table.ts';
import { openPostgres } from './postgres/open-postgres.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';
import type { Store } from './store.ts';

export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** Opens the database and brings its schema up to date. `stamp` is the clock and the name of this server. */
export function openStore(location: StoreLocation, stamp: EventStamp): Promise<Store> {
  return location.kind === 'postgres' ? openPostgres(location.url, stamp) : openSqlite(location.folder, stamp);
}
