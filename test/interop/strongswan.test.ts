/** strongSwan's `pki --scep` (Debian package strongswan-pki): AES and SHA-2, polling, and renewal by RenewalReq. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { decideApproval } from '../../src/enrollment/decide-approval.ts';
import { systemCause } from '../../src/events/event.ts';
import { day } from '../../src/lib/clock.ts';
import { checkIssued } from '../support/issued-certificate.ts';
import { takeRsaKey } from '../support/key-pool.ts';
import { refusals } from '../support/refusals.ts';
import { skipUnless } from '../support/requires.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { makeScenario, type Scenario, type ScenarioOptions } from '../support/scep-scenario.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('pki', 'openssl');

let world: World;
before(async () => {
  if (skip === false) world = await startWorld();
});
after(() => (skip === false ? world[Symbol.asyncDispose]() : undefined));

const rich: Pick<ScenarioOptions, 'settings' | 'user' | 'device'> = {
  user: null,
  device: { fullyQualifiedDomainName: 'ss1.example.test' },
  settings: {
    subjectNameFormat: 'C=NO,O=O1,CN={{DeviceName}}',
    subjectAlternativeNames: [
      { type: 'dns', value: '{{FullyQualifiedDomainName}}' },
      { type: 'ip', value: '10.1.2.3' },
      { type: 'email', value: '{{DeviceName}}@example.test' },
    ],
    certificateValidityPeriod: { value: 90, unit: 'days' },
    extendedKeyUsages: [
      { name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' },
      { name: 'IPsec IKE', oid: '1.3.6.1.5.5.7.3.17' },
    ],
  },
};

function sans(name: string): string[] {
  return ['--san', 'ss1.example.test', '--san', '10.1.2.3', '--san', `${name}@example.test`];
}

/** A folder with a key and the certificates that GetCACert gave. */
async function client(scenario: Scenario): Promise<TemporaryFolder> {
  const folder = temporaryFolder('strongswan');
  await newKey(folder, 'k1.pem');
  const result = await pki(folder, ['--scepca', '--url', scenario.scepUrl, '--caout', 'ca.pem', '--raout', 'ra.pem']);
  assert.equal(result.code, 0, result.stderr);
  return folder;
}

async function newKey(folder: TemporaryFolder, name: string): Promise<void> {
  const { privateKeyPem } = await takeRsaKey();
  await writeFile(folder.file(name), privateKeyPem, { mode: 0o600 });
}

function pki(folder: TemporaryFolder, args: readonly string[]): Promise<CommandResult> {
  return runCommand('pki', [...args, '--outform', 'pem'], { cwd: folder.path, milliseconds: 25_000 });
}

/** It writes ca.pem (the root) and ca-1.pem (the issuer), and checks replies against the latter. */
function scep(folder: TemporaryFolder, scenario: Scenario, args: readonly string[]): Promise<CommandResult> {
  const authority = ['--cacert-enc', 'ra.pem', '--cacert-sig', 'ca-1.pem', '--cacert', 'ca.pem'];
  return pki(folder, ['--scep', '--url', scenario.scepUrl, ...authority, ...args]);
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('enrols with alternative names, then renews with a new key', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'ss1', ...rich });
  await using folder = await client(scenario);
  const dn = ['--dn', 'C=NO, O=O1, CN=ss1', ...sans('ss1')];
  const before = Date.now();
  const first = await scep(folder, scenario, ['--in', 'k1.pem', ...dn, '--password', await scenario.challenge()]);
  assert.equal(first.code, 0, first.stderr);
  const facts = await checkIssued(world, text(first.stdout));
  assert.equal(facts.subject, 'CN=ss1,O=O1,C=NO');
  assert.deepEqual(facts.subjectAlternativeNames, [
    'DNS:ss1.example.test',
    'IP Address:10.1.2.3',
    'email:ss1@example.test',
  ]);
  assert.deepEqual(facts.keyUsage, ['Digital Signature', 'Key Encipherment']);
  assert.deepEqual(facts.extendedKeyUsage, ['TLS Web Client Authentication', 'ipsec Internet Key Exchange']);
  assert.ok(facts.notBefore <= before && facts.notAfter > before + 89 * day && facts.notAfter < before + 91 * day);

  await writeFile(folder.file('c1.pem'), first.stdout);
  await newKey(folder, 'k2.pem');
  const second = await scep(folder, scenario, ['--in', 'k2.pem', ...dn, '--cert', 'c1.pem', '--key', 'k1.pem']);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(
    (await checkIssued(world, text(second.stdout))).subjectAlternativeNames,
    facts.subjectAlternativeNames,
  );
  const { store } = world.server.foundation;
  const [row] = await store.scepTransactions.listByDeployment((await scenario.deployment()).id, 1);
  assert.deepEqual(
    [row?.messageType, row?.outcome, row?.algorithms.cipher, row?.algorithms.digest],
    [17, 'success', 'aes128-cbc', 'sha256'],
  );
  assert.equal((await scenario.deployment()).issuedGeneration, 2);
});

