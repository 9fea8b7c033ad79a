/**
 * certmonger (Debian package certmonger) on a D-Bus of its own: PKIOperation by GET, transactionIDs of 77 digits, and
 * renewals that are PKCSReqs signed with the old certificate, the spent challenge still inside.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { decideApproval } from '../../src/enrollment/decide-approval.ts';
import { systemCause } from '../../src/events/event.ts';
import { checkIssued } from '../support/issued-certificate.ts';
import { refusals } from '../support/refusals.ts';
import { findProgram, skipUnless } from '../support/requires.ts';
import { runCommand } from '../support/run-command.ts';
import { makeScenario, type Scenario, type ScenarioOptions } from '../support/scep-scenario.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('certmonger', 'getcert', 'dbus-daemon', 'openssl');

/** The daemon, and a folder in which it keeps everything. */
type Certmonger = AsyncDisposable & {
  readonly folder: TemporaryFolder;
  getcert(...args: readonly string[]): Promise<string>;
};

let world: World;
let certmonger: Certmonger;
before(async () => {
  if (skip !== false) return;
  [world, certmonger] = await Promise.all([startWorld(), startCertmonger()]);
});
after(async () => {
  if (skip !== false) return;
  await certmonger[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function startCertmonger(): Promise<Certmonger> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(temporaryFolder('certmonger'));
  const bus = `unix:path=${folder.file('bus')}`;
  const log = openSync(folder.file('log'), 'a', 0o600);
  const env = {
    ...process.env,
    HOME: folder.path,
    TMPDIR: folder.path,
    DBUS_SESSION_BUS_ADDRESS: bus,
    CERTMONGER_CONFIG_DIR: folder.path,
    // Else it shares what it keeps with the machine's own, and finds there what an interrupted run has left.
    CERTMONGER_REQUESTS_DIR: folder.file('requests'),
    CERTMONGER_CAS_DIR: folder.file('cas'),
    CERTMONGER_LOCAL_CA_DIR: folder.file('local'),
    CERTMONGER_SYSTEM_LOCK_FILE: folder.file('lock'),
  };
  for (const name of ['requests', 'cas', 'local']) mkdirSync(folder.file(name), { mode: 0o700 });
  const run = (program: string, args: readonly string[]): void => {
    const path = findProgram(program) ?? program;
    const child = spawn(path, args, { env, cwd: folder.path, stdio: ['ignore', log, log] });
    starting.defer(() => ended(child));
  };
  run('dbus-daemon', ['--session', `--address=${bus}`, '--nofork']);
  await until('the bus', () => existsSync(folder.file('bus')) || undefined);
  run('certmonger', ['-s', '-n', '-d', '3']);
  const getcert = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand('getcert', args, { env, cwd: folder.path });
    const said = new TextDecoder().decode(stdout);
    if (code !== 0) throw new Error(`getcert ${args[0]} ended with ${code}: ${said}${stderr}`);
    return said;
  };
  await until('certmonger', () =>
    getcert('list', '-s').then(
      () => true,
      () => undefined,
    ),
  );
  const running = starting.move();
  return { folder, getcert, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

type Tracked = { readonly id: string; readonly certificate: () => Promise<string> };

/** Asks for a certificate under the scenario's name and waits for the state that ends it. */
async function request(scenario: Scenario, challenge: string): Promise<Tracked> {
  const name = scenario.device.deviceName;
  const { folder, getcert } = certmonger;
  await getcert('add-scep-ca', '-s', '-c', name, '-u', scenario.scepUrl);
  const said = await getcert(
    ...['request', '-s', '-c', name, '-k', folder.file(`${name}.key`), '-f', folder.file(`${name}.pem`)],
    ...['-N', `CN=${name},O=O1,C=NO`, '-D', `${name}.example.test`, '-A', '10.9.8.7', '-L', challenge, '-g', '2048'],
  );
  const id = /"([^"]+)"/.exec(said)?.[1];
  assert.ok(id !== undefined, said);
  return { id, certificate: () => readFile(folder.file(`${name}.pem`), 'utf8') };
}

/** What `getcert list` says once the request is at rest. */
async function settled({ id }: Tracked): Promise<string> {
  const said = await until(`certmonger to settle ${id}`, async () => {
    const list = await certmonger.getcert('list', '-s', '-i', id);
    return /status: (?:MONITORING|CA_REJECTED|CA_UNREACHABLE|CA_UNCONFIGURED|NEED_.*|GENERATING_.*STUCK)/.test(list)
      ? list
      : undefined;
  });
  return said;
}

/** Waits for another certificate than `before` in the file. */
async function replaced(tracked: Tracked, before: string): Promise<string> {
  return until('another certificate', async () => {
    const now = await tracked.certificate();
    return now !== before && now !== '' ? now : undefined;
  });
}

const options: Omit<ScenarioOptions, 'name'> = {
  user: null,
  settings: {
    subjectNameFormat: 'CN={{DeviceName}},O=O1,C=NO',
    subjectAlternativeNames: [
      { type: 'dns', value: '{{DeviceName}}.example.test' },
      { type: 'ip', value: '10.9.8.7' },
    ],
  },
  server: { renewal: { byCertificate: true, sameKey: true, window: 'always' } },
};

test('request, resubmit with the same key, rekey with a new one', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'cm1', ...options });
  const tracked = await request(scenario, await scenario.challenge());
  assert.match(
    await settled(tracked),
    /status: MONITORING/,
    JSON.stringify(await refusals(world, scenario.profile.id)),
  );
  const first = await tracked.certificate();
  const facts = await checkIssued(world, first);
  assert.equal(facts.subject, 'C=NO,O=O1,CN=cm1');
  assert.deepEqual(facts.subjectAlternativeNames, ['DNS:cm1.example.test', 'IP Address:10.9.8.7']);
  assert.deepEqual(facts.keyUsage, ['Digital Signature', 'Key Encipherment']);
  assert.deepEqual(facts.extendedKeyUsage, ['TLS Web Client Authentication']);

  await certmonger.getcert('resubmit', '-s', '-i', tracked.id);
  const second = await replaced(tracked, first);
  assert.equal((await checkIssued(world, second)).subject, facts.subject);

  await certmonger.getcert('rekey', '-s', '-i', tracked.id);
  const third = await replaced(tracked, second);
  assert.deepEqual((await checkIssued(world, third)).subjectAlternativeNames, facts.subjectAlternativeNames);
  assert.match(await settled(tracked), /status: MONITORING/);

  const deployment = await scenario.deployment();
  assert.equal(deployment.issuedGeneration, 3);
  const { store } = world.server.foundation;
  const rows = await store.scepTransactions.listByDeployment(deployment.id, 10);
  assert.deepEqual(
    rows.map(({ messageType, outcome }) => [messageType, outcome]),
    [
      [19, 'success'],
      [19, 'success'],
      [19, 'success'],
    ],
  );
  const certificates = await store.certificates.list(
    { deploymentId: deployment.id, deviceId: null, profileId: null, search: null, status: null },
    world.clock.now(),
    { limit: 10, cursor: null },
  );
  const [newest, middle, oldest] = certificates.items;
  assert.equal(middle?.keyHash, oldest?.keyHash);
  assert.notEqual(newest?.keyHash, middle?.keyHash);
  // Old certificate and old challenge in one message: it was the certificate that counted.
  const { items: renewals } = await store.events.list(
    { subject: { kind: 'deployment', id: deployment.id }, types: ['certificate.renewed'] },
    { limit: 10, cursor: null },
  );
  assert.equal(renewals.length, 2);
  assert.ok(world.log.some((line) => line.includes('"method":"GET"') && line.includes('/scep/cm1')));
});

