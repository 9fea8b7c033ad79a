/** What people look at by hand, with `curl` and `openssl`: capabilities, CA certificates, revocation lists, TLS. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { enroll } from '../../src/client/scep-client.ts';
import { systemCause } from '../../src/events/event.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { authorityPem, checkIssued } from '../support/issued-certificate.ts';
import { openssl, opensslText } from '../support/openssl.ts';
import { ownClient } from '../support/own-client.ts';
import { skipUnless } from '../support/requires.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { makeScenario, type Scenario } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('openssl', 'curl');

let world: World;
let scenario: Scenario;
before(async () => {
  if (skip !== false) return;
  world = await startWorld({ tls: true });
  scenario = await makeScenario(world, { name: 'oc1' });
});
after(() => (skip === false ? world[Symbol.asyncDispose]() : undefined));

function curl(...args: readonly string[]): Promise<CommandResult> {
  return runCommand('curl', ['--silent', '--show-error', '--fail', '--max-time', '10', ...args]);
}

async function download(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const { code, stdout, stderr } = await curl(url);
  assert.equal(code, 0, stderr);
  return stdout;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function enrolled(url: string, by: Scenario): Promise<Uint8Array> {
  await using client = await ownClient(world, url);
  const outcome = await enroll(
    client.exchange,
    await testClientKey(),
    requestedBy(await by.deployment()),
    await by.challenge(),
  );
  assert.equal(outcome.kind, 'issued', JSON.stringify(outcome));
  if (outcome.kind !== 'issued') throw new Error('unreachable');
  return outcome.certificate;
}

test('GetCACaps is a list of keywords', { skip }, async () => {
  const { stdout } = await curl('--write-out', '%{content_type}', `${scenario.scepUrl}?operation=GetCACaps`);
  const lines = text(stdout).split('\n');
  assert.equal(
    lines.slice(0, -1).toSorted().join(' '),
    'AES DES3 POSTPKIOperation Renewal SCEPStandard SHA-256 SHA-384 SHA-512',
  );
  assert.equal(lines.at(-1), 'text/plain');
});

test('GetCACert is a PKCS#7 of RA, issuer and root that openssl verifies', { skip }, async () => {
  const type = ['--write-out', '%{stderr}%{content_type}'];
  const { stdout, stderr } = await curl(...type, `${scenario.scepUrl}?operation=GetCACert`);
  assert.equal(stderr, 'application/x-x509-ca-ra-cert');
  const pem = await opensslText(['pkcs7', '-inform', 'DER', '-print_certs'], { input: stdout });
  const subjects = [...pem.matchAll(/^subject=(.*)$/gm)].map(([, subject]) => subject);
  assert.equal(subjects.length, 3, pem);
  assert.match(subjects[0] ?? '', /RA$/);
  const { root, issuer } = await authorityPem(world);
  await opensslText(['verify', '-x509_strict', '-CAfile', 'root.pem', '-untrusted', 'issuer.pem', 'ra.pem'], {
    files: { 'root.pem': root, 'issuer.pem': issuer, 'ra.pem': pem },
  });
});

test('the CA certificate and the revocation list lie where the certificate says', { skip }, async () => {
  const leaf = await enrolled(scenario.scepUrl, scenario);
  const leafPem = toPem('CERTIFICATE', leaf);
  await checkIssued(world, leafPem);
  const said = await opensslText(['x509', '-noout', '-ext', 'authorityInfoAccess,crlDistributionPoints'], {
    input: leafPem,
  });
  const [issuerUrl] = /http:\S+\.cer/.exec(said) ?? [];
  const [crlUrl] = /http:\S+\.crl/.exec(said) ?? [];
  assert.ok(issuerUrl !== undefined && crlUrl !== undefined, said);

  const { root } = await authorityPem(world);
  const issuer = await openssl(['x509', '-inform', 'DER'], { input: await download(issuerUrl) });
  // The issuer has a revocation list of its own, and its own certificate says where its issuer is.
  const issuerSays = await opensslText(['x509', '-noout', '-ext', 'crlDistributionPoints'], { input: issuer });
  const [rootCrlUrl] = /http:\S+\.crl/.exec(issuerSays) ?? [];
  assert.ok(rootCrlUrl !== undefined, issuerSays);
  const rootCrl = await openssl(['crl', '-inform', 'DER'], { input: await download(rootCrlUrl) });
  await opensslText(['crl', '-noout', '-verify', '-CAfile', 'root.pem'], {
    input: rootCrl,
    files: { 'root.pem': root },
  });

  const checked = async (): Promise<string> => {
    const crl = await openssl(['crl', '-inform', 'DER'], { input: await download(crlUrl) });
    await opensslText(['crl', '-noout', '-verify', '-CAfile', 'issuer.pem'], {
      input: crl,
      files: { 'issuer.pem': issuer },
    });
    return opensslText(
      [
        ...['verify', '-x509_strict', '-crl_check_all', '-CAfile', 'root.pem', '-untrusted', 'issuer.pem'],
        ...['-CRLfile', 'crls.pem', 'leaf.pem'],
      ],
      {
        files: {
          'root.pem': root,
          'issuer.pem': issuer,
          'crls.pem': text(rootCrl) + text(crl),
          'leaf.pem': leafPem,
        },
      },
    );
  };
  assert.match(await checked(), /leaf\.pem: OK/);
  const certificateId = (await scenario.deployment()).currentCertificateId;
  await world.server.authority.revoke({
    certificateId: certificateId as never,
    reason: 'keyCompromise',
    cause: systemCause,
  });
  await assert.rejects(checked(), /certificate revoked/);
});

test('over TLS, trusting the root alone', { skip }, async () => {
  assert.ok(world.tlsUrl !== null);
  await using folder = temporaryFolder('curl');

  await writeFile(folder.file('root.pem'), (await authorityPem(world)).root);
  const byTls = await makeScenario(world, { name: 'oc-tls' });
  const url = `${world.tlsUrl}/scep/${byTls.profile.slug}`;
  const caps = await curl('--cacert', folder.file('root.pem'), `${url}?operation=GetCACaps`);
  assert.equal(caps.code, 0, caps.stderr);
  assert.match(text(caps.stdout), /POSTPKIOperation/);
  assert.equal((await curl(`${url}?operation=GetCACaps`)).code, 60, 'nobody else trusts it');
  const facts = await checkIssued(world, toPem('CERTIFICATE', await enrolled(url, byTls)));
  assert.equal(facts.subject, 'CN=oc-tls');
});
