/** Signing in by a real OpenID provider, as a browser does it: away to its pages, and back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newSetUpCode } from '../../src/access/set-up.ts';
import { adminClient } from '../support/admin-client.ts';
import { honestClient, startHonestIdentityProvider } from '../support/honest-identity-provider.ts';
import { sessionClient } from '../support/session-client.ts';
import { addDana } from '../support/sign-in-to-console.ts';
import { startWorld } from '../support/world.ts';

/** Follows where the provider sends a browser, until it comes back to us. */
async function signInThere(url: string, home: string): Promise<string> {
  const jar = new Map<string, string>();
  let address = url;
  for (let step = 0; step < 10 && !address.startsWith(home); step++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, { redirect: 'manual', headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    assert.ok(location, `${response.status} ${await response.text()}`);
    address = new URL(location, address).href;
  }
  return new URL(address).search.slice(1);
}

test('by oidc-provider: discovery, code with PKCE, UserInfo, groups that carry roles, signing out', async () => {
  await using world = await startWorld({ authority: false, cryptoThreads: 0, config: { oidcPrivate: true } });
  const api = adminClient(world);
  await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
  await using provider = await startHonestIdentityProvider([`${world.url}/sign-in/return`]);
  const body = { name: 'Alder', issuer: provider.issuer, ...honestClient, scopes: ['profile', 'email', 'groups'] };
  const made = await api('POST', '/identity-providers', { body });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.ok(made.body.redirectUris.includes(`${world.url}/sign-in/return`));
  assert.deepEqual((await api('POST', `/identity-providers/Alder/test`)).body, {
    answers: true,
    problem: null,
    signsOut: true,
  });
  const members = [{ kind: 'oidcGroup', value: 'help-desk' }];
  await api('POST', '/role-assignments', { body: { role: 'Help Desk Operator', members } });

  const signIn = async () => {
    const client = sessionClient(world);
    const begun = await client('POST', `/session/identity-providers/${made.body.id}`);
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    const answer = await signInThere(begun.body.url, `${world.url}/sign-in/return`);
    return { client, me: await client('POST', '/session/identity-provider', { body: { answer } }) };
  };
  provider.next('u-1', { name: 'Robin Finch', email: 'robin@alderfinch.example', groups: ['help-desk', 'all'] });
  const { me } = await signIn();
  assert.equal(me.status, 200, JSON.stringify(me.body));
  assert.deepEqual([me.body.name, me.body.signInName], ['Robin Finch', 'robin@alderfinch.example']);
  assert.ok(me.body.permissions.includes('devices.join'));

  provider.next('u-2', { name: 'Nobody', email: 'nobody@alderfinch.example' });
  const second = await signIn();
  assert.deepEqual([second.me.status, second.me.body.grants], [200, []]);

  provider.next('u-1', { name: 'Robin Renamed', email: 'other@alderfinch.example', groups: [] });
  const again = await signIn();
  assert.deepEqual([again.me.body.id, again.me.body.grants], [me.body.id, []], 'who they are says the subject alone');
});
