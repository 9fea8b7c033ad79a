/** What SQLite alone promises: one server for each data directory, durability, a log that stays short. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { suite, test } from 'node:test';
import { aChallenge, aDeployment, aDevice, anIssuance } from '../../../test/support/records.ts';
import { openTestStores } from '../../../test/support/stores.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { systemClock } from '../../lib/clock.ts';
import { isFailure } from '../../lib/failure.ts';
import { openStore } from '../open-store.ts';
import { SqliteDriver } from './sqlite-driver.ts';

const stamp = { clock: systemClock, node: 'test-node' };

/** Another process that opens the store in `folder`, runs `body` on it, says so, and stays until it is killed. */
async function otherProcess(folder: string, body: string): Promise<{ said: string; kill: () => Promise<void> }> {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    const { openStore } = await import(${url('../open-store.ts')});
    const records = await import(${url('../../../test/support/records.ts')});
    const clock = { now: () => Date.now(), monotonic: () => performance.now() };
    const store = await openStore({ kind: 'sqlite', folder: ${JSON.stringify(folder)} }, { clock, node: 'other' });
    ${body}
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return {
    said: String(line).trim(),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

suite('a data directory', () => {
  test('serves one at a time, and is free again after kill -9', async () => {
    await using folder = temporaryFolder();
    const other = await otherProcess(folder.path, `console.log('open');`);
    await assert.rejects(
      openStore({ kind: 'sqlite', folder: folder.path }, stamp),
      (error) => isFailure(error, 'data-directory-in-use') && error.message.includes(folder.path),
    );
    await other.kill();
    await using store = await openStore({ kind: 'sqlite', folder: folder.path }, stamp);
    await store.ping();
    await assert.rejects(openStore({ kind: 'sqlite', folder: folder.path }, stamp), (error) =>
      isFailure(error, 'data-directory-in-use'),
    );
  });

  test('is made with nothing for others to read, and opens again after a clean end', async () => {
    await using folder = temporaryFolder();
    const inner = folder.file('deep', 'data');
    {
      await using store = await openStore({ kind: 'sqlite', folder: inner }, stamp);
      await store.transact(() => store.settings.put('kept', 1));
    }
    assert.equal(statSync(inner).mode & 0o077, 0);
    await using store = await openStore({ kind: 'sqlite', folder: inner }, stamp);
    assert.equal(await store.settings.get('kept'), 1);
  });

  test('has every issuance that was answered before kill -9', async () => {
    await using folder = temporaryFolder();
    const other = await otherProcess(
      folder.path,
      `const deployments = Array.from({ length: 50 }, () => records.aDeployment());
       const challenges = deployments.map((deployment) => records.aChallenge(deployment));
       await store.transact(async () => {
         await store.deployments.save(deployments);
         await store.challenges.insert(challenges);
       });
       const issuances = deployments.map((deployment, i) => records.anIssuance(deployment, challenges[i]));
       await Promise.all(issuances.map((issuance) => store.ledger.commit(issuance)));
       console.log(issuances.map(({ certificate }) => certificate.id).join());`,
    );
    await other.kill();
    const ids = other.said.split(',');
    assert.equal(ids.length, 50);
    await using store = await openStore({ kind: 'sqlite', folder: folder.path }, stamp);
    for (const id of ids) assert.notEqual(await store.certificates.get(id as never), null);
  });
});

suite('the writer', () => {
  test('commits issuances that come together in one transaction, beside other writers', async () => {
    await using stores = await openTestStores();
    const deployments = Array.from({ length: 100 }, () => aDeployment());
    const challenges = deployments.map((deployment) => aChallenge(deployment));
    await stores.transact(async () => {
      await stores.deployments.save(deployments);
      await stores.challenges.insert(challenges);
    });
    const committing = deployments.map((deployment, at) =>
      stores.ledger.commit(anIssuance(deployment, challenges[at] as (typeof challenges)[number])),
    );
    const writing = Array.from({ length: 20 }, () => stores.transact(() => stores.devices.save([aDevice()])));
    const results = await Promise.all(committing);
    await Promise.all(writing);
    assert.ok(results.every(({ kind }) => kind === 'committed'));
  });

  test('keeps its log short under constant writing, reads included', async () => {
    await using folder = temporaryFolder();
    const file = folder.file('test.db');
    await using driver = new SqliteDriver(file, { usual: 200, most: 400 });
    driver.writer.exec('CREATE TABLE filler (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
    const text = 'x'.repeat(2000);
    let largest = 0;
    for (let round = 0; round < 200; round++) {
      await driver.transact(() =>
        driver.sql.runMany(
          'INSERT INTO filler (text) VALUES ($1)',
          Array.from({ length: 20 }, () => [text]),
        ),
      );
      await driver.sql.one('SELECT count(*) AS n FROM filler');
      largest = Math.max(largest, statSync(`${file}-wal`).size);
    }
    const written = 4000 * text.length;
    assert.ok(largest < written / 4, `${largest} bytes of log for ${written} bytes written`);
    assert.equal((await driver.sql.one('SELECT count(*) AS n FROM filler'))?.n, 4000);
  });

  test('is durable by its settings', async () => {
    await using folder = temporaryFolder();
    await using driver = new SqliteDriver(folder.file('test.db'));
    const setting = (name: string) => Object.values(driver.writer.one(`PRAGMA ${name}`) ?? {})[0];
    assert.deepEqual([setting('journal_mode'), setting('synchronous'), setting('wal_autocheckpoint')], ['wal', 2, 0]);
  });

  test('is the only connection that can write', async () => {
    await using folder = temporaryFolder();
    await using driver = new SqliteDriver(folder.file('test.db'));
    driver.writer.exec('CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT');
    await assert.rejects(driver.sql.all('INSERT INTO t (id) VALUES (1) RETURNING id'), /readonly/);
  });
});
