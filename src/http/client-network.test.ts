import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientNetwork } from './client-network.ts';

test('an IPv4 address is its own network, also as IPv6 shows it', () => {
  assert.equal(clientNetwork('192.0.2.1'), '192.0.2.1');
  assert.equal(clientNetwork('::ffff:192.0.2.1'), '192.0.2.1');
});

test('IPv6 addresses of one /64 are one, others another', () => {
  const network = clientNetwork('2001:db8:1:2::1');
  assert.equal(clientNetwork('2001:0db8:0001:0002:ffff:ffff:ffff:ffff'), network);
  assert.notEqual(clientNetwork('2001:db8:1:3::1'), network);
  assert.equal(clientNetwork('fe80::1%eth0'), clientNetwork('fe80::2%eth1'));
});

test('what is no address stands for itself', () => {
  for (const text of ['', 'unknown', 'a:b', 'unix:']) assert.equal(clientNetwork(text), text);
});
