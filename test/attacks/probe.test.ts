/** Probing other SCEP servers must not become a way to see, or reach, what only this server can reach. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { probeTransport } from '../../src/http/outbound/probe-transport.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { adminClient, assertProblem } from '../support/admin-client.ts';
import { runCommand } from '../support/run-command.ts';
import { makeScenario, rootCertificate, storeProfile } from '../support/scep-scenario.ts';
import { startWorld, type World } from '../support/world.ts';

await using closing = new AsyncDisposableStack();
const resources = closing.move();
after(() => resources.disposeAsync());
const careful = resources.use(await startWorld({ cryptoThreads: 0 }));
const allowing = resources.use(await startWorld({ cryptoThreads: 0, tls: true, config: { probePrivate: true } }));
const other = resources.use(await startWorld({ cryptoThreads: 0, tls: true }));
const foreign = await makeScenario(other, { name: 'foreign', user: null });
let profiles = 0;

/** What this server hears of calls. */
async function listener(answer: RequestListener) {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(request.url ?? '');
    answer(request, response);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  resources.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, calls };
}

async function profileWith(world: World, urls: readonly string[], root = world, platform = 'linux') {
  const slug = `probed-${++profiles}`;
  const certificate = toBase64(await rootCertificate(root));
  await storeProfile(world, {
    kind: 'trustedCertificate',
    name: `${slug} root`,
    slug: `${slug}-root`,
    platform,
    settings: { certificate },
  });
  await storeProfile(world, {
    kind: 'scep',
    name: slug,
    slug,
    platform,
    settings: {
      certificateType: 'device',
      subjectNameFormat: 'CN={{DeviceName}}',
      rootCertificate: `${slug}-root`,
      extendedKeyUsages: ['Client Authentication'],
      scepServerUrls: urls,
    },
  });
  return slug;
}

/** Each with its own token, so that the limit on probes is not in the way. */
async function probe(world: World, urls: readonly string[], root = world, platform = 'linux') {
  const slug = await profileWith(world, urls, root, platform);
  const api = adminClient(world);
  const name = `prober-${slug}`;
  const { body: made } = await api('POST', '/tokens', { body: { name, permissions: ['profiles.write'] } });
  const answer = await api('POST', `/profiles/${slug}/probe`, { token: made.secret });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.urls as {
    url: string;
    outcome: string;
    address: string | null;
    capabilities: string[] | null;
    certificates: { subject: string }[] | null;
    chain: { verdict: string } | null;
    tls: { trusted: boolean } | null;
    findings: { code: string; detail: string }[];
  }[];
}

describe('addresses inside', () => {
  test('are refused without a connection, however they are written', async () => {
    const { port, calls } = await listener((_request, response) => response.end('secret'));
    const hosts = [
      '127.0.0.1',
      'localhost',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '0177.0.0.1',
      '017700000001',
      '0',
      '0.0.0.0',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '169.254.169.254',
      '[fd00:ec2::254]',
      '[fe80::1]',
      '10.0.0.1',
    ];
    for (let at = 0; at < hosts.length; at += 10)
      for (const { url, outcome, address, findings } of await probe(
        careful,
        hosts.slice(at, at + 10).map((host) => `https://${host}:${port}/scep`),
      )) {
        assert.deepEqual([outcome, address], ['failed', null], url);
        assert.deepEqual(
          findings.map(({ code }) => code),
          ['address-refused'],
          url,
        );
        assert.doesNotMatch(findings[0]?.detail ?? '', /127\.0|secret/);
      }
    assert.deepEqual(calls, []);
  });

  test('that are never a server’s are refused even where private ones are allowed', async () => {
    const urls = ['http://169.254.169.254/latest/meta-data', 'http://[::ffff:a9fe:a9fe]/', 'http://100.100.100.200/'];
    for (const { outcome, findings } of await probe(allowing, urls))
      assert.deepEqual([outcome, findings[0]?.code], ['failed', 'address-refused']);
  });

  test('a name that leads inside, or partly inside, is refused', async () => {
    for (const addresses of [
      ['127.0.0.1'],
      ['93.184.216.34', '10.0.0.1'],
      ['2606:2800::1', '::1'],
      ['169.254.169.254'],
    ]) {
      const transport = probeTransport({
        privateAddresses: false,
        resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      });
      const opened = await transport.open(new URL('https://inside.example.org/scep'), []);
      assert.equal('kind' in opened && opened.code, 'address-refused', addresses.join());
    }
  });

  test('a name is looked up once: what it means afterwards does not matter', async () => {
    const { port, calls } = await listener((_request, response) => response.end('AES'));
    const elsewhere = await listener((_request, response) => response.end('secret'));
    let asked = 0;
    const transport = probeTransport({
      privateAddresses: true,
      resolve: async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }],
    });
    const opened = await transport.open(new URL(`http://rebinding.example.org:${port}/scep`), []);
    assert.ok(!('kind' in opened));
    for (const operation of ['GetCACaps', 'GetCACert'])
      assert.equal((await opened.get(`operation=${operation}`)).kind, 'answer');
    assert.equal(asked, 1);
    assert.deepEqual(calls, ['/scep?operation=GetCACaps', '/scep?operation=GetCACert']);
    assert.deepEqual(elsewhere.calls, []);
  });

  test('a user name and password in an address go nowhere', async () => {
    const { port, calls } = await listener((_request, response) => response.end());
    const transport = probeTransport({ privateAddresses: true });
    const opened = await transport.open(new URL(`http://admin:sesame@127.0.0.1:${port}/`), []);
    assert.equal('kind' in opened && opened.code, 'address-refused');
    assert.deepEqual(calls, []);
    const file = await transport.open(new URL('file:///etc/passwd'), []);
    assert.equal('kind' in file && file.code, 'address-refused');
  });
});

