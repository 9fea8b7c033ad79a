import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isFailure } from '../lib/failure.ts';
import { ensureSealingSecret, readSealingSecret, readSecretFile, secretLocation, writeSecretFile } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'scepward-secrets-'));
chmodSync(folder, 0o700);
after(() => rmSync(folder, { recursive: true }));

test('a sealing secret is made once, with mode 0600, and read again', () => {
  const { file, besideData } = secretLocation(join(folder, 'data'), null);
  assert.equal(besideData, true);
  const made = ensureSealingSecret(file);
  assert.equal(made.length, 32);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(ensureSealingSecret(file), made);
});

test('a missing secret is said to be missing, not made anew', () => {
  assert.throws(
    () => readSealingSecret(join(folder, 'none')),
    (error) => isFailure(error, 'secret-missing'),
  );
});

test('a secret that others may read is refused', () => {
  const file = join(folder, 'open');
  writeFileSync(file, 'x');
  chmodSync(file, 0o644);
  assert.throws(
    () => readSecretFile(file),
    (error) => isFailure(error, 'secret-readable'),
  );
});

test('a damaged secret is refused', () => {
  const file = join(folder, 'short');
  writeFileSync(file, 'AAAA', { mode: 0o600 });
  assert.throws(
    () => readSealingSecret(file),
    (error) => isFailure(error, 'secret-malformed'),
  );
});

test('a secret that cannot be read or written is named with the reason, and leaves nothing behind', () => {
  const file = join(folder, 'plain');
  writeFileSync(file, 'x', { mode: 0o600 });
  for (const [path, code] of [
    [join(file, 'below'), 'ENOTDIR'],
    [folder, 'EISDIR'],
  ] as const)
    assert.throws(
      () => readSecretFile(path),
      (error) => isFailure(error, 'secret-unreadable') && error.params.code === code && error.message.includes(path),
    );
  mkdirSync(join(folder, 'taken', 'full'), { recursive: true });
  assert.throws(
    () => writeSecretFile(join(folder, 'taken'), 'x'),
    (error) => isFailure(error, 'secret-unwritable'),
  );
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    [],
  );
});
