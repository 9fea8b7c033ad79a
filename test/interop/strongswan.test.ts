/** strongSwan's own SCEP client (Debian package strongswan-pki) against a running server. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { type Certificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { sameBytes, toBase64 } from '../../src/lib/bytes.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import type { SubjectAlternativeNameType } from '../../src/profiles/scep-settings.ts';
import { takeRsaKey } from '../support/key-pool.ts';
import { skipUnless } from '../support/requires.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { type ScepTestServer, startScepTestServer } from '../support/scep-test-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { verifyWithOpenssl } from '../support/verify-certificate.ts';

const skip = skipUnless('pki', 'openssl');

let server: ScepTestServer;
let folder: TemporaryFolder;
let profile: ScepProfile;

before(async () => {
  if (skip !== false) return;
  server = await startScepTestServer();
  folder = temporaryFolder('strongswan');
  profile = await server.addProfile();
});
after(async () => {
  if (skip !== false) return;
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const names: readonly { readonly type: SubjectAlternativeNameType; readonly value: string }[] = [
  { type: 'dns', value: 'ss1.example.test' },
  { type: 'ip', value: '10.1.2.3' },
  { type: 'email', value: 'u@example.test' },
];
const distinguishedName = 'C=NO, O=O1, CN=ss1';

function expecting(of: ScepProfile): Promise<Deployment> {
  const subject = [
    ['2.5.4.6', 'NO'],
    ['2.5.4.10', 'O1'],
    ['2.5.4.3', 'ss1'],
  ] as const;
  return server.addDeployment(of, { subject, subjectAlternativeNames: names });
}

let keys = 0;

async function newKey(): Promise<string> {
  const file = folder.file(`key-${++keys}.pem`);
  await writeFile(file, (await takeRsaKey()).privateKeyPem, { mode: 0o600 });
  return file;
}

async function fetchCas(address: string): Promise<void> {
  const ca = folder.file('ca.pem');
  const ra = folder.file('ra.pem');
  const args = ['--scepca', '--url', address, '--caout', ca, '--raout', ra, '--outform', 'pem', '--force'];
  const { code, stderr } = await runCommand('pki', args);
  assert.equal(code, 0, stderr);
}

async function request(address: string, key: string, more: readonly string[]): Promise<CommandResult> {
  await fetchCas(address);
  const sans = names.flatMap(({ value }) => ['--san', value]);
  // `--scepca` numbers the CAs: the root, then the issuer.
  const cas = ['--cacert-enc', folder.file('ra.pem'), '--cacert-sig', folder.file('ca.pem')];
  cas.push('--cacert', folder.file('ca-1.pem'));
  return runCommand('pki', [
    '--scep',
    ...['--url', address, '--in', key, '--dn', distinguishedName, ...sans, ...cas, '--outform', 'pem', ...more],
  ]);
}

function certificateIn({ code, stdout, stderr }: CommandResult): Certificate {
  assert.equal(code, 0, stderr);
  const [der] = pemBlocks(new TextDecoder().decode(stdout), 'CERTIFICATE');
  assert.ok(der !== undefined, stderr);
  return parseCertificate(der);
}

test('enrols with alternative names, and renews with a new key', { skip }, async () => {
  const deployment = await expecting(profile);
  const address = server.addressOf(profile, deployment);
  const key = await newKey();
  const result = await request(address, key, ['--password', await server.mint(deployment)]);
  const certificate = certificateIn(result);
  await verifyWithOpenssl(server.authority, certificate.der);
  assert.equal(toBase64(certificate.subjectDer), deployment.expectation?.subject);

  const file = folder.file('certificate.pem');
  await writeFile(file, result.stdout);
  const renewed = certificateIn(await request(address, await newKey(), ['--cert', file, '--key', key]));
  await verifyWithOpenssl(server.authority, renewed.der);
  assert.ok(!sameBytes(renewed.spki, certificate.spki));
  assert.equal((await server.reload(deployment)).issuedGeneration, 2);
});

for (const options of [
  ['--digest', 'sha384'],
  ['--digest', 'sha512'],
  ['--cipher', 'des3'],
])
  test(`enrols with ${options.join(' ')}`, { skip }, async () => {
    const deployment = await expecting(profile);
    const challenge = await server.mint(deployment);
    const result = await request(server.addressOf(profile), await newKey(), ['--password', challenge, ...options]);
    await verifyWithOpenssl(server.authority, certificateIn(result).der);
  });

test('waits for an approval by polling', { skip }, async () => {
  const manual = await server.addProfile({ slug: 'manual', approval: 'manual' });
  const deployment = await expecting(manual);
  const waiting = ['--password', await server.mint(deployment), '--interval', '1', '--maxpolltime', '30'];
  const running = request(server.addressOf(manual), await newKey(), waiting);
  while ((await server.decide('approved')).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  await verifyWithOpenssl(server.authority, certificateIn(await running).der);
  const rows = await server.stores.scepTransactions.listByDeployment(deployment.id, 10);
  assert.ok(rows.some(({ messageType, outcome }) => messageType === 20 && outcome === 'success'));
});

test('prints the failure of a wrong challenge', { skip }, async () => {
  const deployment = await expecting(profile);
  const result = await request(server.addressOf(profile), await newKey(), ['--password', 'WRONG']);
  assert.notEqual(result.code, 0);
  assert.match(result.stderr, /transaction not permitted or supported/i);
  assert.equal((await server.reload(deployment)).issuedGeneration, 0);
});
