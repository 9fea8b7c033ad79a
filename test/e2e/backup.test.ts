/** `backup` while the server works, and `restore`: what is checked, what goes on, what must not happen again, and kills in between. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createApiToken } from '../../src/access/create-api-token.ts';
import type { Config } from '../../src/config/config.ts';
import { hashSecret } from '../../src/crypto/secret.ts';
import { systemCause } from '../../src/events/event.ts';
import { crlNumber, parseCrl } from '../../src/formats/x509/crl.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type AdminClient, adminClient } from '../support/admin-client.ts';
import { atInstallation, makeInstallation } from '../support/installation.ts';
import { processConfig } from '../support/process-config.ts';
import { rounds } from '../support/rounds.ts';
import { runCommand } from '../support/run-command.ts';
import { answering, spawnServer } from '../support/server-process.ts';
import { storeKinds } from '../support/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-database.ts';

const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));

function environmentOf(config: Config, secretFile: string): Record<string, string> {
  return {
    SCEPWARD_DATA: config.data,
    SCEPWARD_SECRET_FILE: secretFile,
    SCEPWARD_LOG: 'error',
    ...(config.database.kind === 'postgres' && { SCEPWARD_DATABASE_URL: config.database.url }),
  };
}

async function cli(environment: Record<string, string>, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runCommand(scepward, ['--json', ...args], { env: environment });
  const text = new TextDecoder().decode(stdout);
  return { code, stderr, answer: text === '' ? null : JSON.parse(text) };
}

/** Its devices wait with challenges, a secret that lies elsewhere, and a token. */
async function installed(folder: { readonly path: string; file(name: string): string }, database: Config['database']) {
  const data = folder.file('data');
  const config = await processConfig(data, database);
  const { waiting } = await makeInstallation(config, { waiting: 2, issued: 5 });
  const token = await atInstallation(config, (server) =>
    createApiToken(
      { ...server.foundation.store, clock: systemClock },
      { name: 'test', permissions: 'all', expiresAt: null, cause: systemCause },
    ),
  );
  const secretFile = folder.file('secret');
  renameSync(join(data, 'secret'), secretFile);
  return { config: { ...config, secretFile }, secretFile, token: token.secret, waiting };
}

async function listNumber(
  url: string,
  api: AdminClient,
): Promise<{ readonly number: bigint; readonly revoked: number }> {
  const { items } = (await api('GET', '/authorities')).body;
  const issuer = items[0].issuers.find(({ slug }: { slug: string }) => !slug.endsWith('root'));
  const crl = parseCrl(new Uint8Array(await (await fetch(`${url}/pki/${issuer.slug}/0.crl`)).arrayBuffer()));
  return { number: crlNumber(crl) ?? 0n, revoked: crl.revoked.length };
}

async function certificates(api: AdminClient) {
  return (await api('GET', '/certificates?limit=50')).body.items.filter(
    ({ purpose }: { purpose: string }) => purpose === 'device',
  ) as { id: string; serial: string; status: string }[];
}

