/** Names that would write lines of their own into logs and terminals are refused wherever somebody can give one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminClient } from '../support/admin-client.ts';
import { startWorld } from '../support/world.ts';

const odd = ['one\ntwo', 'a\u001b]0;title\u0007', 'a\u009b31m', 'a\u2028b', 'a\tb'];

test('no object is given a name with control characters', async (context) => {
  await using world = await startWorld({ cryptoThreads: 0, config: { webhookPrivate: true } });
  const api = adminClient(world);
  const linux = { platform: 'linux' };
  const named: readonly (readonly [string, string, (name: string) => object])[] = [
    ['a group', '/groups', (name) => ({ name, kind: 'device' })],
    ['a filter', '/filters', (name) => ({ name, ...linux, rule: '(device.deviceName -eq "a")' })],
    ['a scope tag', '/scope-tags', (name) => ({ name })],
    ['a role', '/roles', (name) => ({ name, permissions: ['directory.read'] })],
    ['a token', '/tokens', (name) => ({ name, permissions: ['directory.read'] })],
    ['a webhook', '/webhooks', (name) => ({ name, url: 'https://hooks.example/', eventTypes: ['*'] })],
    ['a device', '/devices', (name) => ({ deviceName: name, ...linux })],
    ['a device’s fact', '/devices', (name) => ({ deviceName: `d-${name.length}`, ...linux, model: name })],
    ['a user', '/users', (name) => ({ userPrincipalName: `${name}@example.com` })],
    ['a user’s fact', '/users', (name) => ({ userPrincipalName: 'a@example.com', displayName: name })],
    ['a profile', '/profiles', (name) => ({ kind: 'scep', name, ...linux, settings: {} })],
  ];
  for (const [what, path, body] of named)
    await context.test(what, async () => {
      for (const name of odd) {
        const { status, body: problem } = await api('POST', path, { body: body(name) });
        assert.ok(status === 400 || status === 422, `${status} ${JSON.stringify(problem)}`);
        assert.match(JSON.stringify(problem), /control character/);
      }
    });

  await context.test('names in other alphabets, with spaces at their ends, are taken', async () => {
    for (const [, path, body] of named.slice(0, 4)) {
      const { status, body: made } = await api('POST', path, { body: body(' שלום مرحبا ÅØ 日本語 👩‍💻 ') });
      assert.equal(status, 201, JSON.stringify(made));
    }
  });
});
