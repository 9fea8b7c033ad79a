import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeKinds } from '../../../test/support/stores.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { testDatabase } from '../../../test/support/test-database.ts';
import { day, systemClock } from '../../lib/clock.ts';
import { openStore } from '../open-store.ts';
import { PostgresDriver } from '../postgres/postgres-driver.ts';
import { databaseFile } from '../sqlite/database-file.ts';
import { SqliteDriver } from '../sqlite/sqlite-driver.ts';
import type { Store } from '../store.ts';
import { allMigrations } from './all-migrations.ts';
import { migrate } from './migrate.ts';

const stamp = { clock: systemClock, node: 'test-node' };
const older = allMigrations.filter(({ number }) => number < 5);
const from = 1_700_000_000_000;
const until = from + 100 * day;

const certificate = (
  id: string,
  revokedAt: number | null,
) => `INSERT INTO certificate (id, issuer_id, serial, der, purpose,
  subject_text, subject_alternative_names, not_before, not_after, thumbprint, thumbprint256, key_hash, shard, state,
  deployment_id, generation, issued_at, revoked_at) VALUES ('${id}', 'i', '${id}', '', 'device', 'CN=x', '[]', ${from}, ${until},
  't', 't', 'k', 0, 'released', 'd-${id}', 1, ${from}, ${revokedAt});`;
const deployment = (
  id: string,
  certificateId: string | null,
) => `INSERT INTO deployment (id, kind, profile_id, device_id,
  delivery_ref, wanted, state, expectation, revision, content_version, generation, issued_generation, current_certificate_id,
  created_at, updated_at) VALUES ('${id}', 'scep', 'p', 'v-${id}', 'r-${id}', 1, 'installed', '{}', 1, 1, 1,
  ${certificateId === null ? 0 : 1}, ${certificateId === null ? 'NULL' : `'${certificateId}'`}, ${from}, ${from + 7});`;

/** As a release before this one left them: a certificate, one that was revoked, and none yet. */
const before = `
INSERT INTO profile (id, slug, kind, name, description, scope_tags, version, content_version, settings, created_at, updated_at,
  name_folded, platform) VALUES ('p', 'wifi', 'scep', 'Wi-Fi', '', '[]', 1, 1,
  '{"platform":"ios","subjectNameFormat":"CN=\\"caCertificates\\":","server":{"approval":"automatic","caCertificates":"issuer"}}',
  1, 1, 'wi-fi', 'ios');
${certificate('a', null)} ${deployment('d-a', 'a')}
${certificate('b', from + day)} ${deployment('d-b', 'b')}
${deployment('d-c', null)}
`.replaceAll(`, '', 'device'`, `, ${'$der'}, 'device'`);

async function olderSqlite(folder: string): Promise<void> {
  await using driver = new SqliteDriver(databaseFile(folder).file);
  const script = async (text: string) => driver.writer.exec(text);
  await migrate({ sql: driver.sql, transact: driver.transact, lock: async () => {}, script }, systemClock, older);
  await script(before.replaceAll('$der', `x'00'`));
}

async function olderPostgres(url: string): Promise<void> {
  await using driver = new PostgresDriver(url);
  const { sql, transact } = driver;
  const script = (text: string) => driver.script(text);
  await migrate({ sql, transact, lock: async () => {}, script }, systemClock, older);
  await transact(() => script(before.replaceAll('$der', `'\\x00'`)));
}

async function knowsWhatIsDue(stores: Store): Promise<void> {
  const get = async (id: string) => {
    const found = await stores.deployments.get(id as never);
    assert.ok(found);
    const { stateSince, stateCause, certificateNotBefore, certificateNotAfter, renewAt, attempts } = found;
    return { stateSince, stateCause, certificateNotBefore, certificateNotAfter, renewAt, attempts };
  };
  const common = { stateSince: from + 7, stateCause: null, attempts: 0 };
  const life = { certificateNotBefore: from, certificateNotAfter: until };
  assert.deepEqual(await get('d-a'), { ...common, ...life, renewAt: from + 80 * day });
  assert.deepEqual(await get('d-b'), { ...common, ...life, renewAt: 0 });
  const none = { certificateNotBefore: null, certificateNotAfter: null, renewAt: null };
  assert.deepEqual(await get('d-c'), { ...common, ...none });
  const due = await stores.renewals.find(from + 50 * day, 10);
  assert.deepEqual(
    due.map(({ deployment }) => deployment.id),
    ['d-b'],
  );
  const marked = (await stores.dirtyQueue.take(10)).map(({ deviceId }) => deviceId);
  assert.deepEqual(new Set(marked), new Set(['v-d-a', 'v-d-b']), 'the exact moments are for reconciling');
  const profile = await stores.profiles.get('p' as never);
  assert.ok(profile?.kind === 'scep');
  const { subjectNameFormat, server } = profile.settings;
  const { directoryChanges, supersededCertificates } = server;
  assert.deepEqual(
    { subjectNameFormat, directoryChanges, supersededCertificates },
    {
      subjectNameFormat: 'CN="caCertificates":',
      directoryChanges: 'atRenewal',
      supersededCertificates: { action: 'leave', afterDays: 7 },
    },
  );
}

const what = 'deployments that are there already know when they renew, and profiles what they do about the directory';

test(`${what} (sqlite)`, async () => {
  await using folder = temporaryFolder('store');
  await olderSqlite(folder.path);
  await using stores = await openStore({ kind: 'sqlite', folder: folder.path }, stamp);
  await knowsWhatIsDue(stores);
});

const skip = storeKinds().includes('postgres') ? false : 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)';
test(`${what} (postgres)`, { skip }, async () => {
  await using database = await testDatabase();
  await olderPostgres(database.url);
  await using stores = await openStore({ kind: 'postgres', url: database.url }, stamp);
  await knowsWhatIsDue(stores);
});
