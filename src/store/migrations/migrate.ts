import { toHex, utf8 } from '../../lib/bytes.ts';
import type { Clock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import type { Transact } from '../../lib/transact.ts';
import type { Sql, SqlRow } from '../sql.ts';
import { allMigrations } from './all-migrations.ts';
import { inDialect, type Migration } from './migration.ts';

/** What a driver lends to the schema's changes. Two servers that start at once must not both apply one. */
export type MigrationTarget = {
  readonly sql: Sql;
  readonly transact: Transact;
  /** Inside `transact`: waits until no other server migrates, and keeps others out until the transaction ends. */
  lock(): Promise<void>;
  /** Inside `transact`: many statements without parameters. */
  script(text: string): Promise<void>;
};

const ownTable = `
CREATE TABLE IF NOT EXISTS schema_migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  oldest_application INTEGER NOT NULL,
  applied_at INTEGER NOT NULL
)`;

/**
 * Brings the schema to the newest version that this application knows; never back. A schema that a newer application has
 * already brought further is used as it is, unless one of its steps asks for a newer application: `schema-too-new`.
 * A step whose text is not the one that was applied: `schema-differs`.
 */
export async function migrate(
  target: MigrationTarget,
  clock: Clock,
  migrations: readonly Migration[] = allMigrations,
): Promise<void> {
  const digests = new Map<number, string>();
  for (const { number, sql, postgresSql = '' } of migrations) digests.set(number, await sha256(sql + postgresSql));
  await target.transact(async () => {
    await target.lock();
    await target.script(
      target.sql.dialect === 'sqlite' ? `${ownTable} STRICT` : ownTable.replace(/\bINTEGER\b/g, 'BIGINT'),
    );
    const applied = await target.sql.all<AppliedRow>(
      'SELECT number, name, checksum, oldest_application FROM schema_migration ORDER BY number',
    );
    refuseTooNew(applied, migrations.at(-1)?.number ?? 0);
    for (const migration of migrations) {
      const checksum = digests.get(migration.number) ?? '';
      const known = applied.find(({ number }) => number === migration.number);
      if (known !== undefined) refuseDifferent(known, checksum);
      else await apply(target, migration, checksum, clock.now());
    }
  });
}

type AppliedRow = SqlRow & {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly oldest_application: number;
};

async function apply(target: MigrationTarget, migration: Migration, checksum: string, now: number): Promise<void> {
  await target.script(inDialect(migration, target.sql.dialect));
  await target.sql.run(
    'INSERT INTO schema_migration (number, name, checksum, oldest_application, applied_at) VALUES ($1, $2, $3, $4, $5)',
    [migration.number, migration.name, checksum, migration.oldestApplication, now],
  );
}

function refuseTooNew(applied: readonly AppliedRow[], known: number): void {
  const needed = Math.max(0, ...applied.map((row) => row.oldest_application));
  if (needed <= known) return;
  throw new Failure(
    'misconfigured',
    'schema-too-new',
    `The database was changed by a newer Scepward (schema ${needed}; this one knows up to ${known}). Start that version or a later one.`,
    { needed, known },
  );
}

function refuseDifferent(applied: AppliedRow, checksum: string): void {
  if (applied.checksum === checksum) return;
  throw new Failure(
    'misconfigured',
    'schema-differs',
    `Step ${applied.number} (${applied.name}) of the database's schema is not the one that this Scepward knows. Use the release that made the database.`,
    { number: applied.number, name: applied.name },
  );
}

async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(utf8(text)))));
}
