/** `kill -9` while events are made, sealed and pruned: nothing is found afterwards, and nothing is sealed twice. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { idsOf } from '../../src/events/seal/seal-block.ts';
import type { StoreLocation } from '../../src/store/open-store.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { openSealedStoreAt } from '../support/sealed-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-database.ts';

const script = fileURLToPath(new URL('../support/seal-until-killed.ts', import.meta.url));

async function killAfter(location: StoreLocation, milliseconds: number): Promise<void> {
  const place = location.kind === 'sqlite' ? location.folder : location.url;
  const child = spawn(process.execPath, [script, location.kind, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('close', () => reject(new Error('it ended by itself')));
  });
  await sleep(milliseconds);
  child.kill('SIGKILL');
  await gone;
}

async function crash(location: StoreLocation): Promise<void> {
  let pruned = 0;
  for (let round = 0; round < rounds(4, 25); round++) {
    await killAfter(location, randomInt(200, 1500));
    await using store = await openSealedStoreAt(location);
    const report = await store.verify();
    assert.deepEqual(report.findings, []);
    assert.ok(report.blocks > 0);
    await store.seal();
    assert.equal((await store.verify()).unsealed, 0);
    const blocks = await store.sealChain.list(0, 100_000);
    const sealed = blocks.filter(({ kind }) => kind === 'seal').flatMap(idsOf);
    assert.equal(new Set(sealed).size, sealed.length, 'once each');
    assert.equal(sealed.length, await store.storedEvents.count());
    pruned = report.checkpoint?.events ?? pruned;
  }
  assert.ok(pruned > 0, 'it was killed while there was something to prune');
}

test('kill -9 while sealing and pruning, SQLite', async () => {
  await using folder = temporaryFolder('seals');
  await crash({ kind: 'sqlite', folder: folder.path });
});

test('kill -9 while sealing and pruning, PostgreSQL', { skip: skipUnless('postgres') }, async () => {
  await using database = await testDatabase();
  await crash({ kind: 'postgres', url: database.url });
});
