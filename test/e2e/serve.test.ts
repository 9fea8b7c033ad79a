/** `init` and `serve` as processes: what they warn of, what they refuse, and a CA of somebody else's taken over. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { httpTransport } from '../../src/client/http-transport.ts';
import { chooseAlgorithms, enroll } from '../../src/client/scep-client.ts';
import { scepHabits } from '../../src/client/scep-habits.ts';
import { contactScepServer } from '../../src/client/scep-server.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import { pemBlocks, toPem } from '../../src/formats/x509/pem.ts';
import { fromBase64, toBase64 } from '../../src/lib/bytes.ts';
import { adminClient } from '../support/admin-client.ts';
import { takeRsaKey } from '../support/key-pool.ts';
import { opensslText } from '../support/openssl.ts';
import { skipUnless } from '../support/requires.ts';
import { runCommand } from '../support/run-command.ts';
import { testClientKey } from '../support/scep-test-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from '../support/world.ts';

const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));
const skip = skipUnless('openssl');
const folder = temporaryFolder('serve');
after(() => folder[Symbol.asyncDispose]());

type Settings = Readonly<Record<string, string>>;

async function run(args: readonly string[], env: Settings, input = '') {
  const { code, stdout, stderr } = await runCommand(scepward, args, { env, input, cwd: folder.path });
  return { code, text: new TextDecoder().decode(stdout), stderr };
}

/** `serve` until it listens; its words so far. */
async function serve(env: Settings) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(scepward, ['serve'], {
    env: { ...process.env, ...env, SCEPWARD_LISTEN: new URL(url).host },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (said.includes('"listening"') || / listening/.test(said)) resolve();
    });
    void closed.then((code) => reject(new Error(`serve ended with ${code}: ${said}`)));
  });
  return {
    url,
    said: () => said,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      assert.equal(await closed, 0, said);
    },
  };
}

const init = [
  'init',
  '--name',
  'Example',
  '--pki-url',
  'http://pki.example.org',
  '--root-key',
  'p-256',
  '--issuer-key',
  'p-256',
];

describe('serve', () => {
  it('refuses without a secret, makes none, and says how to begin', async () => {
    const SCEPWARD_DATA = folder.file('no-secret');
    mkdirSync(SCEPWARD_DATA);
    // No bytes are an empty database.
    writeFileSync(folder.file('no-secret', 'scepward.db'), '');
    const { code, stderr } = await run(['serve'], { SCEPWARD_DATA });
    assert.equal(code, 1);
    assert.match(stderr, /There is no secret in .*no-secret\/secret/);
    assert.match(stderr, /SCEPWARD_SECRET_FILE/);
    assert.throws(() => statSync(folder.file('no-secret', 'secret')));
  });

  it('refuses without an authority', async () => {
    const secret = folder.file('some-secret');
    writeFileSync(secret, `${toBase64(new Uint8Array(32).fill(7))}\n`, { mode: 0o600 });
    mkdirSync(folder.file('no-authority'));
    writeFileSync(folder.file('no-authority', 'scepward.db'), '');
    const { code, stderr, text } = await run(['serve', '--json'], {
      SCEPWARD_DATA: folder.file('no-authority'),
      SCEPWARD_SECRET_FILE: secret,
      SCEPWARD_LISTEN: `127.0.0.1:${await freePort()}`,
    });
    assert.equal(code, 1);
    assert.equal(JSON.parse(text).code, 'not-initialised');
    assert.match(stderr, /Run: bin\/scepward init/);
    assert.doesNotMatch(stderr, /"listening"/);
  });

  it('warns of a secret beside the data and of misspelt variables, and is silent when both are mended', async () => {
    const SCEPWARD_DATA = folder.file('warned');
    const made = await run(init, { SCEPWARD_DATA });
    assert.equal(made.code, 0, made.stderr);
    {
      await using server = await serve({ SCEPWARD_DATA, SCEPWARD_LISTN: ':80', SCEPWARD_SECRETFILE: 'x' });
      assert.match(server.said(), /the secret that unseals keys lies in the data directory/);
      assert.match(server.said(), /SCEPWARD_LISTN is not a variable/);
      assert.match(server.said(), /SCEPWARD_SECRETFILE is not a variable/);
      assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
    }
    const elsewhere = folder.file('moved-secret');
    writeFileSync(elsewhere, readFileSync(folder.file('warned', 'secret')), { mode: 0o600 });
    {
      await using server = await serve({ SCEPWARD_DATA, SCEPWARD_SECRET_FILE: elsewhere });
      assert.doesNotMatch(server.said(), /the secret that unseals|is not a variable|data directory/);
    }
    writeFileSync(elsewhere, `${toBase64(new Uint8Array(32).fill(7))}\n`, { mode: 0o600 });
    const wrong = await run(['serve', '--json'], { SCEPWARD_DATA, SCEPWARD_SECRET_FILE: elsewhere });
    assert.equal(wrong.code, 1);
    assert.equal(JSON.parse(wrong.text).code, 'key-seal-broken');
  });
});

