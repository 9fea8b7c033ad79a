import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openTestStores } from '../../test/support/stores.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import type { Administrator } from '../access/administrator.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { ensureSetUpCode, setUpCodeFile } from './set-up-code.ts';

test('the set-up code is written once, for its owner alone, and goes when there is an administrator', async () => {
  await using store = await openTestStores();
  await using folder = temporaryFolder('set-up');
  const config = { data: folder.path } as Config;
  const parts = { store, clock: systemClock, config };
  const first = await ensureSetUpCode(parts);
  assert.ok(first !== null);
  assert.match(first.code, /^([A-Z2-7]{5}-){5}[A-Z2-7]$/);
  assert.equal(first.file, setUpCodeFile(config));
  assert.equal(readFileSync(first.file, 'utf8'), `${first.code}\n`);
  assert.equal(statSync(first.file).mode & 0o777, 0o600);
  assert.deepEqual(await ensureSetUpCode(parts), first);
  writeFileSync(first.file, 'AAAAA-BBBBB\n');
  const second = await ensureSetUpCode(parts);
  assert.notEqual(second?.code, first.code, 'one that is good for nothing is replaced');
  const administrator: Administrator = {
    id: newId<Administrator['id']>(systemClock),
    name: 'A',
    signInName: 'a',
    state: 'active',
    version: 1,
    createdAt: 1,
    updatedAt: 1,
    lastSignInAt: null,
  };
  await store.transact(() => store.administrators.save(administrator));
  assert.equal(await ensureSetUpCode(parts), null);
  assert.equal(existsSync(first.file), false);
});
