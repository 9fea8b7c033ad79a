/** Those who want the server down: bombs, floods of failures, headers without end, connections that dawdle, odd addresses. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { concatBytes } from '../../src/lib/bytes.ts';
import { type AttackLab, startAttackLab, type Victim } from '../support/attack-lab.ts';
import { askedBy, forgedCsr, forgeMessage } from '../support/forged-message.ts';
import { underCi } from '../support/rounds.ts';
import { readReply, selfSigned } from '../support/scep-test-client.ts';
import { until } from '../support/until.ts';

let lab: AttackLab;
let victim: Victim;
before(async () => {
  lab = await startAttackLab();
  victim = await lab.victim();
});
after(() => lab[Symbol.asyncDispose]());

describe('a bomb', () => {
  const nested = (levels: number, tag: number): Uint8Array => {
    const bytes: number[] = [];
    for (let level = 0; level < levels; level++) bytes.push(tag, 0x80);
    return Uint8Array.from(bytes);
  };
  const bombs: readonly (readonly [string, () => Uint8Array])[] = [
    ['of 100,000 levels without lengths', () => nested(100_000, 0x30)],
    ['of 100,000 levels that end', () => concatBytes([nested(60_000, 0x30), new Uint8Array(120_000)])],
    ['of pieces within pieces', () => nested(100_000, 0x24)],
    ['that claims 4 GB', () => Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x06)],
    [
      'that claims more than numbers hold',
      () => Uint8Array.of(0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    ],
    ['of 126 bytes of length', () => concatBytes([Uint8Array.of(0x30, 0xfe), new Uint8Array(126).fill(0xff)])],
    [
      'of 120,000 empty elements',
      () =>
        concatBytes([
          Uint8Array.of(0x30, 0x83, 0x03, 0xa9, 0x80),
          new Uint8Array(240_000).map((_, i) => (i % 2 === 0 ? 0x05 : 0)),
        ]),
    ],
    ['of ends without beginnings', () => new Uint8Array(200_000)],
  ];
  for (const [name, make] of bombs)
    test(`${name} is answered at once`, async () => {
      const count = lab.certificates();
      const bomb = make();
      const started = performance.now();
      const response = await lab.send(victim.scepUrl, bomb);
      assert.equal(response.status, 400);
      assert.ok(performance.now() - started < 1000, 'within a second, on a busy machine');
      assert.equal(lab.certificates(), count);
    });

  test('inside an honest envelope is refused like any other content', async () => {
    for (const content of [
      nested(5000, 0x30),
      concatBytes([Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff), new Uint8Array(99)]),
    ]) {
      const { bytes } = forgeMessage({
        type: 'PKCSReq',
        content,
        signer: selfSigned(lab.key, new Uint8Array([0x30, 0])),
        recipient: lab.ra,
      });
      await lab.refused(() => lab.send(victim.scepUrl, bytes), { reason: 'certificate-request-decoding-failed' });
    }
  });

  test('larger than anything honest is not read to its end', async () => {
    const count = lab.certificates();
    const response = await lab.send(victim.scepUrl, new Uint8Array(2 * 1024 * 1024));
    assert.equal(response.status, 413);
    assert.equal(lab.certificates(), count);
  });
});

describe('a flood of failures', () => {
  const guess = async (from: string, of = lab, target = victim) =>
    of.send(target.scepUrl, of.request(await target.deployment(), { challenge: 'A'.repeat(26) }), from);

  test('sends its address away from there after 60 in a minute, and nobody else', async () => {
    for (let i = 0; i < 60; i++) assert.equal((await guess('192.0.2.1')).status, 200);
    const honest = lab.request(await victim.deployment(), { challenge: await victim.challenge() });
    const limited = await lab.send(victim.scepUrl, honest, '192.0.2.1');
    assert.equal(limited.status, 429);
    const wait = Number(limited.headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 60, String(wait));
    assert.equal((await victim.deployment()).issuedGeneration, 0);
    // The office behind the same address has devices of other profiles, and deliveries of this one.
    const neighbour = await lab.victim();
    const theirs = lab.request(await neighbour.deployment(), { challenge: await neighbour.challenge() });
    assert.equal((await readReply(await lab.send(neighbour.scepUrl, theirs, '192.0.2.1'), lab.key)).status, 'SUCCESS');
    const { deliveryRef } = await victim.deployment();
    const delivered = await lab.send(`${victim.scepUrl}/d/${deliveryRef}`, honest, '192.0.2.1');
    assert.equal((await readReply(delivered, lab.key)).status, 'SUCCESS');
    // Questions that anybody may ask are answered as before.
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    assert.equal((await fetch(`${victim.scepUrl}?operation=GetCACaps`, { headers })).status, 200);
  });

  test('at made-up deliveries ends after 600, for all that its address asks', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    for (let i = 0; i < 600; i++)
      assert.equal((await lab.send(`${victim.scepUrl}/d/made-up-${i}`, bytes, '192.0.2.3')).status, 400);
    assert.equal((await lab.send(`${victim.scepUrl}/d/made-up`, bytes, '192.0.2.3')).status, 429);
    const target = await lab.victim();
    const honest = lab.request(await target.deployment(), { challenge: await target.challenge() });
    assert.equal((await lab.send(target.scepUrl, honest, '192.0.2.3')).status, 429);
    assert.equal((await readReply(await lab.send(target.scepUrl, honest, '192.0.2.4'), lab.key)).status, 'SUCCESS');
  });

  test('from all addresses of one IPv6 network is from one', async () => {
    for (let i = 0; i < 60; i++) assert.equal((await guess(`2001:db8:1:2:${i.toString(16)}::1`)).status, 200);
    assert.equal((await guess('2001:db8:1:2:ffff::9')).status, 429);
    assert.equal((await guess('2001:db8:1:3::1')).status, 200);
  });

  test('that claims to come from elsewhere is not believed without a trusted proxy', async () => {
    await using direct = await startAttackLab({ config: { trustedProxies: [] } });
    const target = await direct.victim();
    for (let i = 0; i < 60; i++) assert.equal((await guess(`203.0.113.${i}`, direct, target)).status, 200);
    assert.equal((await guess('203.0.113.200', direct, target)).status, 429);
  });

  test('of bytes that are no messages counts as well', async () => {
    for (let i = 0; i < 60; i++)
      assert.equal((await lab.send(victim.scepUrl, Uint8Array.of(1, 2, 3), '192.0.2.9')).status, 400);
    assert.equal((await lab.send(victim.scepUrl, Uint8Array.of(1, 2, 3), '192.0.2.9')).status, 429);
  });
});

describe('HTTP that no client sends', () => {
  test('headers of more than 64 kB', async () => {
    const answer = await raw(`GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(66_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 431 /);
    const many = Array.from({ length: 5000 }, (_, i) => `x-${i}: 012345678901`).join('\r\n');
    assert.match(await raw(`GET /healthz HTTP/1.1\r\nhost: x\r\n${many}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  });

  test('two lengths, or a length and chunks: no way to smuggle a second request', async () => {
    for (const headers of ['content-length: 5\r\ncontent-length: 6', 'content-length: 5\r\ntransfer-encoding: chunked'])
      assert.match(await raw(`POST /healthz HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n0\r\n\r\n`), /^HTTP\/1\.1 400 /);
  });

  const long = 'x'.repeat(600);
  const paths: readonly string[] = [
    '/scep/../../../../etc/passwd?operation=GetCACert',
    '/scep/..%2f..%2f..%2fetc%2fpasswd?operation=GetCACert',
    '/scep/%2e%2e/%2e%2e/secret',
    '/scep/x%00y?operation=GetCACaps',
    '/scep/%ff%fe?operation=GetCACaps',
    '/scep/%zz?operation=GetCACaps',
    `/scep/${long}?operation=GetCACaps`,
    `/scep/a/d/${long}?operation=GetCACaps`,
    "/scep/'%20OR%201=1--?operation=GetCACert",
    '/pki/..%2f..%2fscepward.db',
    '/pki/../secret',
    '/pki/..%2fsecret.cer',
    '/pki/alderfinch-g1/..%2f..%2fsecret',
    '/pki/alderfinch-g1/0.crl%00.cer',
    '/pki/alderfinch-g1/00.crl',
    '/pki/alderfinch-g1/-1.crl',
    '/pki/alderfinch-g1/9999999999999.crl',
    `/pki/${long}/0.crl`,
    '//evil.example/scep/x?operation=GetCACaps',
    'http://evil.example/scep/x?operation=GetCACaps',
  ];
  for (const path of paths)
    test(`GET ${path.slice(0, 60)}`, async () => {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
      assert.doesNotMatch(answer, /root:|SQLite|node_modules|\.ts:\d/);
    });

  test('a message in the query that is no Base64, empty, or there twice', async () => {
    for (const query of ['message=%%%', 'message=', 'message=AA&message=BB', 'message=AAAA%00', '']) {
      const path = `${new URL(victim.scepUrl).pathname}?operation=PKIOperation&${query}`;
      const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
    }
  });

  test('300 connections that never finish their headers hold up nobody, and are cut', async () => {
    const sockets = await Promise.all(Array.from({ length: 300 }, () => open()));
    try {
      for (const socket of sockets) socket.write('POST /scep/x HTTP/1.1\r\nhost: x\r\nx-slow: ');
      const started = performance.now();
      const target = await lab.victim();
      await lab.enrolled(target);
      assert.ok(performance.now() - started < 3000);
      const [first] = sockets;
      assert.ok(first);
      let answer = '';
      first.on('data', (bytes: Buffer) => {
        answer += bytes;
      });
      // The bound is 15 s, and seen every 5.
      if (underCi)
        await until('a dawdler to be cut', () => (answer.startsWith('HTTP/1.1 408') ? true : undefined), 25_000);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});

test('and none of this has hurt', async () => {
  const target = await lab.victim();
  const content = forgedCsr(lab.key, askedBy(await target.deployment()), await target.challenge());
  const signer = selfSigned(lab.key, new Uint8Array([0x30, 0]));
  const { bytes } = forgeMessage({ type: 'PKCSReq', content, signer, recipient: lab.ra });
  assert.equal((await readReply(await lab.send(target.scepUrl, bytes), lab.key)).status, 'SUCCESS');
  assert.doesNotMatch(lab.world.log.join('\n'), /"level":"error"/i);
});

test('no secret is left anywhere', () => lab.assertNothingLeaked());

function open(): Promise<Socket> {
  const { hostname, port } = new URL(lab.world.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** What comes back until the connection is closed, or nothing more came for a while. */
async function raw(request: string): Promise<string> {
  const socket = await open();
  return new Promise((resolve) => {
    let answer = '';
    const done = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
    });
    socket.once('close', done);
    socket.on('error', done);
    socket.setTimeout(5000, done);
    socket.write(request);
  });
}
