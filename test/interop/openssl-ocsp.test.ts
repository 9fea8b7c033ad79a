/** The OCSP responder before `openssl ocsp`, which verifies every answer with the certificates that a client has. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Certificate } from '../../src/authority/certificate.ts';
import { systemCause } from '../../src/events/event.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { deviceCertificates } from '../support/device-certificates.ts';
import { authorityPem } from '../support/issued-certificate.ts';
import { ocspRequest } from '../support/ocsp-request.ts';
import { opensslText } from '../support/openssl.ts';
import { skipUnless } from '../support/requires.ts';
import { storeKinds } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('openssl');

async function issued(world: World, count: number): Promise<readonly Certificate[]> {
  const context = await world.server.authority.issuing.active(null);
  return deviceCertificates(world.server.foundation.store, context, world.clock, count);
}

function ask(world: World, body: Uint8Array): Promise<Response> {
  return fetch(`${world.url}/ocsp`, { method: 'POST', body: new Uint8Array(body) });
}

function revoke(world: World, { id }: Certificate, reason: 'keyCompromise' | 'superseded' = 'keyCompromise') {
  return world.server.authority.revoke({ certificateId: id, reason, cause: systemCause });
}

type Asking = { readonly args?: readonly string[]; readonly serials?: readonly string[]; readonly issuer?: string };

/** What `openssl ocsp` prints about these certificates. Throws where the answer does not verify. */
async function opensslOcsp(world: World, certificates: readonly Certificate[], asking: Asking = {}): Promise<string> {
  const { root, issuer } = await authorityPem(world);
  const leaves = Object.fromEntries(certificates.map(({ der }, index) => [`${index}.pem`, toPem('CERTIFICATE', der)]));
  return opensslText(
    [
      ...['ocsp', ...(asking.args ?? []), '-issuer', 'issuer.pem', '-CAfile', 'root.pem'],
      ...certificates.flatMap((_, index) => ['-cert', `${index}.pem`]),
      ...(asking.serials ?? []).flatMap((serial) => ['-serial', `0x${serial}`]),
      ...['-url', `${world.url}/ocsp`, '-verify_other', 'issuer.pem'],
    ],
    { files: { 'root.pem': root, 'issuer.pem': asking.issuer ?? issuer, ...leaves } },
  );
}

for (const store of storeKinds())
  for (const issuerKey of ['rsa-2048', 'p-256'] as const)
    test(`good, revoked with reason, and unknown, as openssl verifies it (${store}, ${issuerKey})`, {
      skip,
    }, async () => {
      await using world = await startWorld({ store, issuerKey });
      const [kept, lost] = await issued(world, 2);
      assert.ok(kept && lost);
      await signerReady(world);
      for (const args of [[], ['-no_nonce'], ['-sha256'], ['-sha256', '-no_nonce']]) {
        const said = await opensslOcsp(world, [kept], { args });
        assert.match(said, /^0\.pem: good$/m, said);
      }
      await opensslOcsp(world, [lost], { args: ['-no_nonce'] });
      await revoke(world, lost);
      for (const args of [[], ['-no_nonce']]) {
        const said = await opensslOcsp(world, [kept, lost], { args, serials: ['4a4b4c4d4e4f5051'] });
        assert.match(said, /^0\.pem: good$/m, said);
        assert.match(said, /^1\.pem: revoked$[\s\S]*^\tReason: keyCompromise$/m, said);
        assert.match(said, /^0x4a4b4c4d4e4f5051: unknown$/im, said);
      }
    });

test('what a revocation on another node changes is said at once', {
  skip: skipUnless('openssl', 'postgres'),
}, async () => {
  await using first = await startWorld({ store: 'postgres', config: { node: 'node-1' } });
  await signerReady(first);
  const { database } = first.server.foundation.config;
  const config = { database, secretFile: join(first.folder, 'secret'), node: 'node-2' };
  await using second = await startWorld({ authority: false, config });
  const [certificate] = await issued(first, 1);
  assert.ok(certificate);
  const args = ['-no_nonce'];
  for (const world of [first, second, first, second])
    assert.match(await opensslOcsp(world, [certificate], { args }), /: good$/m);
  await revoke(second, certificate, 'superseded');
  for (const world of [first, second]) assert.match(await opensslOcsp(world, [certificate], { args }), /: revoked$/m);
});