describe('a server that means harm', () => {
  const asking = async (port: number) => {
    const transport = probeTransport({ privateAddresses: true, deadline: 400, largest: 64 * 1024 });
    const opened = await transport.open(new URL(`http://127.0.0.1:${port}/scep`), []);
    assert.ok(!('kind' in opened));
    const started = performance.now();
    const answer = await opened.get('operation=GetCACaps');
    assert.ok(performance.now() - started < 3000);
    return answer.kind === 'trouble' ? answer.code : 'answer';
  };

  test('cannot send a probe elsewhere', async () => {
    const inside = await listener((_request, response) => response.end('secret'));
    const { port, calls } = await listener((request, response) => {
      const to = request.url?.includes('GetCACert') ? `http://127.0.0.1:${inside.port}/` : 'http://169.254.169.254/';
      response.writeHead(302, { location: to }).end();
    });
    const [result] = await probe(allowing, [`http://127.0.0.1:${port}/scep`]);
    assert.equal(result?.findings[0]?.code, 'redirected');
    assert.doesNotMatch(JSON.stringify(result), /169\.254|secret/);
    assert.equal(calls.length, 1);
    assert.deepEqual(inside.calls, []);
  });

  test('cannot keep a probe waiting, before its answer or within', async () => {
    const silent = await listener(() => {});
    assert.equal(await asking(silent.port), 'too-slow');
    const dripping = await listener(async (_request, response) => {
      while (!response.destroyed) {
        response.write('x');
        await pause(50);
      }
    });
    assert.equal(await asking(dripping.port), 'too-slow');
  });

  test('cannot fill the memory', async () => {
    const endless = await listener((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      };
      response.on('drain', more);
      more();
    });
    assert.equal(await asking(endless.port), 'too-large');
    const headers = await listener((_request, response) => {
      response.setHeader('x-long', 'x'.repeat(60 * 1024));
      response.end();
    });
    assert.equal(await asking(headers.port), 'not-http');
  });

  test('that speaks no HTTP is told so, and shown nothing of', async () => {
    const tcp = createTcpServer((socket) => socket.end('SSH-2.0-secret\r\n'));
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    resources.defer(() => {
      tcp.close();
    });
    const address = tcp.address();
    assert.ok(typeof address === 'object' && address !== null);
    const [result] = await probe(allowing, [`http://127.0.0.1:${address.port}/`]);
    assert.equal(result?.findings[0]?.code, 'not-http');
    assert.doesNotMatch(JSON.stringify(result), /secret/);
  });

  test('whatever it answers, no body is shown', async () => {
    const secret = 'AKIA-secret-access-key';
    const { port } = await listener((_request, response) => response.end(secret));
    const [result] = await probe(allowing, [`http://127.0.0.1:${port}/`]);
    assert.deepEqual([result?.outcome, result?.capabilities], ['no-scep', []]);
    assert.doesNotMatch(JSON.stringify(result), /AKIA/);
    const { port: failing } = await listener((_request, response) => response.writeHead(500).end(secret));
    const [failed] = await probe(allowing, [`http://127.0.0.1:${failing}/`]);
    assert.equal(failed?.findings[0]?.code, 'http-status');
    assert.doesNotMatch(JSON.stringify(failed), /AKIA/);
  });
});

