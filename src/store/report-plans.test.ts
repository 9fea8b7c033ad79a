/** No list, count or report reads a table that grows with every certificate from end to end: by the plans of both stores. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { storeKinds } from '../../test/support/stores.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { testDatabase } from '../../test/support/test-database.ts';
import { theServer, viewing } from '../access/viewing.ts';
import { day, systemClock } from '../lib/clock.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import { activityKinds } from '../reporting/activity.ts';
import { anyCertificate, inventorySorts } from '../reporting/certificate-inventory.ts';
import { indexCertificates } from '../reporting/index-certificates.ts';
import { certificateIndex, segmentColumns } from './certificate-index.ts';
import { deviceTable } from './device-table.ts';
import { openStore } from './open-store.ts';
import { PostgresDriver } from './postgres/postgres-driver.ts';
import { reportPortsOn } from './report-ports.ts';
import type { Sql, SqlRow, SqlValue } from './sql.ts';
import { databaseFile } from './sqlite/database-file.ts';
import { SqliteDriver } from './sqlite/sqlite-driver.ts';

const certificates = 12_000;
const now = systemClock.now();
const stamp = { clock: systemClock, node: 'test' };
/** They have a row or more for each certificate. */
const growing = ['certificate', 'certificate_search', 'event', 'event_subject', 'scep_transaction'];

type Driver = AsyncDisposable & { readonly sql: Sql; readonly transact: <T>(work: () => Promise<T>) => Promise<T> };

const drivers = {
  async sqlite(stack: AsyncDisposableStack): Promise<Driver> {
    const folder = stack.use(temporaryFolder('plans')).path;
    await (await openStore({ kind: 'sqlite', folder }, stamp))[Symbol.asyncDispose]();
    const driver = stack.use(new SqliteDriver(databaseFile(folder).file));
    driver.writer.exec(
      fill(
        '(WITH RECURSIVE s (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < LAST) SELECT n FROM s)',
        'printf',
      ),
    );
    return driver;
  },
  async postgres(stack: AsyncDisposableStack): Promise<Driver> {
    const { url } = stack.use(await testDatabase());
    await (await openStore({ kind: 'postgres', url }, stamp))[Symbol.asyncDispose]();
    const driver = stack.use(new PostgresDriver(url));
    const text = fill('(SELECT generate_series(0, LAST) AS n)', 'format');
    await driver.transact(() => driver.script(`${text} ANALYZE;`));
    return driver;
  },
};

/** `made` formats: SQLite pads by itself, PostgreSQL is helped. */
function fill(numbers: string, made: 'printf' | 'format'): string {
  const hex = (n: string) => (made === 'printf' ? `printf('%012x', ${n})` : `lpad(to_hex(${n}), 12, '0')`);
  const id = (prefix: string, n: string) => `'${prefix}-7000-8000-' || ${hex(n)}`;
  const from = `FROM ${numbers.replace('LAST', String(certificates - 1))} AS numbers`;
  const device = id('01900000-0001', '(n % 1000)');
  const deployment = id('01900000-0002', '(n % 3000)');
  const profile = id('01900000-0003', '(n % 10)');
  const certificate = id('01900000-0004', 'n');
  return `
INSERT INTO certificate (id, issuer_id, serial, der, purpose, subject_text, subject_alternative_names, not_before, not_after,
  thumbprint, thumbprint256, key_hash, shard, state, deployment_id, generation, issued_at, device_id, profile_id, revoked_at)
SELECT ${certificate}, 'i', 's' || n, ${made === 'printf' ? 'zeroblob(900)' : "decode(repeat('00', 900), 'hex')"}, 'device',
  'CN=' || n, '[]', ${now} - ${day}, ${now} + n * 60000, 'a' || n, 'b' || n, 'k' || n, 0, 'released', ${deployment}, n / 3000 + 1,
  ${now} - ${day} + n, ${device}, ${profile}, CASE WHEN n % 40 = 0 THEN ${now} - n END ${from};
INSERT INTO certificate_search (certificate_id, profile_id, thumbprint, thumbprint256, search_folded)
SELECT id, profile_id, thumbprint, thumbprint256, 'cn=' || serial || '.example.com' FROM certificate;
INSERT INTO deployment (id, kind, profile_id, device_id, consumer_id, delivery_ref, wanted, state, revision, content_version, generation,
  issued_generation, current_certificate_id, created_at, updated_at)
SELECT ${deployment}, 'scep', ${profile}, ${device}, 'c' || n, 'r' || n, 1, 'installed', 1, 1, 4, 4, ${id('01900000-0004', '(9000 + n)')},
  ${now}, ${now} ${from} WHERE n < 3000;
INSERT INTO event (id, at, node, type, actor, subjects, data)
SELECT ${id('01900000-0005', 'n')}, ${now} - n, 'n', CASE WHEN n % 50 = 0 THEN 'enrollment.refused' ELSE 'certificate.issued' END,
  '{"kind":"system","id":null,"name":"s"}', '[{"kind":"profile","id":"p"}]', '{"reason":"challenge-expired"}' ${from};
INSERT INTO event_subject (subject_id, event_id, subject_kind)
SELECT ${device}, ${id('01900000-0005', 'n')}, 'device' ${from};
INSERT INTO scep_transaction (id, at, node, request_id, client_address, operation, outcome, algorithms, detail, timings)
SELECT ${id('01900000-0006', 'n')}, ${now} - n, 'n', 'r' || n, '127.0.0.1', 'PKIOperation', 'success', '{}', '{}', '{}' ${from};
`;
}

