import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorld, type World } from '../support/world.ts';

async function make(world: World, body: object) {
  const response = await fetch(`${world.url}/api/v1/authorities`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as { code?: string; slug?: string } };
}

const alder = { name: 'Alder & Finch', pkiUrl: 'http://pki.alderfinch.example', rootKey: 'p-256', issuerKey: 'p-256' };

test('a running server without an authority gets one, and issues by it at once', async () => {
  await using world = await startWorld({ authority: false });
  const { status, answer } = await make(world, alder);
  assert.equal(status, 201, JSON.stringify(answer));
  const list = await fetch(`${world.url}/api/v1/authorities`, {
    headers: { authorization: `Bearer ${world.adminToken}` },
  });
  const { items } = (await list.json()) as { items: { slug: string }[] };
  assert.deepEqual(
    items.map(({ slug }) => slug),
    [answer.slug],
  );
  // Who answers for it is there at once, and not a minute later.
  const { items: certificates } = (await (
    await fetch(`${world.url}/api/v1/certificates?limit=50`, {
      headers: { authorization: `Bearer ${world.adminToken}` },
    })
  ).json()) as { items: { purpose: string }[] };
  assert.ok(certificates.some(({ purpose }) => purpose === 'ocsp'));
  // What the pool of threads signs with.
  await world.server.authority.publishDueCrls();
  const [authority] = await world.server.foundation.store.authorities.all();
  const crl = await fetch(`${world.url}/api/v1/authorities/${authority?.slug}/crl`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminToken}` },
  });
  assert.ok(crl.ok, await crl.text());
  assert.equal((await make(world, alder)).answer.code, 'already-initialised');
});

test('what is wrong with it is said, and nothing is made', async () => {
  await using world = await startWorld({ authority: false, cryptoThreads: 0 });
  const rows: readonly (readonly [body: object, code: string])[] = [
    [{ ...alder, pkiUrl: 'http://127.0.0.1:8080' }, 'pki-url-loopback'],
    [{ ...alder, pkiUrl: 'ftp://x' }, 'pki-url-invalid'],
    [{ ...alder, issuerYears: 20, rootYears: 10 }, 'authority-lifetime-invalid'],
    [{ ...alder, import: { kind: 'pkcs12', file: '***' } }, 'bad-request'],
    [{ ...alder, rootKey: 'rsa-512' }, 'bad-request'],
  ];
  for (const [body, code] of rows) assert.equal((await make(world, body)).answer.code, code);
  const broken = await make(world, { ...alder, import: { kind: 'pem', texts: ['-----BEGIN NOTHING-----'] } });
  assert.ok(broken.status >= 400 && broken.status < 500, JSON.stringify(broken));
  assert.deepEqual(await world.server.foundation.store.authorities.all(), []);
});
