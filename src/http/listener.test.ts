import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { generateKeyPair } from '../crypto/key-pair.ts';
import { inlineSigner } from '../crypto/signer.ts';
import { assembleCertificate, encodeTbsCertificate } from '../formats/x509/certificate.ts';
import { nameOf } from '../formats/x509/name.ts';
import { toPem } from '../formats/x509/pem.ts';
import { day } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { openListener, type TlsIdentity } from './listener.ts';
import { readTlsFiles, watchTlsFiles } from './tls-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'scepward-tls-'));
after(() => rmSync(folder, { recursive: true }));
const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };

async function identity(name: string): Promise<TlsIdentity> {
  const pair = await generateKeyPair('p-256');
  const signer = inlineSigner(pair.privateKey);
  const subject = nameOf([['2.5.4.3', name]]);
  const tbs = encodeTbsCertificate({
    serial: Uint8Array.of(1),
    signatureAlgorithm: signer.signatureAlgorithm,
    issuer: subject,
    notBefore: Date.now() - day,
    notAfter: Date.now() + day,
    subject,
    spki: pair.publicKey,
    extensions: [],
  });
  const certificate = assembleCertificate(tbs, signer.signatureAlgorithm, await signer.sign(tbs));
  return { cert: toPem('CERTIFICATE', certificate), key: toPem('PRIVATE KEY', pair.privateKey) };
}

async function commonNameAt(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}

function write({ cert, key }: TlsIdentity): void {
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
}

test('TLS takes a renewed certificate from its files without a restart, and keeps the old one while they do not fit', async () => {
  const [one, two] = [await identity('one'), await identity('two')];
  write(one);
  const current = await readTlsFiles(files);
  const listener = await openListener({ host: '127.0.0.1', port: 0, tls: current }, (_request, response) =>
    response.end('secure'),
  );
  assert.equal(await commonNameAt(listener.port), 'one');
  let renewed = Promise.withResolvers<void>();
  let failed = Promise.withResolvers<unknown>();
  let failures = 0;
  const stop = watchTlsFiles(
    files,
    current,
    (next) => {
      listener.renewTls(next);
      renewed.resolve();
    },
    (failure) => {
      failures++;
      failed.resolve(failure);
    },
    10,
  );
  try {
    writeFileSync(files.cert, two.cert);
    assert.ok(isFailure(await failed.promise, 'tls-identity-unusable'));
    assert.equal(await commonNameAt(listener.port), 'one');
    await pause(100);
    assert.equal(failures, 1, 'told once, however often it was looked at');
    failed = Promise.withResolvers();
    renewed = Promise.withResolvers();
    writeFileSync(files.key, two.key);
    await renewed.promise;
    assert.equal(await commonNameAt(listener.port), 'two');
  } finally {
    stop();
    await listener.stop(0);
  }
});

test('what was replaced before the first look is seen', async () => {
  const [old, next] = [await identity('old'), await identity('next')];
  write(next);
  const seen = Promise.withResolvers<TlsIdentity>();
  const stop = watchTlsFiles(files, old, seen.resolve, seen.reject, 10);
  // The watch itself keeps no process alive.
  const tooLong = setTimeout(() => seen.reject(new Error('not seen')), 10_000);
  try {
    assert.deepEqual(await seen.promise, next);
  } finally {
    clearTimeout(tooLong);
    stop();
  }
});

test('files that cannot be read, and keys that do not fit, are failures that say so', async () => {
  await assert.rejects(readTlsFiles({ cert: join(folder, 'nothing'), key: files.key }), (error) =>
    isFailure(error, 'tls-file-unreadable'),
  );
  const tls = { cert: (await identity('x')).cert, key: (await identity('y')).key };
  await assert.rejects(
    openListener({ host: '127.0.0.1', port: 0, tls }, () => {}),
    (error) => isFailure(error, 'tls-identity-unusable'),
  );
});
