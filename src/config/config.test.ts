import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../lib/failure.ts';
import { parseConfig, parseListen } from './config.ts';

const plain = { tlsListen: null };

test('without variables it listens on loopback, on SQLite, without TLS', () => {
  const config = parseConfig({}, plain);
  assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8080 });
  assert.deepEqual(config.database, { kind: 'sqlite' });
  assert.equal(config.tls, null);
  assert.equal(config.data, './data');
  assert.equal(config.probePrivate, false);
});

test('the demo brings TLS of our own', () => {
  assert.deepEqual(parseConfig({}, { tlsListen: '127.0.0.1:8443' }).tls, {
    listen: { host: '127.0.0.1', port: 8443 },
    files: null,
  });
});

for (const [text, host, port] of [
  ['127.0.0.1:80', '127.0.0.1', 80],
  ['[::1]:8080', '::1', 8080],
  [':8080', '0.0.0.0', 8080],
  ['8080', '127.0.0.1', 8080],
  ['scep.example.org:0', 'scep.example.org', 0],
] as const)
  test(`listen address ${text}`, () => assert.deepEqual(parseListen('X', text), { host, port }));

for (const [name, environment, variable] of [
  ['a listen address without port', { SCEPWARD_LISTEN: 'localhost' }, 'SCEPWARD_LISTEN'],
  ['a port above 65535', { SCEPWARD_LISTEN: '127.0.0.1:65536' }, 'SCEPWARD_LISTEN'],
  ['a certificate without its key', { SCEPWARD_TLS_LISTEN: ':1', SCEPWARD_TLS_CERT: 'x' }, 'SCEPWARD_TLS_KEY'],
  ['a key without its certificate', { SCEPWARD_TLS_LISTEN: ':1', SCEPWARD_TLS_KEY: 'x' }, 'SCEPWARD_TLS_CERT'],
  ['another database', { SCEPWARD_DATABASE_URL: 'mysql://x' }, 'SCEPWARD_DATABASE_URL'],
  ['a public address without scheme', { SCEPWARD_PUBLIC_URL: 'scep.example.org' }, 'SCEPWARD_PUBLIC_URL'],
  ['a PKI address with a query', { SCEPWARD_PKI_URL: 'http://a/?b' }, 'SCEPWARD_PKI_URL'],
  ['half a permission to probe private networks', { SCEPWARD_PROBE_PRIVATE: 'yes' }, 'SCEPWARD_PROBE_PRIVATE'],
  ['an unknown log level', { SCEPWARD_LOG: 'loud' }, 'SCEPWARD_LOG'],
] as const)
  test(`${name} is refused, naming ${variable}`, () =>
    assert.throws(
      () => parseConfig(environment, plain),
      (error) => isFailure(error, 'bad-setting') && error.params.variable === variable,
    ));

test('a database password does not appear in what is refused', () => {
  assert.throws(
    () => parseConfig({ SCEPWARD_DATABASE_URL: 'postgres//scep:hunter2@h/db' }, plain),
    (error) => isFailure(error) && !error.message.includes('hunter2'),
  );
});