test('by the default settings a resubmit with the same key is refused, and a rekey is not', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'cm2', ...options, server: {} });
  const tracked = await request(scenario, await scenario.challenge());
  assert.match(await settled(tracked), /status: MONITORING/);
  await certmonger.getcert('resubmit', '-s', '-i', tracked.id);
  const refused = await until('a refusal', async () => (await refusals(world, scenario.profile.id))[0]);
  assert.equal(refused.data.reason, 'renewal-same-key');
  assert.equal((await scenario.deployment()).issuedGeneration, 1);
  await settled(tracked);

  const first = await tracked.certificate();
  await certmonger.getcert('rekey', '-s', '-i', tracked.id);
  await checkIssued(world, await replaced(tracked, first));
  assert.equal((await scenario.deployment()).issuedGeneration, 2);
});

test('a wrong challenge is refused', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'cm3', ...options });
  const tracked = await request(scenario, 'guessed');
  const said = await settled(tracked);
  assert.match(said, /status: CA_REJECTED|status: CA_UNREACHABLE/);
  assert.equal((await refusals(world, scenario.profile.id))[0]?.data.reason, 'challenge-unknown');
  assert.equal((await scenario.deployment()).currentCertificateId, null);
});

test('waits for an approval, and gets its certificate when it is told to look again', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'cm4', ...options, server: { approval: 'manual' } });
  const tracked = await request(scenario, await scenario.challenge());
  const { store, clock } = world.server.foundation;
  const { id } = await scenario.deployment();
  const [pending] = await until('a request that waits', async () => {
    const waiting = await store.pendingRequests.list('waiting', 1);
    return waiting.length > 0 ? waiting : undefined;
  });
  assert.ok(pending !== undefined);
  const { folder, getcert } = certmonger;
  assert.ok(!existsSync(folder.file('cm4.pem')));
  await until(
    'certmonger to wait',
    async () => /status: CA_WORKING/.test(await getcert('list', '-s', '-i', tracked.id)) || undefined,
  );
  await decideApproval({ ...store, clock }, { id: pending.id, decision: 'approved', cause: systemCause });
  // It sends its PKCSReq again where others poll.
  await getcert('refresh', '-s', '-i', tracked.id);
  assert.match(await settled(tracked), /status: MONITORING/);
  assert.equal((await checkIssued(world, await tracked.certificate())).subject, 'C=NO,O=O1,CN=cm4');
  const [row] = await store.scepTransactions.listByDeployment(id, 1);
  assert.deepEqual([row?.messageType, row?.outcome], [19, 'success']);
});
