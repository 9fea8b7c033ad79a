/** micromdm's scepclient (Debian package scep): single DES, SHA-1 and a key that never changes, whatever the server offers. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { defaultTemplate, legacyTemplate } from '../../src/authority/certificate-template.ts';
import { checkIssued } from '../support/issued-certificate.ts';
import { refusals } from '../support/refusals.ts';
import { skipUnless } from '../support/requires.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { makeScenario, type ScenarioOptions } from '../support/scep-scenario.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('scepclient', 'openssl');

let world: World;
before(async () => {
  if (skip === false) world = await startWorld({ rootKey: 'rsa-2048', templates: [defaultTemplate, legacyTemplate] });
});
after(() => (skip === false ? world[Symbol.asyncDispose]() : undefined));

/** It cannot ask for alternative names. */
const subject = { user: null, settings: { subjectNameFormat: 'C=NO,O=O1,OU=OU1,CN={{DeviceName}}' } };

/** What a profile must allow so that this client can be served. */
const legacy: Omit<ScenarioOptions, 'name'> = {
  user: null,
  settings: { ...subject.settings, hashAlgorithm: ['sha1', 'sha2'] },
  server: {
    certificateTemplate: 'legacy',
    ciphers: { tripleDes: true, singleDes: true },
    renewal: { byCertificate: true, sameKey: true, window: 'always' },
  },
};

function scepclient(folder: TemporaryFolder, url: string, name: string, challenge: string): Promise<CommandResult> {
  return runCommand(
    'scepclient',
    [
      ...['-private-key', 'k.key', '-certificate', 'c.pem', '-server-url', url, '-challenge', challenge],
      ...['-cn', name, '-organization', 'O1', '-ou', 'OU1', '-country', 'NO', '-debug'],
    ],
    { cwd: folder.path, milliseconds: 25_000 },
  );
}

test('enrols and renews where the profile allows what it does', { skip }, async () => {
  await using folder = temporaryFolder('scepclient');
  const scenario = await makeScenario(world, { name: 'mm1', ...legacy });
  const first = await scepclient(folder, scenario.scepUrl, 'mm1', await scenario.challenge());
  assert.equal(first.code, 0, first.stderr);
  const certificate = await readFile(folder.file('c.pem'), 'utf8');
  const facts = await checkIssued(world, certificate);
  assert.equal(facts.subject, 'CN=mm1,OU=OU1,O=O1,C=NO');
  assert.deepEqual(facts.keyUsage, ['Digital Signature', 'Key Encipherment']);
  assert.deepEqual(facts.extendedKeyUsage, ['TLS Web Client Authentication']);

  // The same command with the certificate in place sends a RenewalReq: old key, old request, old challenge.
  const second = await scepclient(folder, scenario.scepUrl, 'mm1', 'ignored');
  assert.equal(second.code, 0, second.stderr);
  const renewed = await readFile(folder.file('c.pem'), 'utf8');
  assert.notEqual(renewed, certificate);
  assert.equal((await checkIssued(world, renewed)).subject, facts.subject);
  const deployment = await scenario.deployment();
  assert.equal(deployment.issuedGeneration, 2);
  const [row] = await world.server.foundation.store.scepTransactions.listByDeployment(deployment.id, 1);
  assert.deepEqual([row?.messageType, row?.algorithms.cipher, row?.algorithms.digest], [17, 'des-cbc', 'sha1']);
});

test('is refused where a profile allows SHA-1 but not single DES, and where it may not keep its key', {
  skip,
}, async () => {
  const noDes = await makeScenario(world, { name: 'mm-aes', ...legacy, server: { certificateTemplate: 'legacy' } });
  await using one = temporaryFolder('scepclient');
  const first = await scepclient(one, noDes.scepUrl, 'mm-aes', await noDes.challenge());
  assert.notEqual(first.code, 0);
  assert.equal((await refusals(world, noDes.profile.id))[0]?.data.reason, 'cipher-not-allowed');
  assert.equal((await noDes.deployment()).currentCertificateId, null);

  const newKeys = await makeScenario(world, {
    name: 'mm-new',
    ...legacy,
    server: { ...legacy.server, renewal: { byCertificate: true, sameKey: false, window: 'always' } },
  });
  await using two = temporaryFolder('scepclient');
  const enrolled = await scepclient(two, newKeys.scepUrl, 'mm-new', await newKeys.challenge());
  assert.equal(enrolled.code, 0, enrolled.stderr);
  assert.notEqual((await scepclient(two, newKeys.scepUrl, 'mm-new', 'ignored')).code, 0);
  assert.equal((await refusals(world, newKeys.profile.id))[0]?.data.reason, 'renewal-same-key');
  assert.equal((await newKeys.deployment()).issuedGeneration, 1);
});

test('is refused by a profile with the default settings, by its algorithms', { skip }, async () => {
  await using folder = temporaryFolder('scepclient');
  const scenario = await makeScenario(world, { name: 'mm-default', ...subject });
  const result = await scepclient(folder, scenario.scepUrl, 'mm-default', await scenario.challenge());
  assert.notEqual(result.code, 0);
  assert.match(new TextDecoder().decode(result.stdout) + result.stderr, /badAlg/i);
  const events = await refusals(world, scenario.profile.id);
  assert.deepEqual(
    events.map(({ data }) => data.reason),
    ['digest-not-allowed'],
  );
  assert.equal((await scenario.deployment()).currentCertificateId, null);
});

test('takes its own certificate from a reply that holds the issuer as well', { skip }, async () => {
  await using folder = temporaryFolder('scepclient');
  const server = { ...legacy.server, issuerInReply: true };
  const scenario = await makeScenario(world, { name: 'mm-both', ...legacy, server });
  const result = await scepclient(folder, scenario.scepUrl, 'mm-both', await scenario.challenge());
  assert.equal(result.code, 0, result.stderr);
  const facts = await checkIssued(world, await readFile(folder.file('c.pem'), 'utf8'));
  assert.equal(facts.subject, 'CN=mm-both,OU=OU1,O=O1,C=NO');
});

test('encrypts to whatever GetCACert has, so it is spared an elliptic root', { skip }, async () => {
  await using elliptic = await startWorld({ rootKey: 'p-256', templates: [defaultTemplate, legacyTemplate] });
  await using folder = temporaryFolder('scepclient');
  const scenario = await makeScenario(elliptic, {
    name: 'mm-ec',
    ...legacy,
    server: { ...legacy.server, caCertificates: 'issuer' },
  });
  const result = await scepclient(folder, scenario.scepUrl, 'mm-ec', await scenario.challenge());
  assert.equal(result.code, 0, result.stderr);
  await checkIssued(elliptic, await readFile(folder.file('c.pem'), 'utf8'));
});
