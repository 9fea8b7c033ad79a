/** What the command line says when the machine does not let it: one line that names the file, never a stack. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from '../support/world.ts';

const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));
const folder = temporaryFolder('cli-refusals');
const data = folder.file('data');
const secret = folder.file('secret');
const initArguments = ['init', '--name', 'Example', '--pki-url', 'http://pki.example.org', '--root-key', 'p-256'];
let environment: Record<string, string> = {};

type Answer = { readonly code: number; readonly stderr: string; readonly result: Record<string, unknown> | null };

async function run(args: readonly string[], env: Record<string, string> = {}, as: readonly string[] = []) {
  const [command = scepward, ...rest] = [...as, scepward, ...args];
  const done = await runCommand(command, rest, { env: { ...environment, ...env } });
  const text = new TextDecoder().decode(done.stdout);
  assert.doesNotMatch(done.stderr, /mistake of ours|\n\s+at /);
  const result: Answer['result'] = args.includes('--json') ? JSON.parse(text) : null;
  return { code: done.code, stderr: done.stderr, result };
}

before(async () => {
  environment = {
    SCEPWARD_DATA: data,
    SCEPWARD_SECRET_FILE: secret,
    SCEPWARD_LISTEN: `127.0.0.1:${await freePort()}`,
  };
  const made = await run(initArguments);
  assert.equal(made.code, 0, made.stderr);
});
after(() => folder[Symbol.asyncDispose]());

/** Somebody else: `root` may read everything. */
const stranger = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const skip = process.getuid?.() === 0 ? false : 'needs root, to become somebody else';

describe('somebody who may not read the installation', { skip }, () => {
  for (const args of [['serve'], initArguments, ['demo', '--once']])
    it(`is told by ${args[0]} which file it is, as text and as JSON`, async () => {
      const { code, stderr, result } = await run([...args, '--json'], {}, stranger);
      assert.equal(code, 1);
      assert.match(String(result?.detail), /EACCES|cannot be opened/);
      assert.ok(String(result?.detail).includes(folder.path));
      assert.ok(stderr.includes(folder.path));
    });

  it('is told by doctor, which goes through all of its checks', async () => {
    const { code, result } = await run(['doctor', '--json'], {}, stranger);
    assert.equal(code, 1);
    const checks = result?.checks as { check: string; status: string; detail: string }[];
    const wrong = checks.filter(({ status }) => status === 'problem');
    assert.deepEqual([...new Set(wrong.map(({ check }) => check))], ['secret', 'database']);
    assert.ok(wrong.every(({ detail }) => detail.includes(folder.path)));
  });
});

describe('serve', () => {
  it('makes nothing where there is no installation', async () => {
    const nowhere = folder.file('nowhere', 'below');
    const { code, result } = await run(['serve', '--json'], { SCEPWARD_DATA: nowhere });
    assert.equal(code, 1);
    assert.equal(result?.code, 'not-initialised');
    assert.ok(String(result?.detail).includes(nowhere));
    assert.equal(existsSync(folder.file('nowhere')), false);
  });

  it('says that a folder is a file', async () => {
    const file = folder.file('file');
    writeFileSync(file, '');
    const { code, stderr } = await run(['init', ...initArguments.slice(1)], { SCEPWARD_DATA: file });
    assert.equal(code, 1);
    assert.ok(stderr.includes(file));
  });

  it('says that the database is none', async () => {
    await using other = temporaryFolder('cli-damaged');
    writeFileSync(other.file('scepward.db'), 'no database\n'.repeat(500));
    const { code, result } = await run(['serve', '--json'], { SCEPWARD_DATA: other.path });
    assert.equal(code, 1);
    assert.equal(result?.code, 'database-damaged');
  });
});

describe('init', () => {
  it('makes no other secret for keys that one has sealed', async () => {
    const elsewhere = folder.file('elsewhere', 'secret');
    const { code, result } = await run([...initArguments, '--json'], { SCEPWARD_SECRET_FILE: elsewhere });
    assert.equal(code, 1);
    assert.equal(result?.code, 'secret-missing');
    assert.equal(existsSync(folder.file('elsewhere')), false);
  });
});

describe('whatever the system refuses', () => {
  it('is one line in its own words, and one JSON document', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr, result } = await run(['serve', '--json'], { SCEPWARD_LISTEN: `127.0.0.1:${port}` });
    taken.close();
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^scepward: .*127\\.0\\.0\\.1:${port}.*$`, 'm'));
    assert.ok(String(result?.detail).includes(String(port)));
    assert.equal(typeof result?.code, 'string');
  });
});

describe('help and version under --json', () => {
  for (const [args, key, said] of [
    [['--help'], 'help', /^Usage: scepward .*\n[\s\S]*profile/],
    [['profile', 'show', '--help'], 'help', /^Usage: scepward profile show/],
    [['help', 'profile'], 'help', /^Usage: scepward profile /],
    [['--version'], 'version', /^\d+\.\d+\.\d+$/],
  ] as const)
    it(`${args.join(' ')} is one document`, async () => {
      const { code, stderr, result } = await run([...args, '--json']);
      assert.deepEqual([code, stderr, Object.keys(result ?? {})], [0, '', [key]]);
      assert.match(String(result?.[key]), said);
    });

  it('no command at all is wrong use', async () => {
    const { code, result } = await run(['profile', '--json']);
    assert.deepEqual([code, result?.code], [2, 'wrong-use']);
  });
});

describe('one deployment', () => {
  for (const option of [['--dry-run'], ['--no-wait'], ['--rate', '3']])
    it(`is not re-issued with ${option.join(' ')}, which is for many`, async () => {
      const { code, result } = await run(['deployment', 'reissue', 'somebody', ...option, '--json']);
      assert.equal(code, 2);
      assert.equal(result?.code, 'wrong-use');
    });
});