test('a backup is taken under load, and what is restored goes on where nothing meets what was', async () => {
  await using folder = temporaryFolder('backup');
  const { config, secretFile, token, waiting } = await installed(folder, { kind: 'sqlite' });
  const environment = environmentOf(config, secretFile);
  const file = folder.file('copy.backup');
  let before: Awaited<ReturnType<typeof listNumber>>;
  let revokedSince: string;
  {
    await using server = await answering(spawnServer(config));
    const api = adminClient({ url: server.url, adminToken: token });
    assert.equal((await api('POST', '/groups', { body: { name: 'first', kind: 'device' } })).status, 201);
    let writing = true;
    const load = (async () => {
      let made = 0;
      for (; writing; made++) {
        const { status } = await api('POST', '/groups', { body: { name: `g-${made}`, kind: 'device' } });
        assert.equal(status, 201);
      }
      return made;
    })();
    const made = await cli(environment, 'backup', file);
    writing = false;
    assert.equal(made.code, 0, made.stderr);
    assert.ok((await load) > 5, 'the server wrote meanwhile');
    assert.deepEqual([made.answer.file, made.answer.found, made.answer.secret.included], [file, 0, false]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!readFileSync(file).includes(readFileSync(secretFile, 'utf8').trim()));
    const again = await cli(environment, 'backup', file);
    assert.deepEqual([again.code, again.answer.code], [2, 'backup-exists']);
    const running = await cli(environment, 'restore', file);
    assert.deepEqual([running.code, running.answer.code], [2, 'data-directory-in-use']);

    // What the backup knows nothing of: a revocation, and lists that were published.
    const [lost] = await certificates(api);
    assert.ok(lost !== undefined);
    revokedSince = lost.serial;
    assert.equal(
      (await api('POST', `/certificates/${lost.id}/revoke`, { body: { reason: 'keyCompromise' } })).status,
      200,
    );
    before = await listNumber(server.url, api);
    assert.ok(before.number > 1n && before.revoked === 1);
    assert.deepEqual(await server.end('SIGTERM'), { code: 0, signal: null }, server.said());
  }

  const present = await cli(environment, 'restore', file);
  assert.deepEqual([present.code, present.answer.code], [2, 'database-present']);
  const restored = await cli(environment, 'restore', '--replace', file);
  assert.equal(restored.code, 0, restored.stderr);
  assert.ok(existsSync(restored.answer.aside));
  assert.ok(existsSync(restored.answer.auditMark), 'what the mark knows of the audit log beyond the backup was meant');
  assert.ok(restored.answer.challenges >= 2, 'the waiting devices’ challenges');
  assert.deepEqual(
    readdirSync(config.data).filter((name) => !/^(scepward\.(db|lock)|admin-token|setup-code)/.test(name)),
    [],
  );
  {
    await using server = await answering(spawnServer(config));
    const api = adminClient({ url: server.url, adminToken: token });
    const after = await listNumber(server.url, api);
    assert.ok(after.number > before.number, `${after.number} after ${before.number}`);
    const known = await certificates(api);
    assert.equal(
      known.find(({ serial }) => serial === revokedSince)?.status,
      'valid',
      'revoke it again, as the page says',
    );
    assert.equal(
      (await api('POST', `/certificates/${known[1]?.id}/revoke`, { body: { reason: 'superseded' } })).status,
      200,
    );
    assert.equal((await listNumber(server.url, api)).number, after.number + 1n);
    const { items } = (await api('GET', '/events?types=installation.restored')).body;
    assert.equal(items[0].data.takenAt, restored.answer.takenAt);
    const verified = await cli({ ...environment, SCEPWARD_URL: server.url, SCEPWARD_TOKEN: token }, 'audit', 'verify');
    assert.deepEqual([verified.code, verified.answer.found], [0, 0]);
    const own = readFileSync(join(config.data, 'admin-token'), 'utf8').trim();
    assert.equal((await adminClient({ url: server.url, adminToken: own })('GET', '/tokens')).status, 200);
  }
  await atInstallation({ ...config, secretFile }, async (server) => {
    for (const { challenge } of waiting) {
      const stored = await server.foundation.store.challenges.findBySecretHash(hashSecret(challenge));
      assert.deepEqual([stored?.state, stored?.cancelReason], ['cancelled', 'restored']);
    }
  });
});