describe('init', () => {
  for (const address of ['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]/pki', 'http://127.8.9.10'])
    it(`refuses ${address} for the PKI address, which no device reaches, and makes nothing`, async () => {
      const SCEPWARD_DATA = folder.file(`loopback-${address.replaceAll(/\W/g, '')}`);
      const { code, text } = await run(['init', '--name', 'Example', '--json'], {
        SCEPWARD_DATA,
        SCEPWARD_PKI_URL: address,
      });
      assert.equal(code, 2);
      assert.match(JSON.parse(text).code, /^pki-url/);
      assert.throws(() => statSync(SCEPWARD_DATA));
    });
});

const ca = 'basicConstraints=critical,CA:TRUE;keyUsage=critical,keyCertSign,cRLSign';
const passphrase = 'correct horse æ';

describe('init --import', { skip }, () => {
  before(async () => {
    for (const name of ['root', 'sub']) writeFileSync(folder.file(`${name}.key`), (await takeRsaKey()).privateKeyPem);
    await certificate('root', []);
    await certificate('sub', ['-CA', 'root.pem', '-CAkey', 'root.key']);
    writeFileSync(
      folder.file('chain.pem'),
      ['sub', 'root'].map((name) => readFileSync(folder.file(`${name}.pem`))).join(''),
    );
    writeFileSync(folder.file('passphrase'), passphrase, { mode: 0o600 });
    const bundle = ['-inkey', 'sub.key', '-in', 'sub.pem', '-certfile', 'root.pem', '-passout', 'file:passphrase'];
    await openssl('pkcs12', '-export', '-out', 'sub.p12', ...bundle);
  });

  async function openssl(...args: string[]): Promise<void> {
    const { code, stderr } = await runCommand('openssl', args, { cwd: folder.path });
    assert.equal(code, 0, stderr);
  }
  function certificate(name: string, by: readonly string[]): Promise<void> {
    const added = ca.split(';').flatMap((extension) => ['-addext', extension]);
    const subject = ['-key', `${name}.key`, '-subj', `/O=Old CA/CN=Old ${name}`, '-days', '1000'];
    return openssl('req', '-x509', '-new', ...subject, '-out', `${name}.pem`, ...by, ...added);
  }

  for (const [kind, files, input] of [
    ['PEM chain', ['sub.key', 'chain.pem'], ''],
    ['PKCS#12 file with a passphrase from a file', ['sub.p12', '--passphrase-file', 'passphrase'], ''],
    ['PKCS#12 file with a passphrase from standard input', ['sub.p12', '--passphrase-file', '-'], `${passphrase}\n`],
  ] as const)
    it(`takes over a CA from a ${kind}, which then issues`, async () => {
      const SCEPWARD_DATA = folder.file(`import-${kind.replaceAll(/\W/g, '')}`);
      const naming = ['init', '--name', 'Taken Over', '--pki-url', 'http://pki.example.org', '--json'];
      const made = await run([...naming, '--import', ...files], { SCEPWARD_DATA }, input);
      assert.equal(made.code, 0, made.stderr);
      const [root] = pemBlocks(readFileSync(folder.file('root.pem'), 'utf8'), 'CERTIFICATE');
      assert.ok(root !== undefined);
      assert.equal(JSON.parse(made.text).rootSha256, sha256Hex(root));
      assert.doesNotMatch(made.text + made.stderr, /correct horse/);

      await using server = await serve({ SCEPWARD_DATA });
      const adminToken = readFileSync(`${SCEPWARD_DATA}/admin-token`, 'utf8').trim();
      const issued = await enrolOn(server.url, adminToken, root);
      const verified = ['verify', '-x509_strict', '-CAfile', 'root.pem', '-untrusted', 'sub.pem', 'leaf.pem'];
      const pem = (name: string) => readFileSync(folder.file(name), 'utf8');
      const trusted = {
        'root.pem': pem('root.pem'),
        'sub.pem': pem('sub.pem'),
        'leaf.pem': toPem('CERTIFICATE', issued),
      };
      assert.match(await opensslText(verified, { files: trusted }), /leaf\.pem: OK/);
      const printed = await opensslText(['x509', '-in', 'leaf.pem', '-noout', '-issuer', '-subject'], {
        files: trusted,
      });
      assert.match(printed, /issuer=O = Old CA, CN = Old sub\nsubject=CN = bench-1\n/);
    });

  it('refuses a wrong passphrase and leaves no authority behind', async () => {
    const SCEPWARD_DATA = folder.file('import-wrong');
    const args = ['init', '--name', 'Wrong', '--pki-url', 'http://pki.example.org', '--json'];
    const wrong = await run([...args, '--import', 'sub.p12', '--passphrase-file', '-'], { SCEPWARD_DATA }, 'guessed\n');
    assert.equal(wrong.code, 2, wrong.stderr);
    assert.match(JSON.parse(wrong.text).code, /passphrase/);
    const right = await run([...args, '--import', 'sub.key', 'chain.pem'], { SCEPWARD_DATA });
    assert.equal(right.code, 0, right.stderr);
  });
});

