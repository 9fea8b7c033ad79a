/** certmonger (Debian's package): PKIOperation by GET, AES-256; `request`, `resubmit` with the same key, `rekey` with a new one. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { type Certificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { sameBytes, toBase64 } from '../../src/lib/bytes.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import { findProgram, skipUnless } from '../support/requires.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { type ScepTestServer, startScepTestServer } from '../support/scep-test-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { verifyWithOpenssl } from '../support/verify-certificate.ts';

const skip = skipUnless('certmonger', 'getcert', 'dbus-daemon', 'openssl');

let server: ScepTestServer;
let folder: TemporaryFolder;
let env: Record<string, string>;
const daemons: ChildProcess[] = [];

before(async () => {
  if (skip !== false) return;
  server = await startScepTestServer();
  folder = temporaryFolder('certmonger');
  env = environment();
  // Their output goes to a file: a pipe would keep this process waiting for them.
  start('dbus-daemon', ['--session', `--address=unix:path=${folder.file('bus')}`, '--nofork']);
  await until(() => access(folder.file('bus')));
  start('certmonger', ['-s', '-n', '-d', '3']);
  await until(async () => assert.equal((await getcert('list', '-s')).code, 0));
});
after(async () => {
  if (skip !== false) return;
  for (const daemon of daemons.reverse()) {
    daemon.kill();
    await once(daemon, 'exit');
  }
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A bus and a state of its own, apart from the machine's. */
function environment(): Record<string, string> {
  for (const name of ['requests', 'cas', 'local', 'tmp']) mkdirSync(folder.file(name), { mode: 0o700 });
  return {
    HOME: folder.path,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder.file('bus')}`,
    CERTMONGER_CONFIG_DIR: folder.path,
    CERTMONGER_REQUESTS_DIR: folder.file('requests'),
    CERTMONGER_CAS_DIR: folder.file('cas'),
    CERTMONGER_LOCAL_CA_DIR: folder.file('local'),
    CERTMONGER_TMPDIR: folder.file('tmp'),
    CERTMONGER_SYSTEM_LOCK_FILE: folder.file('lock'),
  };
}

function start(program: 'dbus-daemon' | 'certmonger', args: readonly string[]): void {
  const output = openSync(folder.file(`${program}.log`), 'a');
  const path = findProgram(program) ?? program;
  daemons.push(spawn(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] }));
}

function getcert(...args: string[]): Promise<CommandResult> {
  return runCommand('getcert', args, { env });
}

/** Tries every 50 ms, for 10 s at most. */
async function until(attempt: () => Promise<void>): Promise<void> {
  for (let left = 200; ; left--)
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

const names = [
  { type: 'dns', value: 'cm1.example.test' },
  { type: 'ip', value: '10.9.8.7' },
] as const;

function expecting(profile: ScepProfile): Promise<Deployment> {
  return server.addDeployment(profile, {
    subject: [
      ['2.5.4.6', 'NO'],
      ['2.5.4.10', 'O1'],
      ['2.5.4.3', 'cm1'],
    ],
    subjectAlternativeNames: names,
  });
}

async function request(profile: ScepProfile, id: string, challenge: string): Promise<CommandResult> {
  const added = await getcert('add-scep-ca', '-s', '-c', id, '-u', server.addressOf(profile));
  assert.equal(added.code, 0, added.stderr);
  const files = ['-k', folder.file(`${id}.key`), '-f', folder.file(`${id}.pem`)];
  const name = ['-N', 'C=NO,O=O1,CN=cm1', '-D', 'cm1.example.test', '-A', '10.9.8.7', '-g', '2048'];
  return getcert('request', '-s', '-c', id, '-I', id, ...files, ...name, '-L', challenge, '-w');
}

async function certificateOf(id: string): Promise<Certificate> {
  const [der] = pemBlocks(await readFile(folder.file(`${id}.pem`), 'utf8'), 'CERTIFICATE');
  assert.ok(der !== undefined);
  await verifyWithOpenssl(server.authority, der);
  return parseCertificate(der);
}

test('requests, resubmits and rekeys', { skip }, async () => {
  const profile = await server.addProfile({
    slug: 'certmonger',
    renewal: { byCertificate: true, sameKey: true, window: 'always' },
  });
  const deployment = await expecting(profile);
  const requested = await request(profile, 'one', await server.mint(deployment));
  assert.equal(requested.code, 0, requested.stderr);
  const first = await certificateOf('one');
  assert.equal(toBase64(first.subjectDer), deployment.expectation?.subject);

  const resubmitted = await getcert('resubmit', '-s', '-i', 'one', '-w');
  assert.equal(resubmitted.code, 0, resubmitted.stderr);
  const second = await certificateOf('one');
  assert.ok(sameBytes(second.spki, first.spki) && !sameBytes(second.der, first.der));

  const rekeyed = await getcert('rekey', '-s', '-i', 'one', '-w');
  assert.equal(rekeyed.code, 0, rekeyed.stderr);
  const third = await certificateOf('one');
  assert.ok(!sameBytes(third.spki, first.spki));
  assert.equal((await server.reload(deployment)).issuedGeneration, 3);
});

test('waits for an approval and gets the certificate', { skip }, async () => {
  const manual = await server.addProfile({ slug: 'manual', approval: 'manual' });
  const deployment = await expecting(manual);
  // `-w` would wait for an end that an administrator brings about.
  const added = await getcert('add-scep-ca', '-s', '-c', 'two', '-u', server.addressOf(manual));
  assert.equal(added.code, 0, added.stderr);
  const files = ['-k', folder.file('two.key'), '-f', folder.file('two.pem')];
  const name = ['-N', 'C=NO,O=O1,CN=cm1', '-D', 'cm1.example.test', '-A', '10.9.8.7', '-g', '2048'];
  await getcert('request', '-s', '-c', 'two', '-I', 'two', ...files, ...name, '-L', await server.mint(deployment));
  await until(async () => assert.equal((await server.decide('approved')).length, 1));
  await until(async () => {
    await getcert('resubmit', '-s', '-i', 'two', '-w');
    await certificateOf('two');
  });
});

test('shows why it was refused', { skip }, async () => {
  const profile = await server.addProfile({ slug: 'strict' });
  const deployment = await expecting(profile);
  await request(profile, 'three', 'WRONG');
  const listed = new TextDecoder().decode((await getcert('list', '-s', '-i', 'three')).stdout);
  assert.match(listed, /ca-error: Transaction either is not permitted/);
  assert.equal((await server.reload(deployment)).issuedGeneration, 0);
});