test('what is none, is damaged, was touched, or belongs to another secret is refused, and nothing is made', async () => {
  await using folder = temporaryFolder('backup');
  const { config, secretFile } = await installed(folder, { kind: 'sqlite' });
  const environment = environmentOf(config, secretFile);
  const files = folder.file('files');
  assert.equal((await cli(environment, 'backup', folder.file('no/such/folder/x'))).answer.code, 'file-unwritable');
  const { answer, code } = await cli(environment, 'backup', folder.path);
  assert.equal(code, 0);
  assert.match(answer.file, /scepward-\d{8}T\d{6}Z\.backup$/);

  const elsewhere = { ...environment, SCEPWARD_DATA: folder.file('elsewhere') };
  const refused = async (expected: string, file: string, given: Record<string, string> = {}) => {
    const { code, answer, stderr } = await cli({ ...elsewhere, ...given }, 'restore', file);
    assert.equal(answer?.code, expected, stderr);
    assert.ok(code !== 0 && !existsSync(join(elsewhere.SCEPWARD_DATA, 'scepward.db')));
  };
  writeFileSync(files, 'hello');
  await refused('backup-damaged', files);
  await refused('file-unreadable', folder.file('nothing'));
  new DatabaseSync(folder.file('other.db')).exec('CREATE TABLE a (b)');
  await refused('not-a-backup', folder.file('other.db'));
  const bytes = readFileSync(answer.file);
  bytes.fill(0xff, 40_000, bytes.length - 40_000);
  writeFileSync(files, bytes);
  await refused('backup-damaged', files);
  writeFileSync(folder.file('wrong'), `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 });
  await refused('key-seal-broken', answer.file, { SCEPWARD_SECRET_FILE: folder.file('wrong') });
  await refused('secret-missing', answer.file, { SCEPWARD_SECRET_FILE: folder.file('gone') });
  writeFileSync(files, readFileSync(answer.file));
  {
    const database = new DatabaseSync(files);
    database.exec(
      `UPDATE event SET data = '{}' WHERE id = (SELECT min(id) FROM event WHERE type = 'authority.created')`,
    );
    database.close();
  }
  await refused('backup-seals-broken', files);
  assert.equal((await cli(elsewhere, 'restore', '--force', files)).code, 0);
});

test('killed in the middle a backup leaves none, and a restore no database or all of it', async () => {
  await using folder = temporaryFolder('backup');
  const { config, secretFile } = await installed(folder, { kind: 'sqlite' });
  const environment = environmentOf(config, secretFile);
  const whole = folder.file('whole.backup');
  const started = performance.now();
  assert.equal((await cli(environment, 'backup', whole)).code, 0);
  const usual = performance.now() - started;
  const elsewhere = { ...environment, SCEPWARD_DATA: folder.file('elsewhere') };
  for (let round = 0; round < rounds(3, 30); round++) {
    const after = usual * (0.4 + 0.7 * Math.random());
    const target = folder.file(`${round}.backup`);
    await killed(environment, after, 'backup', target);
    if (existsSync(target))
      assert.equal((await cli({ ...environment, SCEPWARD_DATA: `${target}.data` }, 'restore', target)).code, 0);
    await killed(elsewhere, after, 'restore', '--replace', whole);
    const database = join(elsewhere.SCEPWARD_DATA, 'scepward.db');
    if (existsSync(database)) assert.equal((await cli(elsewhere, 'audit', 'verify')).code, 0, `round ${round}`);
  }
  assert.equal((await cli(elsewhere, 'restore', '--replace', whole)).code, 0);
  assert.equal((await cli(environment, 'backup', folder.file('0.backup.again'))).code, 0);
});

async function killed(environment: Record<string, string>, after: number, ...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), ...args], {
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  await Promise.race([sleep(after), closed]);
  child.kill('SIGKILL');
  await closed;
}

test('PostgreSQL is told how, and goes on after its own restore', {
  skip: storeKinds().includes('postgres') ? false : 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)',
}, async () => {
  await using folder = temporaryFolder('backup');
  await using database = await testDatabase();
  const { config, secretFile } = await installed(folder, { kind: 'postgres', url: database.url });
  const environment = environmentOf(config, secretFile);
  const told = await cli(environment, 'backup', folder.file('x.dump'));
  assert.deepEqual([told.code, told.answer.code, told.answer.found], [1, 'backup-by-pg-dump', 0]);
  assert.match(told.answer.command, /pg_dump --format=custom/);
  assert.ok(!JSON.stringify(told).includes(new URL(database.url).password), 'no secret is printed');
  assert.equal((await cli(environment, 'restore', folder.file('x.dump'))).answer.code, 'wrong-use');
  const resumed = await cli(environment, 'restore');
  assert.equal(resumed.code, 0, resumed.stderr);
  const [first] = resumed.answer.lists;
  assert.ok(first.number > 1_700_000_000_000 && resumed.answer.challenges >= 2, JSON.stringify(resumed.answer));
});
