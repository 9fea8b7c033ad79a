/** How clients spell their HTTP: old protocol versions, path tails, letter case, and every way to damage Base64 in a query. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { enroll } from '../../src/client/scep-client.ts';
import { scepHabits } from '../../src/client/scep-habits.ts';
import type { PlatformFamily } from '../../src/formats/agent/platform-family.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { checkIssued } from '../support/issued-certificate.ts';
import { ownClient } from '../support/own-client.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario, type Scenario } from '../support/scep-scenario.ts';
import {
  buildMessage,
  csrOf,
  get,
  post,
  readReply,
  registrationAuthorityOf,
  requestedBy,
  selfSigned,
  testClientKey,
} from '../support/scep-test-client.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('openssl');

let world: World;
let count = 0;
before(async () => {
  world = await startWorld();
});
after(() => world[Symbol.asyncDispose]());

const next = (options: Partial<Parameters<typeof makeScenario>[1]> = {}): Promise<Scenario> =>
  makeScenario(world, { name: `http${++count}`, user: null, ...options });

/** A PKCSReq for the scenario, and what to do with the answer: it must be the certificate. */
async function asking(scenario: Scenario) {
  const key = await testClientKey();
  const requested = requestedBy(await scenario.deployment());
  const message = buildMessage({
    type: 'PKCSReq',
    content: csrOf(key, requested, await scenario.challenge()),
    signer: selfSigned(key, requested.subject),
    recipient: await registrationAuthorityOf(scenario.scepUrl),
  });
  const succeeds = async (response: Response): Promise<void> => {
    assert.equal(response.headers.get('content-type'), 'application/x-pki-message');
    const reply = await readReply(response, key);
    assert.equal(reply.status, 'SUCCESS', reply.reason ?? '');
    assert.equal(reply.certificates.length, 1);
  };
  return { message, succeeds };
}

/** The answer to a request written by hand. */
function speak(bytes: readonly (string | Uint8Array)[]): Promise<{ head: string; body: Uint8Array }> {
  const { hostname, port } = new URL(world.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const parts: Buffer[] = [];
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('end', () => {
      const all = Buffer.concat(parts);
      const end = all.indexOf('\r\n\r\n');
      resolve({ head: all.subarray(0, end).toString('latin1'), body: new Uint8Array(all.subarray(end + 4)) });
    });
    for (const part of bytes) socket.write(part);
  });
}

describe('HTTP/1.0 without Host', () => {
  test('GetCACaps and GetCACert', async () => {
    const { profile } = await next();
    const caps = await speak([`GET /scep/${profile.slug}?operation=GetCACaps&message=CA HTTP/1.0\r\n\r\n`]);
    assert.match(caps.head, /^HTTP\/1\.[01] 200 /);
    assert.match(new TextDecoder().decode(caps.body), /^POSTPKIOperation$/m);
    const certs = await speak([`GET /scep/${profile.slug}?operation=GetCACert&message=CA HTTP/1.0\r\n\r\n`]);
    assert.match(certs.head, /^HTTP\/1\.[01] 200 /);
    assert.ok(certs.body.length > 1000);
  });

  test('PKIOperation by GET and by POST', async () => {
    for (const method of ['GET', 'POST']) {
      const scenario = await next();
      const { message, succeeds } = await asking(scenario);
      const path = `/scep/${scenario.profile.slug}/pkiclient.exe?operation=PKIOperation`;
      const answer = await speak(
        method === 'GET'
          ? [`GET ${path}&message=${encodeURIComponent(toBase64(message))} HTTP/1.0\r\n\r\n`]
          : [`POST ${path} HTTP/1.0\r\nContent-Length: ${message.length}\r\n\r\n`, message],
      );
      assert.match(answer.head, /^HTTP\/1\.[01] 200 /);
      await succeeds(
        new Response(new Blob([answer.body.slice()]), { headers: { 'content-type': 'application/x-pki-message' } }),
      );
    }
  });
});

test('a request line with the whole address, as through a proxy', async () => {
  const { scepUrl } = await next();
  const head = `GET ${scepUrl}?operation=GetCACaps HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n`;
  const { head: answer } = await speak([head]);
  assert.match(answer, /^HTTP\/1\.1 200 /);
});

test('a body in chunks, and one that waits for 100 Continue', async () => {
  for (const headers of [{ 'transfer-encoding': 'chunked' }, { expect: '100-continue' }]) {
    const scenario = await next();
    const { message, succeeds } = await asking(scenario);
    await succeeds(await sendSlowly(`${scenario.scepUrl}?operation=PKIOperation`, headers, message));
  }
});

/** A POST in two parts; with `expect` only once the server says that it wants them. */
function sendSlowly(url: string, headers: Record<string, string>, message: Uint8Array): Promise<Response> {
  return new Promise((resolve, reject) => {
    const length = 'expect' in headers ? { 'content-length': String(message.length) } : {};
    const request = httpRequest(url, { method: 'POST', headers: { ...headers, ...length } }, async (answer) => {
      const body = new Blob((await answer.toArray()) as Uint8Array<ArrayBuffer>[]);
      const type = answer.headers['content-type'] ?? '';
      resolve(new Response(body, { status: answer.statusCode ?? 0, headers: { 'content-type': type } }));
    });
    const send = (): void => {
      request.write(message.subarray(0, 100));
      request.end(message.subarray(100));
    };
    request.once('error', reject);
    if ('expect' in headers) request.once('continue', send);
    else send();
    request.flushHeaders();
  });
}