test('GET is answered for caches to keep, until a revocation', { skip }, async () => {
  await using world = await startWorld({ issuerKey: 'p-256' });
  const [certificate] = await issued(world, 1);
  assert.ok(certificate);
  await signerReady(world);
  const { root, issuer } = await authorityPem(world);
  const files = { 'root.pem': root, 'issuer.pem': issuer, 'leaf.pem': toPem('CERTIFICATE', certificate.der) };
  const { issuer: ours } = await world.server.authority.issuing.active(null);
  const request = ocspRequest({ issuer: ours.certificate, serials: [certificate.serial] });
  const asked = toBase64(request);
  const get = (tail: string, headers = {}) => fetch(`${world.url}/ocsp/${tail}`, { headers });
  const answer = await get(encodeURIComponent(asked));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/ocsp-response');
  assert.equal(answer.headers.get('cache-control'), 'max-age=60, public, no-transform, must-revalidate');
  const lifetime =
    Date.parse(answer.headers.get('expires') ?? '') - Date.parse(answer.headers.get('last-modified') ?? '');
  assert.equal(lifetime, 3_600_000);
  const body = new Uint8Array(await answer.arrayBuffer());
  const check = (response: Uint8Array) =>
    opensslText(
      [
        ...['ocsp', '-respin', 'answer.der', '-issuer', 'issuer.pem', '-cert', 'leaf.pem', '-CAfile', 'root.pem'],
        ...['-verify_other', 'issuer.pem', '-no_nonce'],
      ],
      { files: { ...files, 'answer.der': response } },
    );
  assert.match(await check(body), /leaf\.pem: good/);

  const bare = await get(asked);
  assert.deepEqual(new Uint8Array(await bare.arrayBuffer()), body, 'slashes and pluses may stand as they are');
  const etag = answer.headers.get('etag') ?? '';
  assert.equal((await get(asked, { 'if-none-match': etag })).status, 304);
  const posted = await ask(world, request);
  assert.equal(posted.headers.get('cache-control'), 'no-store');
  assert.deepEqual(new Uint8Array(await posted.arrayBuffer()), body, 'not signed again');

  await revoke(world, certificate);
  const later = await get(asked, { 'if-none-match': etag });
  assert.equal(later.status, 200);
  assert.match(await check(new Uint8Array(await later.arrayBuffer())), /leaf\.pem: revoked/);
});

test('another CA’s certificates are none of our business, alone or among ours', { skip }, async () => {
  await using world = await startWorld({ issuerKey: 'p-256' });
  await using foreign = await startWorld({ issuerKey: 'p-256' });
  const certificates = await issued(world, 1);
  await signerReady(world);
  const { issuer } = await authorityPem(foreign);
  await assert.rejects(opensslOcsp(world, certificates, { issuer }), /unauthorized \(6\)/);
  const mixed = ['-issuer', 'issuer.pem', '-cert', '0.pem'];
  await assert.rejects(opensslOcsp(world, certificates, { args: mixed, issuer }), /unauthorized \(6\)/);
});

test('our certificates name the responder, its own needs no asking', { skip }, async () => {
  await using world = await startWorld();
  const [certificate] = await issued(world, 1);
  await signerReady(world);
  const said = await opensslText(['x509', '-inform', 'DER', '-noout', '-ocsp_uri'], { input: certificate?.der ?? '' });
  assert.equal(said.trim(), `${world.url}/ocsp`);
  const { certificates } = world.server.foundation.store;
  const all = { deploymentId: null, deviceId: null, profileId: null, search: 'OCSP', status: null };
  const [signer] = (await certificates.list(all, world.clock.now(), { limit: 2, cursor: null })).items;
  const text = await opensslText(['x509', '-inform', 'DER', '-noout', '-text'], { input: signer?.der ?? '' });
  assert.match(text, /X509v3 Extended Key Usage: \n +OCSP Signing\n/);
  assert.match(text, /OCSP No Check/);
});

/** It is made in the background after the start. */
async function signerReady(world: World): Promise<void> {
  const { keys } = world.server.foundation.store;
  await until('an OCSP signer', async () => (await keys.all()).find(({ purpose }) => purpose === 'ocsp'));
}