/** The same, and what it was asked. */
function recording(sql: Sql, asked: Map<string, readonly SqlValue[]>): Sql {
  const note = (text: string, params: readonly SqlValue[] = []) => void asked.set(text, params);
  return {
    ...sql,
    all: <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) => {
      note(text, params);
      return sql.all<Row>(text, params);
    },
    one: <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) => {
      note(text, params);
      return sql.one<Row>(text, params);
    },
  };
}

async function askAll(sql: Sql): Promise<void> {
  const { certificateInventory, failures, profileStatus, overview, activitySource } = reportPortsOn(sql, sql);
  const page = { limit: 20, cursor: null };
  const deviceId = '01900000-0001-7000-8000-000000000007';
  const profileId = '01900000-0003-7000-8000-000000000003' as ProfileId;
  const filters = [
    {},
    { status: 'revoked', expiresBefore: now + day, current: true },
    { profileId, platform: 'linux', issuedFrom: now - day },
    { deviceId },
    { deploymentId: '01900000-0002-7000-8000-000000000007' },
    { search: '77.example' },
    { search: 'b1234567' },
  ] as const;
  for (const sort of inventorySorts)
    for (const filter of filters) {
      const query = { ...anyCertificate, ...filter, sort };
      const { next } = await certificateInventory.page(query, now, page);
      if (next !== null) await certificateInventory.page(query, now, { ...page, cursor: next });
    }
  for (const filter of filters) await certificateInventory.count({ ...anyCertificate, ...filter }, now, 100);
  await certificateInventory.summary({ profileId: null, platform: null }, now, [now + day]);
  for (const query of [{ deviceId: null }, { deviceId }])
    await failures.page({ reason: 'challenge-expired', profileId: null, ...query }, page);
  await profileStatus.counts(profileId);
  await profileStatus.deployments(profileId, null, page);
  await profileStatus.users(profileId, page);
  await overview.scepRequests(now - day);
  const period = { before: now, starts: [now - 30 * day], profileId: null, platform: null };
  await activitySource.sums({ ...period, kinds: [...activityKinds] });
}

/** Tables that a plan reads without an index. */
async function readWhole(sql: Sql, text: string, params: readonly SqlValue[]): Promise<readonly string[]> {
  if (sql.dialect === 'sqlite') {
    const rows = await sql.all<SqlRow & { detail: string }>(`EXPLAIN QUERY PLAN ${text}`, params);
    // An alias stands for its table.
    const aliases = new Map(
      [...text.matchAll(/(?:FROM|JOIN)\s+(\w+)\s+(\w+)/g)].map(([, table, alias]) => [alias, table]),
    );
    return rows.flatMap(({ detail }) => {
      const name = /^SCAN (\w+)(?! USING (?:COVERING )?INDEX)(?!.*VIRTUAL)/.exec(detail)?.[1];
      return name === undefined ? [] : [aliases.get(name) ?? name];
    });
  }
  const rows = await sql.all<SqlRow & { 'QUERY PLAN': string }>(`EXPLAIN ${text}`, params);
  return rows.flatMap((row) => /Seq Scan on (\w+)/.exec(row['QUERY PLAN'])?.[1] ?? []);
}

suite('plans', () => {
  test('a search of devices reads the rows of those alone that it shows (sqlite)', async () => {
    await using stack = new AsyncDisposableStack();
    const { sql } = await drivers.sqlite(stack);
    const asked = new Map<string, readonly SqlValue[]>();
    const query = { search: 'nobody', platform: null, primaryUserId: null };
    await deviceTable(recording(sql, asked)).list(query, { limit: 20, cursor: null });
    for (const [text, params] of asked) {
      const program = await sql.all<SqlRow & { opcode: string; p1: number; p4: string }>(`EXPLAIN ${text}`, params);
      const table = program.find(({ opcode }) => opcode === 'OpenRead')?.p1;
      const last = program.findLastIndex(({ opcode, p4 }) => opcode === 'Function' && p4.startsWith('like'));
      const compared = program.slice(0, last).filter(({ opcode }) => opcode === 'Column');
      assert.deepEqual(
        compared.map(({ p1 }) => p1 === table),
        [false, false],
        'name and serial number come from the index',
      );
    }
  });

  for (const kind of ['sqlite', 'postgres'] as const) {
    const skip = storeKinds().includes(kind) ? false : 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)';
    test(`read no table of certificates or events from end to end (${kind})`, { skip }, async () => {
      await using stack = new AsyncDisposableStack();
      const driver = await drivers[kind](stack);
      const asked = new Map<string, readonly SqlValue[]>();
      const sql = recording(driver.sql, asked);
      await viewing(theServer, async () => {
        await askAll(sql);
        const { segmentSource } = reportPortsOn(driver.sql, driver.sql);
        const ports = { transact: driver.transact, clock: { now: () => now + 400 * day }, source: segmentSource };
        const indexes = { index: certificateIndex(driver.sql), columns: segmentColumns(driver.sql) };
        assert.equal(await indexCertificates({ ...ports, ...indexes }, { store: kind, fence: async () => {} }), 2);
        await askAll(sql);
      });
      assert.ok(asked.size > 30, `${asked.size} statements`);
      for (const [text, params] of asked) {
        const whole = (await readWhole(driver.sql, text, params)).filter((table) => growing.includes(table));
        assert.deepEqual(whole, [], text);
      }
    });
  }
});