/** A device, profiles and a challenge by the API; then SCEP with our own client, which trusts `root` alone. */
async function enrolOn(url: string, adminToken: string, root: Uint8Array): Promise<Uint8Array> {
  const api = adminClient({ url, adminToken });
  const make = async (path: string, body: object) => {
    const answer = await api('POST', path, { body });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  await make('/devices', { deviceName: 'bench-1', platform: 'linux', registeredAt: Date.now() });
  const assignments = [{ include: 'allDevices' }];
  const settings = { certificate: toBase64(root), certificateFileName: 'root.cer' };
  await make('/profiles', { kind: 'trustedCertificate', name: 'root', platform: 'linux', settings, assignments });
  await make('/profiles', {
    kind: 'scep',
    name: 'bench',
    platform: 'linux',
    settings: {
      certificateType: 'device',
      subjectNameFormat: 'CN={{DeviceName}}',
      rootCertificate: 'root',
      extendedKeyUsages: ['Client Authentication'],
    },
    assignments,
  });
  const { challenge, scepUrl, expected } = await make('/challenges', { profile: 'bench', device: 'bench-1' });

  await using transport = httpTransport({ kind: 'pinned', anchors: [root] });
  const call = { send: transport.send, habits: scepHabits('linux') };
  const trust = { fingerprint: sha256Hex(root), anchors: [root] };
  const server = await contactScepServer(call, scepUrl, trust, Date.now(), () => {});
  if ('code' in server) throw new Error(`${server.code}: ${server.detail}`);
  const exchange = {
    call,
    server,
    trust,
    now: Date.now(),
    algorithms: chooseAlgorithms(server.capabilities, ['sha2']),
  };
  const requested = {
    subject: fromBase64(expected.subject) ?? new Uint8Array(),
    subjectAlternativeNames: [],
    keyUsage: ['digitalSignature', 'keyEncipherment'] as const,
    extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
  };
  const outcome = await enroll(exchange, await testClientKey(), requested, challenge);
  if (outcome.kind !== 'issued') throw new assert.AssertionError({ message: JSON.stringify(outcome) });
  return outcome.certificate;
}
