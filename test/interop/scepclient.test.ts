/** micromdm's scepclient (Debian package scep): single DES, SHA-1 and a key that never changes, whatever the server offers. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { type Certificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { sameBytes, toBase64 } from '../../src/lib/bytes.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import { skipUnless } from '../support/requires.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { type ProfileChange, type ScepTestServer, startScepTestServer } from '../support/scep-test-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { verifyWithOpenssl } from '../support/verify-certificate.ts';

const skip = skipUnless('scepclient', 'openssl');

/** What a profile must allow so that this client can be served. */
const legacy: ProfileChange = {
  slug: 'legacy',
  hashAlgorithm: ['sha1', 'sha2'],
  certificateTemplate: 'legacy',
  ciphers: { tripleDes: true, singleDes: true },
  renewal: { byCertificate: true, sameKey: true, window: 'always' },
};

let server: ScepTestServer;
before(async () => {
  if (skip === false) server = await startScepTestServer();
});
after(() => (skip === false ? server[Symbol.asyncDispose]() : undefined));

function expecting(profile: ScepProfile): Promise<Deployment> {
  return server.addDeployment(profile, {
    subject: [
      ['2.5.4.6', 'NO'],
      ['2.5.4.10', 'O1'],
      ['2.5.4.11', 'OU1'],
      ['2.5.4.3', 'mm1'],
    ],
  });
}

function scepclient(folder: TemporaryFolder, address: string, challenge: string): Promise<CommandResult> {
  return runCommand(
    'scepclient',
    [
      ...['-private-key', 'k.key', '-certificate', 'c.pem', '-server-url', address, '-challenge', challenge],
      ...['-cn', 'mm1', '-organization', 'O1', '-ou', 'OU1', '-country', 'NO', '-debug'],
    ],
    { cwd: folder.path, milliseconds: 25_000 },
  );
}

async function certificateOf(folder: TemporaryFolder): Promise<Certificate> {
  const [der] = pemBlocks(await readFile(folder.file('c.pem'), 'utf8'), 'CERTIFICATE');
  assert.ok(der !== undefined);
  return parseCertificate(der);
}

test('enrols and renews where the profile allows what it does', { skip }, async () => {
  await using folder = temporaryFolder('scepclient');
  const profile = await server.addProfile(legacy);
  const deployment = await expecting(profile);
  const address = server.addressOf(profile, deployment);

  const first = await scepclient(folder, address, await server.mint(deployment));
  assert.equal(first.code, 0, first.stderr);
  const certificate = await certificateOf(folder);
  await verifyWithOpenssl(server.authority, certificate.der);
  assert.equal(toBase64(certificate.subjectDer), deployment.expectation?.subject);

  // The same command with the certificate in place sends a RenewalReq: old key, old request, old challenge.
  const second = await scepclient(folder, address, 'ignored');
  assert.equal(second.code, 0, second.stderr);
  const renewed = await certificateOf(folder);
  await verifyWithOpenssl(server.authority, renewed.der);
  assert.ok(!sameBytes(renewed.der, certificate.der));
  assert.equal((await server.reload(deployment)).issuedGeneration, 2);
  const [row] = await server.stores.scepTransactions.listByDeployment(deployment.id, 1);
  assert.deepEqual([row?.messageType, row?.algorithms.cipher, row?.algorithms.digest], [17, 'des-cbc', 'sha1']);
});

test('is refused by a profile with the default settings, by its algorithms', { skip }, async () => {
  await using folder = temporaryFolder('scepclient');
  const profile = await server.addProfile({ slug: 'modern' });
  const deployment = await expecting(profile);
  const result = await scepclient(folder, server.addressOf(profile, deployment), await server.mint(deployment));
  assert.notEqual(result.code, 0);
  const { items } = await server.stores.events.list(
    { subject: null, types: ['enrollment.refused'] },
    { limit: 1, cursor: null },
  );
  assert.equal(items[0]?.data.reason, 'digest-not-allowed');
  assert.equal((await server.reload(deployment)).issuedGeneration, 0);
});
