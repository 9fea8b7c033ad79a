/** The import of a directory over HTTP: as it arrives, while it runs, when it fails, and when the server is killed in it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { answering, spawnServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { freePort } from '../support/world.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { api, world } = fixture;
const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));

function devices(prefix: string, count: number): string {
  const rows = Array.from({ length: count }, (_, at) => `${prefix}-${at},linux,${prefix}-id-${at}\n`);
  return `deviceName,platform,deviceId\n${rows.join('')}`;
}

function uploads(data: string): string[] {
  const folder = join(data, 'uploads');
  return existsSync(folder) ? readdirSync(folder) : [];
}

const found = async (search: string) => (await api('GET', `/devices?limit=200&search=${search}`)).body.items.length;

describe('an import', () => {
  test('keeps no upload, whether it succeeds or not, and says what it did', async () => {
    assert.deepEqual((await api('GET', '/directory/import')).body, { import: null });
    const done = await api('POST', '/directory/import', { files: { devices: devices('kept', 3) } });
    assert.equal(done.body.counts.devices.created, 3);
    const refused = await api('POST', '/directory/import', { files: { devices: 'deviceName,platform\nx,amiga\n' } });
    assertProblem(refused, 422, 'import-refused');
    assert.deepEqual(uploads(world.server.foundation.config.data), []);
    const { import: latest } = (await api('GET', '/directory/import')).body;
    assert.equal(latest.state, 'ended');
    assert.ok(latest.endedAt >= latest.startedAt);
  });

  test('finds the mistakes of a whole large file, stores nothing, and shows the first thousand', async () => {
    const wrong = Array.from({ length: 1500 }, (_, at) => `bad-${at},amiga,bad-id-${at}\n`).join('');
    const text = `${devices('large', 20_000)}${wrong}large-0,linux,large-id-0\nlast,linux,last-id,more\n`;
    const members = 'groupName,member,memberKind\nNobody,large-1,device\n';
    const answer = await api('POST', '/directory/import', { files: { devices: text, members } });
    assertProblem(answer, 422, 'import-refused');
    const { total, faults } = answer.body.params;
    assert.equal(total, 1503);
    assert.equal(faults.length, 1000);
    assert.deepEqual([faults[0].file, faults[0].line, faults[0].column], ['devices.csv', 20_002, 7]);
    assert.equal(await found('large-1'), 0);
  });

  test('tells of bytes that are not UTF-8, cell by cell', async () => {
    const latin1 = Buffer.from('deviceName,platform\nB\u00fcro,linux\nplain,linux\nK\u00fcche,linux\n', 'latin1');
    const form = new FormData();
    form.set('devices', new Blob([latin1]));
    const response = await fetch(`${world.url}/api/v1/directory/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.adminToken}` },
      body: form,
    });
    const { code, params } = (await response.json()) as { code: string; params: { faults: object[] } };
    assert.equal(code, 'import-refused');
    assert.deepEqual(
      params.faults.map((fault) => ({ ...fault, detail: '' })),
      [2, 4].map((line) => ({ file: 'devices.csv', line, column: 1, code: 'not-utf8', detail: '' })),
    );
  });

  test('is refused while another one runs, which can be watched', async () => {
    const running = api('POST', '/directory/import', { files: { devices: devices('busy', 20_000) } });
    const seen = await until('the import to be seen', async () => {
      const { import: state } = (await api('GET', '/directory/import')).body;
      return state?.state === 'running' ? state : undefined;
    });
    assert.ok(seen.done <= seen.total);
    assertProblem(await api('POST', '/directory/import', { files: {} }), 409, 'import-running');
    assert.equal((await running).body.counts.devices.created, 20_000);
  });

  test('is ended on request, and nothing of it stays; its outcome is told to who comes later', async () => {
    assert.deepEqual((await api('DELETE', '/directory/import')).body, { ended: false });
    const running = api('POST', '/directory/import', { files: { devices: devices('ended', 20_000) } });
    await until('the import to be seen', async () => {
      const { import: state } = (await api('GET', '/directory/import')).body;
      return state?.state === 'running' && state.step !== 'reading' ? state : undefined;
    });
    assert.deepEqual((await api('DELETE', '/directory/import')).body, { ended: true });
    assertProblem(await running, 409, 'import-cancelled');
    assert.equal(await found('ended-1'), 0);
    const { import: latest } = (await api('GET', '/directory/import')).body;
    assert.deepEqual([latest.state, latest.mode], ['ended', 'apply']);
    assert.deepEqual([latest.outcome.kind, latest.outcome.code], ['failed', 'import-cancelled']);
    const again = await api('POST', '/directory/import?dryRun=true', { files: { devices: devices('ended', 3) } });
    assert.deepEqual([again.body.counts.devices.created, again.body.changes.length], [3, 3]);
  });

  for (const [name, files, status, code] of [
    ['without a file', {}, 422, 'nothing-to-import'],
    ['with a part of another name', { people: 'a' }, 400, 'multipart-malformed'],
  ] as const)
    test(`${name} is refused`, async () => {
      assertProblem(await api('POST', '/directory/import', { files }), status, code);
    });

  test('as JSON is refused, and one that breaks off leaves nothing', async () => {
    assert.equal((await api('POST', '/directory/import', { body: {} })).status, 415);
    const answer = await api('POST', '/directory/import', {
      body: '--x\r\nContent-Disposition: form-data; name="devices"\r\n\r\ndeviceName,platform\ncut,linux\n',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    assertProblem(answer, 400, 'multipart-malformed');
    assert.equal(await found('cut'), 0);
    assert.deepEqual(uploads(world.server.foundation.config.data), []);
  });
});

test('kill -9 in the middle of an import leaves nothing of it, and no upload', async () => {
  await using folder = temporaryFolder('import-kill');
  const listen = { host: '127.0.0.1', port: await freePort() };
  const config = {
    ...world.server.foundation.config,
    listen,
    data: folder.path,
    database: { kind: 'sqlite' },
  } as const;
  execFileSync(scepward, ['init', '--name', 'Kill', '--pki-url', 'http://pki.kill.example'], {
    env: { PATH: process.env.PATH, SCEPWARD_DATA: folder.path },
    stdio: 'ignore',
  });
  const count = 30_000;
  const ask = async (url: string, path: string, init: RequestInit = {}) => {
    const token = readFileSync(folder.file('admin-token'), 'utf8').trim();
    const response = await fetch(`${url}/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
    // biome-ignore lint/suspicious/noExplicitAny: the answers are of several shapes
    return (await response.json()) as any;
  };
  const body = () => {
    const form = new FormData();
    form.set('devices', new Blob([devices('killed', count)]));
    return form;
  };
  await using first = await answering(spawnServer(config));
  const lost = ask(first.url, '/directory/import', { method: 'POST', body: body() }).catch(() => 'lost');
  await until('devices to be written', async () => {
    const { import: state } = await ask(first.url, '/directory/import');
    return state?.step === 'devices' && state.done > 0 ? true : undefined;
  });
  assert.equal(uploads(folder.path).length, 1);
  await first.end('SIGKILL');
  assert.equal(await lost, 'lost');

  await using second = await answering(spawnServer(config));
  assert.deepEqual(uploads(folder.path), []);
  assert.deepEqual((await ask(second.url, '/devices?search=killed')).items, []);
  const again = await ask(second.url, '/directory/import', { method: 'POST', body: body() });
  assert.equal(again.counts.devices.created, count);
});
