import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { before, describe, it } from 'node:test';
import {
  authorityExtensions,
  type FakeKey,
  fakeCertificate,
  fakeKey,
  registrationExtensions,
} from '../../test/support/fake-scep-server.ts';
import { takeRsaKey } from '../../test/support/key-pool.ts';
import type { Certificate } from '../formats/x509/certificate.ts';
import { parseIp } from '../formats/x509/ip-address.ts';
import { toPem } from '../formats/x509/pem.ts';
import { subjectAltNameExtension } from '../formats/x509/subject-alt-name.ts';
import { systemClock } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { httpTransport, type TransportTrust } from './http-transport.ts';

const loopback = parseIp('127.0.0.1') ?? new Uint8Array(4);
let root: Certificate;
let other: Certificate;
let issuer: Certificate;
let options: ServerOptions;
let elsewhere: ServerOptions;

before(async () => {
  const now = systemClock.now();
  const rootKey = await fakeKey();
  const issuerKey = await fakeKey();
  const self = (key: FakeKey) => ({ certificate: null, key });
  root = fakeCertificate('Root', rootKey.publicKey, self(rootKey), authorityExtensions, now);
  const otherKey = await fakeKey();
  other = fakeCertificate('Root', otherKey.publicKey, self(otherKey), authorityExtensions, now);
  issuer = fakeCertificate(
    'Issuer',
    issuerKey.publicKey,
    { certificate: root, key: rootKey },
    authorityExtensions,
    now,
  );
  const { privateKey, publicKey } = await takeRsaKey();
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const serverFor = (names: Parameters<typeof subjectAltNameExtension>[0]): ServerOptions => {
    const extensions = [...registrationExtensions, subjectAltNameExtension(names)];
    const leaf = fakeCertificate('Server', spki, { certificate: issuer, key: issuerKey }, extensions, now);
    const cert = [leaf, issuer].map(({ der }) => toPem('CERTIFICATE', der)).join('');
    return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
  };
  options = serverFor([{ kind: 'ip', value: loopback }]);
  elsewhere = serverFor([{ kind: 'dns', value: 'elsewhere.example.org' }]);
});

async function get(trust: TransportTrust, served: ServerOptions): Promise<number> {
  const server = createServer(served, (_request, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await using transport = httpTransport(trust);
    const { port } = server.address() as AddressInfo;
    return (await transport.send({ method: 'GET', url: `https://127.0.0.1:${port}/x?message=secret` })).status;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const untrusted = (error: unknown): boolean =>
  isFailure(error, 'untrusted-server') &&
  !error.message.includes('secret') &&
  !JSON.stringify(error.params).includes('secret');

describe('HTTPS by a pinned certificate', () => {
  it('a chain that leads to the pinned root is trusted', async () => {
    assert.equal(await get({ kind: 'pinned', anchors: [root.der] }, options), 200);
  });

  it('so is one that leads to a pinned issuer which is no root', async () => {
    assert.equal(await get({ kind: 'pinned', anchors: [issuer.der] }, options), 200);
  });

  it('another root of the same name is not', async () => {
    await assert.rejects(get({ kind: 'pinned', anchors: [other.der] }, options), untrusted);
  });

  it('nor is a certificate for another host', async () => {
    await assert.rejects(get({ kind: 'pinned', anchors: [root.der] }, elsewhere), untrusted);
  });

  it('the system alone does not know our root, and does with it as an anchor besides', async () => {
    await assert.rejects(get({ kind: 'system', anchors: [] }, options), untrusted);
    assert.equal(await get({ kind: 'system', anchors: [root.der] }, options), 200);
  });

  it('before the pin is known anyone answers', async () => {
    assert.equal(await get({ kind: 'not-yet' }, elsewhere), 200);
  });

  it('nobody there is told apart from somebody wrong', async () => {
    await using transport = httpTransport({ kind: 'not-yet' });
    await assert.rejects(transport.send({ method: 'GET', url: 'http://127.0.0.1:1/' }), (error) =>
      isFailure(error, 'unreachable'),
    );
  });
});

describe('connections kept open', () => {
  /** Answers the first so many requests of each connection, and cuts it off at the next. */
  async function cuttingServer(answers: number) {
    const served = new Map<Socket, number>();
    const server = createHttpServer((request, response) => {
      const count = (served.get(request.socket) ?? 0) + 1;
      served.set(request.socket, count);
      if (count > answers) request.socket.resetAndDestroy();
      // Together, so that each has a connection of its own.
      else setTimeout(() => response.end('hello'), 50);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      connections: () => served.size,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  it('when all of them have ended, the request goes over a new one', async () => {
    await using server = await cuttingServer(1);
    await using transport = httpTransport({ kind: 'not-yet' });
    const post = () => transport.send({ method: 'POST', url: server.url, body: new Uint8Array(10) });
    await Promise.all([post(), post(), post()]);
    assert.equal(server.connections(), 3);
    assert.equal((await post()).status, 200);
    assert.equal(server.connections(), 4);
  });

  it('a new one that is cut off counts as unreachable, once', async () => {
    await using server = await cuttingServer(0);
    await using transport = httpTransport({ kind: 'not-yet' });
    await assert.rejects(transport.send({ method: 'GET', url: server.url }), (error) =>
      isFailure(error, 'unreachable'),
    );
    assert.equal(server.connections(), 1);
  });
});