test('enrols with each digest and cipher that it offers and the profile allows', { skip }, async () => {
  for (const [digest, cipher, name] of [
    ['sha384', 'aes', 'aes128-cbc'],
    ['sha512', 'des3', 'des-ede3-cbc'],
  ] as const) {
    const scenario = await makeScenario(world, { name: `ss-${digest}`, user: null });
    await using folder = await client(scenario);
    const result = await scep(folder, scenario, [
      ...['--in', 'k1.pem', '--dn', `CN=ss-${digest}`, '--password', await scenario.challenge()],
      ...['--digest', digest, '--cipher', cipher],
    ]);
    assert.equal(result.code, 0, result.stderr);
    await checkIssued(world, text(result.stdout));
    const [row] = await world.server.foundation.store.scepTransactions.listByDeployment(
      (await scenario.deployment()).id,
      1,
    );
    assert.deepEqual([row?.algorithms.cipher, row?.algorithms.digest], [name, digest]);
  }
});

test('waits for an approval and polls until it has one', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'ss-wait', user: null, server: { approval: 'manual' } });
  await using folder = await client(scenario);
  const { store, clock } = world.server.foundation;
  const asking = scep(folder, scenario, [
    ...['--in', 'k1.pem', '--dn', 'CN=ss-wait', '--password', await scenario.challenge()],
    ...['--interval', '1', '--maxpolltime', '15'],
  ]);
  const { id } = await scenario.deployment();
  const polled = async () =>
    (await store.scepTransactions.listByDeployment(id, 1)).find((row) => row.messageType === 20);
  assert.equal((await until('a first poll', polled)).outcome, 'pending');
  const [request] = await store.pendingRequests.list('waiting', 1);
  assert.ok(request !== undefined);
  await decideApproval({ ...store, clock }, { id: request.id, decision: 'approved', cause: systemCause });
  const result = await asking;
  assert.equal(result.code, 0, result.stderr);
  assert.equal((await checkIssued(world, text(result.stdout))).subject, 'CN=ss-wait');
});

test('is told that an administrator said no', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'ss-no', user: null, server: { approval: 'manual' } });
  await using folder = await client(scenario);
  const { store, clock } = world.server.foundation;
  const asking = scep(folder, scenario, [
    ...['--in', 'k1.pem', '--dn', 'CN=ss-no', '--password', await scenario.challenge()],
    ...['--interval', '1', '--maxpolltime', '15'],
  ]);
  const [request] = await until('a request that waits', async () => {
    const waiting = await store.pendingRequests.list('waiting', 1);
    return waiting.length > 0 ? waiting : undefined;
  });
  assert.ok(request !== undefined);
  await decideApproval({ ...store, clock }, { id: request.id, decision: 'rejected', cause: systemCause });
  const result = await asking;
  assert.notEqual(result.code, 0);
  assert.match(result.stderr, /badRequest|not permitted or supported/);
  assert.equal((await scenario.deployment()).currentCertificateId, null);
});

test('is refused with a wrong challenge or another subject, and nothing is issued', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'ss-bad', ...rich });
  await using folder = await client(scenario);
  const challenge = await scenario.challenge();
  const ask = (dn: string, san: readonly string[], password: string) =>
    scep(folder, scenario, ['--in', 'k1.pem', '--dn', dn, ...san, '--password', password]);
  const right = 'C=NO, O=O1, CN=ss-bad';
  for (const [reason, field, asking] of [
    ['challenge-unknown', null, ask(right, sans('ss-bad'), 'guessed')],
    ['subject-name-mismatch', 'subject.CN', ask('C=NO, O=O1, CN=boss', sans('ss-bad'), challenge)],
    ['subject-alt-name-mismatch', 'subjectAlternativeName', ask(right, sans('boss'), challenge)],
    ['subject-alt-name-missing', 'subjectAlternativeName', ask(right, [], challenge)],
  ] as const) {
    const result = await asking;
    assert.notEqual(result.code, 0, reason);
    assert.equal(result.stdout.length, 0, reason);
    assert.match(result.stderr, /badRequest|not permitted or supported/, reason);
    const events = await refusals(world, scenario.profile.id);
    assert.ok(
      events.some(({ data }) => data.reason === reason && data.field === field),
      reason,
    );
  }
  assert.equal((await scenario.deployment()).currentCertificateId, null);
  // The challenge was not spent by what it did not fit.
  const result = await ask(right, sans('ss-bad'), challenge);
  assert.equal(result.code, 0, result.stderr);
});

test('takes its own certificate from a reply that holds the issuer as well', { skip }, async () => {
  const scenario = await makeScenario(world, { name: 'ss-both', user: null, server: { issuerInReply: true } });
  await using folder = await client(scenario);
  const asked = ['--in', 'k1.pem', '--dn', 'CN=ss-both', '--password', await scenario.challenge()];
  const result = await scep(folder, scenario, asked);
  assert.equal(result.code, 0, result.stderr);
  assert.equal((await checkIssued(world, text(result.stdout))).subject, 'CN=ss-both');
});

test('enrols below an issuer with an elliptic key', { skip }, async () => {
  await using elliptic = await startWorld({ issuerKey: 'p-256' });
  const scenario = await makeScenario(elliptic, { name: 'ss-ec', user: null });
  await using folder = await client(scenario);
  const asked = ['--in', 'k1.pem', '--dn', 'CN=ss-ec', '--password', await scenario.challenge()];
  const result = await scep(folder, scenario, asked);
  assert.equal(result.code, 0, result.stderr);
  assert.equal((await checkIssued(elliptic, text(result.stdout))).subject, 'CN=ss-ec');
});
