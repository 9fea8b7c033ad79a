import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeKinds } from '../../../test/support/stores.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { testDatabase } from '../../../test/support/test-database.ts';
import { systemClock } from '../../lib/clock.ts';
import { openStore } from '../open-store.ts';
import { PostgresDriver } from '../postgres/postgres-driver.ts';
import { databaseFile } from '../sqlite/database-file.ts';
import { SqliteDriver } from '../sqlite/sqlite-driver.ts';
import type { Store } from '../store.ts';
import { firstTables } from './0001-first-tables.ts';
import { migrate } from './migrate.ts';

const stamp = { clock: systemClock, node: 'test-node' };
const first = { limit: 10, cursor: null };
const actor = { kind: 'token', id: 't1', name: 'Anna' };

/** Two profiles as a release before versions left them: one with the event of its last save. */
const before = `
INSERT INTO profile (id, slug, kind, name, description, scope_tags, version, content_version, settings, created_at,
  updated_at, name_folded, platform) VALUES
  ('p1', 'wifi', 'scep', 'Wi-Fi', '', '["a"]', 7, 3, '{"platform":"ios"}', 1, 2, 'wi-fi', 'ios'),
  ('p2', 'vpn', 'scep', 'VPN', '', '[]', 1, 1, '{"platform":"ios"}', 1, 1, 'vpn', 'ios');
INSERT INTO event (id, at, node, type, actor, request_id, subjects, data) VALUES
  ('e1', 1, 'n', 'profile.saved', '{"kind":"system","id":null,"name":"scepward"}', NULL, '[]', '{}'),
  ('e2', 2, 'n', 'profile.saved', '${JSON.stringify(actor)}', 'r1', '[]', '{}'),
  ('e3', 3, 'n', 'assignment.changed', '{}', NULL, '[]', '{}');
INSERT INTO event_subject (subject_id, event_id, subject_kind) VALUES
  ('p1', 'e1', 'profile'), ('p1', 'e2', 'profile'), ('p1', 'e3', 'profile');
INSERT INTO assignment (id, profile_id, mode, target, position) VALUES
  ('a1', 'p1', 'include', '{"kind":"allDevices"}', 0);
`;

async function olderSqlite(folder: string): Promise<void> {
  await using driver = new SqliteDriver(databaseFile(folder).file);
  const script = async (text: string) => driver.writer.exec(text);
  await migrate({ sql: driver.sql, transact: driver.transact, lock: async () => {}, script }, systemClock, [
    firstTables,
  ]);
  await script(before);
}

async function olderPostgres(url: string): Promise<void> {
  await using driver = new PostgresDriver(url);
  const { sql, transact } = driver;
  const script = (text: string) => driver.script(text);
  await migrate({ sql, transact, lock: async () => {}, script }, systemClock, [firstTables]);
  await transact(() => script(before));
}

async function opensWithHistory(stores: Store): Promise<void> {
  const entries = async (profileId: string) =>
    (await stores.profileHistory.list({ profileId: profileId as never, kind: null }, first)).items;
  const [entry, ...others] = await entries('p1');
  assert.deepEqual(others, []);
  assert.deepEqual(
    { ...entry },
    {
      id: 'p1',
      profileId: 'p1',
      kind: 'saved',
      version: 7,
      restoredFrom: null,
      at: 2,
      cause: { actor, requestId: 'r1' },
      changes: null,
    },
  );
  const [assignment] = await stores.assignments.byProfile('p1' as never);
  assert.deepEqual([assignment?.target, assignment?.filter], [{ kind: 'allDevices' }, null]);
  const profile = await stores.profiles.get('p1' as never);
  assert.deepEqual([profile?.contentVersion, profile?.deliveryVersion], [3, 1]);
  assert.deepEqual(await stores.profileHistory.version('p1' as never, 7), profile);
  assert.equal((await entries('p2'))[0]?.cause.actor.kind, 'system');
}

const title = 'profiles that are stored already have their version in the history, by whoever saved it';

test(`${title} (sqlite)`, async () => {
  await using folder = temporaryFolder();
  await olderSqlite(folder.path);
  await using stores = await openStore({ kind: 'sqlite', folder: folder.path }, stamp);
  await opensWithHistory(stores);
});

const skip = !storeKinds().includes('postgres') && 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)';

test(`${title} (postgres)`, { skip }, async () => {
  await using database = await testDatabase();
  await olderPostgres(database.url);
  await using stores = await openStore({ kind: 'postgres', url: database.url }, stamp);
  await opensWithHistory(stores);
});