test('a message of 45 kB in the query is read', async () => {
  const { scepUrl } = await next();
  const answer = await fetch(`${scepUrl}?operation=PKIOperation&message=${'MIIA'.repeat(11_500)}`);
  assert.equal(answer.status, 400, await answer.text());
});

test('any tail after the address, with and without a delivery', async () => {
  for (const tail of [
    '',
    '/',
    '/pkiclient.exe',
    '/certsrv/mscep/mscep.dll',
    '/certsrv/mscep/mscep.dll/pkiclient.exe',
  ]) {
    const scenario = await next();
    const { deliveryRef } = await scenario.deployment();
    for (const address of [scenario.scepUrl, `${scenario.scepUrl}/d/${deliveryRef}`]) {
      const caps = await fetch(`${address}${tail}?operation=GetCACaps&message=default`);
      assert.match(await caps.text(), /^POSTPKIOperation$/m, address + tail);
    }
    const { message, succeeds } = await asking(scenario);
    await succeeds(await post(`${scenario.scepUrl}/d/${deliveryRef}${tail}`, message));
  }
});

test('the operation in any case, the name of the CA as anything, further parameters', async () => {
  const { scepUrl } = await next();
  for (const query of [
    'operation=getcacaps',
    'operation=GETCACAPS&message=',
    'Operation=GetCaCaps&message=default',
    'message=SCEP%20Authority&operation=GetCACaps',
    'operation=GetCACaps&message=0&unknown=1',
  ])
    assert.match(await (await fetch(`${scepUrl}?${query}`)).text(), /^POSTPKIOperation$/m, query);
  for (const operation of ['pkioperation', 'PKIOPERATION', 'PkiOperation']) {
    const scenario = await next();
    const { message, succeeds } = await asking(scenario);
    await succeeds(
      await fetch(`${scenario.scepUrl}?operation=${operation}`, { method: 'POST', body: new Blob([message.slice()]) }),
    );
  }
});

test('every content type, and none', async () => {
  for (const type of ['application/octet-stream', 'text/plain', '', 'nonsense', 'application/json; charset=utf-8']) {
    const scenario = await next();
    const { message, succeeds } = await asking(scenario);
    await succeeds(await post(scenario.scepUrl, message, type));
  }
});

describe('Base64 in the query', () => {
  const spellings: readonly (readonly [string, (base64: string) => string])[] = [
    ['escaped in full (certmonger)', encodeURIComponent],
    ['only = escaped (macOS)', (base64) => base64.replaceAll('=', '%3D')],
    ['not escaped at all', (base64) => base64],
    ['+ turned into spaces by a proxy', (base64) => base64.replaceAll('+', '%20')],
    [
      'the url-safe alphabet without padding',
      (base64) => base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    ],
    ['in lines', (base64) => encodeURIComponent(base64.replace(/(.{64})/g, '$1\n'))],
    [
      'in lower-case escapes',
      (base64) => encodeURIComponent(base64).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    ],
  ];
  for (const [name, spell] of spellings)
    test(name, async () => {
      const scenario = await next();
      const { message, succeeds } = await asking(scenario);
      await succeeds(await get(scenario.scepUrl, message, spell));
    });

  test('what is no Base64 is a bad request', async () => {
    const { scepUrl } = await next();
    for (const message of ['', '%', '!!!!', 'AAAAA'])
      assert.equal((await fetch(`${scepUrl}?operation=PKIOperation&message=${message}`)).status, 400, message);
  });
});

test('GetNextCACert says that there is none, and does not advertise itself', async () => {
  const { scepUrl } = await next();
  const answer = await fetch(`${scepUrl}?operation=GetNextCACert`);
  assert.equal(answer.status, 404);
  assert.equal(await answer.text(), 'none\n');
  assert.doesNotMatch(await (await fetch(`${scepUrl}?operation=GetCACaps`)).text(), /GetNextCACert/);
});

test('strange methods, operations and addresses are refused politely', async () => {
  const { scepUrl } = await next();
  assert.equal((await fetch(scepUrl)).status, 400);
  assert.equal((await fetch(`${scepUrl}?operation=GetRich`)).status, 400);
  assert.equal((await fetch(`${scepUrl}?operation=GetCACaps`, { method: 'DELETE' })).status, 405);
  assert.equal((await fetch(`${world.url}/scep/nowhere?operation=GetCACaps`)).status, 404);
  assert.equal((await fetch(`${scepUrl}?operation=PKIOperation`, { method: 'POST' })).status, 400);
});

describe('our own client in the manner of each platform', { skip }, () => {
  for (const family of ['apple', 'windows', 'android', 'linux'] as const satisfies readonly PlatformFamily[])
    test(family, async () => {
      const scenario = await next();
      await using client = await ownClient(world, scenario.scepUrl, scepHabits(family));
      const deployment = await scenario.deployment();
      const requested = requestedBy(deployment);
      const outcome = await enroll(client.exchange, await testClientKey(), requested, await scenario.challenge());
      assert.equal(outcome.kind, 'issued', JSON.stringify(outcome));
      if (outcome.kind === 'issued') await checkIssued(world, toPem('CERTIFICATE', outcome.certificate));
    });
});
