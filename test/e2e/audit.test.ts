/** The audit log as an administrator meets it: over the API, as files, and when somebody reached into the database. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCsv } from '../../src/formats/csv/read-csv.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { databaseFile } from '../../src/store/sqlite/database-file.ts';
import { type AdminClient, adminClient, assertProblem } from '../support/admin-client.ts';
import { runCommand } from '../support/run-command.ts';
import { openSealedStoreAt } from '../support/sealed-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { freePort, startWorld, type World } from '../support/world.ts';

const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));

describe('the audit log', () => {
  let world: World;
  let api: AdminClient;
  let userId: string;
  const started = systemClock.now();

  before(async () => {
    world = await startWorld({ authority: false, cryptoThreads: 0 });
    api = adminClient(world);
    const made = await api('POST', '/users', { body: { userPrincipalName: 'eve@example.com', displayName: '=1+1' } });
    userId = made.body.id;
    await api('PATCH', `/users/${userId}`, { body: { displayName: 'Eve, "E"', department: 'R&D' } });
    await api('POST', '/groups', { body: { name: 'Pilots', kind: 'device', description: '' } });
    await api('POST', '/tokens', { body: { name: '@help desk', permissions: ['events.read'] } });
  });
  after(() => world[Symbol.asyncDispose]());

  const types = async (query: string) =>
    (await api('GET', `/audit?${query}`)).body.items.map(({ type }: { type: string }) => type);

  async function cli(...args: readonly string[]) {
    const env = { SCEPWARD_URL: world.url, SCEPWARD_TOKEN: world.adminToken, SCEPWARD_DATA: world.folder };
    const { code, stdout, stderr } = await runCommand(scepward, args, { env, milliseconds: 60_000 });
    return { code, text: new TextDecoder().decode(stdout), stderr };
  }

  it('says who changed which object from where, field by field', async () => {
    const { body } = await api('GET', `/audit?objectKind=user&object=EVE@example.com&types=directory.changed&limit=1`);
    const [entry] = body.items;
    assert.deepEqual(entry.changes, [
      { field: 'displayName', before: '=1+1', after: 'Eve, "E"' },
      { field: 'department', before: null, after: 'R&D' },
    ]);
    assert.deepEqual([entry.actor.kind, entry.actor.name, entry.clientAddress], ['token', 'test', '127.0.0.1']);
    assert.deepEqual(entry.objects, [{ kind: 'user', id: userId, name: 'eve@example.com' }]);
    assert.ok(entry.requestId);
    assert.deepEqual((await api('GET', `/audit/entries/${entry.id}`)).body, entry);
    const second = (await api('GET', `/audit?limit=1&cursor=${body.next}&objectKind=user&object=${userId}`)).body;
    assert.deepEqual(
      second.items[0].changes.find(({ field }: { field: string }) => field === 'userPrincipalName'),
      { field: 'userPrincipalName', before: null, after: 'eve@example.com' },
    );
  });

  it('is filtered by who, what, when, and by people unless all is asked for', async () => {
    assert.deepEqual(await types('actor=TES&types=access.token-created'), ['access.token-created']);
    assert.deepEqual(await types('actor=nobody'), []);
    assert.deepEqual(await types(`to=${started}`), []);
    assert.equal((await types(`from=${started}`)).length, 4);
    const all = await types('by=all');
    assert.ok(all.includes('access.token-created') && all.length > 4, 'the first token was made by the system');
    assertProblem(await api('GET', '/audit?object=x'), 400, 'bad-request');
    assertProblem(await api('GET', '/audit?objectKind=user&object=x'), 404, 'audit-object-not-found');
    assertProblem(await api('GET', '/audit?from=2&to=1'), 400, 'bad-request');
    assertProblem(await api('GET', '/audit?types=x'), 400, 'bad-request');
    assertProblem(await api('GET', '/audit/entries/x'), 404, 'audit-entry-not-found');
    assertProblem(await api('GET', '/audit/verification?head=x'), 400, 'bad-request');
  });

  it('comes as JSON lines, and as CSV in which a spreadsheet calculates nothing', async () => {
    const headers = { authorization: `Bearer ${world.adminToken}` };
    const text = await (await fetch(`${world.url}/api/v1/audit/export?format=jsonl`, { headers })).text();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    assert.deepEqual(lines, (await api('GET', '/audit?limit=200')).body.items);
    const csv = await api('GET', '/audit/export?format=csv');
    assert.match(csv.headers.get('content-disposition') ?? '', /audit\.csv/);
    const [head, ...rows] = [...readCsv(csv.body)].map(({ fields }) => fields.map(({ text }) => text));
    const column = (name: string) => head?.indexOf(name) ?? -1;
    const changed = rows.find((row) => row[column('field')] === 'displayName' && row[column('before')] !== '');
    assert.deepEqual([changed?.[column('before')], changed?.[column('after')]], ["'=1+1", 'Eve, "E"']);
    for (const row of rows) for (const cell of row) assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
    const stream = await cli('audit', 'export', '--format', 'csv');
    assert.deepEqual([stream.code, stream.text], [0, csv.body]);
  });

  it('is sealed by the running server, which logs the head; verify finds it again', async () => {
    const line = await until('a seal', () => world.log.find((each) => each.includes('audit log sealed')));
    const logged = JSON.parse(line).head;
    // What was written since the first seal is sealed within a second.
    await until('more than one seal', async () => {
      const verified = await cli('audit', 'verify', '--head', logged, '--json');
      assert.equal(verified.code, 0, verified.text + verified.stderr);
      const report = JSON.parse(verified.text);
      assert.ok(report.whole);
      return (report.blocks > 1 && report.events > 4) || undefined;
    });
    await until('its event', async () => (await types('by=all&types=audit.sealed'))[0]);
    assert.equal((await cli('audit', 'verify', '--head', `1:${'0'.repeat(64)}`)).code, 1);
    assert.equal((await cli('audit', 'verify', '--head', 'x')).code, 2);
  });

  it('keeps things as long as the command line says', async () => {
    const shown = JSON.parse((await cli('retention', 'show', '--json')).text);
    assert.deepEqual(shown, { events: 730, scepTransactions: 180, challenges: 30, certificates: 730 });
    const set = await cli('retention', 'set', '--events', '365', '--challenges', 'never', '--json');
    assert.deepEqual(JSON.parse(set.text), { ...shown, events: 365, challenges: 0 });
    for (const wrong of ['29', '-1', 'soon', '1.5'])
      assert.equal((await cli('retention', 'set', '--events', wrong)).code, 2, wrong);
    assert.equal((await cli('retention', 'set')).code, 2);
    const run = await cli('retention', 'run', '--json');
    assert.deepEqual(JSON.parse(run.text), { events: 0, scepTransactions: 0, challenges: 0, certificates: 0 });
    assert.deepEqual(await types('limit=1'), ['audit.retention-changed']);
  });

  it('loses a person at the command line, and is whole', async () => {
    const preview = await cli('user', 'erase', 'eve@example.com');
    assert.match(preview.text, /would forget eve@example\.com.*events +\d.*Nothing was done/s);
    assert.equal((await cli('user', 'erase', 'eve@example.com', '--yes', 'adam@example.com')).code, 2);
    const few = await api('POST', '/tokens', { body: { name: 'few', permissions: ['directory.write'] } });
    const body = { confirm: 'eve@example.com' };
    const refused = await api('POST', '/users/eve@example.com/erasure', { body, token: few.body.secret });
    assertProblem(refused, 403, 'forbidden');
    const done = await cli('user', 'erase', 'eve@example.com', '--yes', 'EVE@example.com', '--json');
    assert.equal(done.code, 0, done.stderr);
    const { pseudonym } = JSON.parse(done.text);
    const entries = (await api('GET', `/audit?objectKind=user&object=${userId}&limit=200`)).body.items;
    assert.ok(!/eve@|Eve,/i.test(JSON.stringify(entries)), JSON.stringify(entries));
    assert.ok(entries.some(({ type }: { type: string }) => type === 'directory.erased'));
    assert.ok(JSON.stringify(entries).includes(pseudonym));
    assert.equal((await cli('audit', 'verify')).code, 0);
    assert.equal((await cli('user', 'erase', 'eve@example.com')).code, 2);
  });

  it('shows by doctor, verify and the API what was altered past the server', async () => {
    const database = new DatabaseSync(databaseFile(world.folder).file, { timeout: 5000 });
    database.exec(`UPDATE event SET data = replace(data, 'Pilots', 'Others') WHERE type = 'directory.changed'`);
    database.close();
    const answer = (await api('GET', '/audit/verification')).body;
    assert.deepEqual((await api('GET', '/audit/verification/progress')).body, { verification: null });
    assert.deepEqual([answer.whole, answer.found, answer.findings[0].kind], [false, 1, 'altered']);
    const verified = await cli('audit', 'verify');
    assert.equal(verified.code, 1);
    assert.match(
      verified.text,
      /NOT WHOLE.*\naltered: Event .* \(directory\.changed\) was altered after block \d+ sealed it on 20/,
    );
    const doctor = await cli('doctor', '--json');
    assert.equal(doctor.code, 1);
    const checks = JSON.parse(doctor.text).checks.filter(({ check }: { check: string }) => check === 'audit');
    assert.deepEqual(
      checks.map(({ status }: { status: string }) => status),
      ['problem', 'problem'],
    );
  });
});

it('the audit log is verified without a server too', async () => {
  await using folder = temporaryFolder('audit');
  const location = { kind: 'sqlite', folder: folder.path } as const;
  {
    await using store = await openSealedStoreAt(location);
    await store.happen([1, 2, 3]);
    await store.seal();
    writeFileSync(folder.file('secret'), `${toBase64(store.secret)}\n`, { mode: 0o600 });
  }
  const env = { SCEPWARD_DATA: folder.path, SCEPWARD_LISTEN: `127.0.0.1:${await freePort()}` };
  writeFileSync(folder.file('admin-token'), 'x', { mode: 0o600 });
  const verify = () => runCommand(scepward, ['audit', 'verify', '--json'], { env, milliseconds: 60_000 });
  assert.equal((await verify()).code, 0);
  {
    await using store = await openSealedStoreAt(location);
    await store.tamper('DELETE FROM event WHERE id = (SELECT max(id) FROM event)');
  }
  const { code, stdout } = await verify();
  assert.equal(code, 1);
  assert.equal(JSON.parse(new TextDecoder().decode(stdout)).findings[0].kind, 'removed');
});

it('seals that began anew are noticed by the server and by doctor, with or without it: the mark beside the secret knows better', async () => {
  await using folder = temporaryFolder('audit-mark');
  const config = { data: folder.path };
  const mark = folder.file('secret.audit');
  const command = async (...args: readonly string[]) => {
    const env = { SCEPWARD_DATA: folder.path, SCEPWARD_LISTEN: `127.0.0.1:${await freePort()}`, SCEPWARD_TOKEN: 'x' };
    const { code, stdout } = await runCommand(scepward, [...args, '--json'], { env, milliseconds: 60_000 });
    return { code, answer: JSON.parse(new TextDecoder().decode(stdout)) };
  };
  {
    await using world = await startWorld({ cryptoThreads: 0, config });
    await until('a mark', () => (existsSync(mark) ? true : undefined));
    assert.ok(!world.log.some((line) => line.includes('not whole')));
  }
  const [line = ''] = readFileSync(mark, 'utf8').split('\n');
  assert.match(line, /^[0-9a-f]{32} \d+:[0-9a-f]{64} 20\S+Z$/);
  assert.equal((await command('audit', 'verify')).code, 0);

  const database = new DatabaseSync(databaseFile(folder.path).file);
  database.exec(`DELETE FROM stored_key WHERE id = 'audit'; DELETE FROM audit_block; UPDATE event SET mark = NULL`);
  database.close();
  const before = await command('audit', 'verify');
  assert.deepEqual([before.code, before.answer.findings[0].kind], [1, 'chain-begun-anew']);
  {
    await using world = await startWorld({ authority: false, cryptoThreads: 0, config });
    await until('the server to notice', () => world.log.find((each) => each.includes('the audit log is not whole')));
    const api = adminClient(world);
    const [told] = (await api('GET', '/audit?by=all&types=audit.broken')).body.items;
    assert.equal(told.detail.finding, 'chain-begun-anew');
    const { body } = await api('GET', '/audit/verification');
    assert.deepEqual([body.whole, body.findings[0].kind], [false, 'chain-begun-anew']);
  }
  const doctor = await command('doctor');
  const audit = doctor.answer.checks.filter(({ check }: { check: string }) => check === 'audit');
  assert.deepEqual(
    audit.map(({ status }: { status: string }) => status),
    ['problem', 'problem'],
  );
  assert.ok(audit[1].detail.includes(line.split(' ')[1]), 'the head that was there');
  writeFileSync(mark, 'nonsense', { mode: 0o600 });
  assert.equal((await command('audit', 'verify')).answer.code, 'audit-mark-malformed');
  rmSync(mark);
  assert.equal((await command('audit', 'verify')).code, 0, 'who did it himself takes the mark away');
});