describe('an honest probe', () => {
  test('tells what another server can, and that its chain leads to the profile’s root', async () => {
    const [result] = await probe(allowing, [foreign.scepUrl], other);
    assert.deepEqual(
      [result?.outcome, result?.address, result?.chain?.verdict, result?.tls],
      ['answered', '127.0.0.1', 'leads-to-root', null],
    );
    assert.ok(result?.capabilities?.includes('AES'));
    assert.ok(result?.certificates?.some(({ subject }) => subject.includes('Alder')));
    assert.deepEqual(result?.findings, []);
  });

  test('tells what Windows would miss there', async () => {
    const short = await makeScenario(other, { name: 'short', user: null, server: { caCertificates: 'issuer' } });
    const results = await probe(allowing, [foreign.scepUrl, short.scepUrl], other, 'windows10');
    assert.deepEqual(
      results.map(({ chain, findings }) => [chain?.verdict, findings.map(({ code }) => code)]),
      [
        ['leads-to-root', []],
        ['leads-to-root', ['windows-root-not-sent']],
      ],
    );
  });

  test('tells that a server belongs to another authority', async () => {
    const [result] = await probe(allowing, [foreign.scepUrl]);
    assert.equal(result?.chain?.verdict, 'other-authority');
    assert.deepEqual(
      result?.findings.map(({ code }) => code),
      ['chain-other-authority'],
    );
  });

  test('over TLS says whether the certificate proves itself', async () => {
    const url = `${other.tlsUrl}/scep/foreign`;
    const [trusted] = await probe(allowing, [url], other);
    assert.deepEqual([trusted?.outcome, trusted?.tls?.trusted, trusted?.findings], ['answered', true, []]);
    const [stranger] = await probe(allowing, [url]);
    assert.equal(stranger?.tls?.trusted, false);
    assert.ok(stranger?.findings.some(({ code }) => code === 'tls-untrusted'));
  });

  test('answers for this server’s own addresses without calling them', async () => {
    const slug = `probed-${profiles + 1}`;
    const urls = [
      `${careful.url}/scep/${slug}`,
      `${careful.url}/scep/another`,
      `${careful.url}/scep/${slug}/pkiclient.exe`,
    ];
    const results = await probe(careful, urls);
    assert.deepEqual(
      results.map(({ outcome, findings }) => [outcome, findings.map(({ code }) => code)]),
      [
        ['own', []],
        ['own', ['other-profile']],
        ['own', []],
      ],
    );
  });

  test('is the command `profile probe` too, which fails where devices would', async () => {
    const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));
    const env = { SCEPWARD_URL: allowing.url, SCEPWARD_TOKEN: allowing.adminToken };
    const good = await runCommand(
      scepward,
      ['profile', 'probe', await profileWith(allowing, [foreign.scepUrl], other)],
      {
        env,
      },
    );
    assert.equal(good.code, 0, good.stderr);
    assert.match(
      String(new TextDecoder().decode(good.stdout)),
      /answers as a SCEP server[\s\S]*lead to the profile’s root/,
    );
    const slug = await profileWith(allowing, [foreign.scepUrl]);
    const bad = await runCommand(scepward, ['profile', 'probe', slug, '--json'], { env });
    assert.equal(bad.code, 1, bad.stderr);
    assert.equal(JSON.parse(new TextDecoder().decode(bad.stdout)).urls[0].chain.verdict, 'other-authority');
  });

  test('wants the right to edit profiles, comes seldom, and is on record', async () => {
    const api = adminClient(careful);
    const slug = await profileWith(careful, ['https://127.0.0.1/scep']);
    const reader = await api('POST', '/tokens', { body: { name: 'reader', permissions: ['profiles.read'] } });
    const token = reader.body.secret;
    assertProblem(await api('POST', `/profiles/${slug}/probe`, { token }), 403, 'forbidden');
    assertProblem(await api('POST', `/profiles/${slug}-root/probe`), 422, 'profile-not-scep');
    let limited = null;
    for (let at = 0; at < 12 && limited === null; at++) {
      const answer = await api('POST', `/profiles/${slug}/probe`);
      if (answer.status !== 200) limited = answer;
    }
    assert.ok(limited !== null);
    assertProblem(limited, 429, 'too-many-probes');
    assert.ok(Number(limited.headers.get('retry-after')) > 0);
    const { body } = await api('GET', '/events?types=profile.probed');
    assert.ok(body.items.length > 0);
  });
});
