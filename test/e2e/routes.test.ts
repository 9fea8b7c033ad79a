import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { permissions } from '../../src/access/permission.ts';
import { createServer, type ServedRoute } from '../../src/http/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let routes: readonly ServedRoute[];
before(async () => {
  world = await startWorld({ authority: false, cryptoThreads: 0 });
  routes = await world.server.routes();
});
after(() => world[Symbol.asyncDispose]());

/** HEAD answers as GET does, without the body. */
const listening = () => routes.filter(({ method }) => method !== 'HEAD');

test('every route of the whole server declares a permission that exists', () => {
  assert.ok(routes.length > 80, `${routes.length} routes are too few to be all`);
  for (const { method, url, permission } of routes) assert.ok(permissions.includes(permission), `${method} ${url}`);
});

test('HEAD demands what GET demands', () => {
  const permissionOf = new Map(listening().map(({ method, url, permission }) => [`${method} ${url}`, permission]));
  for (const { method, url, permission } of routes)
    if (method === 'HEAD') assert.equal(permission, permissionOf.get(`GET ${url}`), url);
});

test('a route without permission does not come up', async () => {
  const registering = createServer({
    clock: systemClock,
    log: null,
    trustedProxies: [],
    authorize: async () => {},
    routes: (app) => {
      app.get('/open', () => 'hello');
    },
  });
  await assert.rejects(registering, /does not declare its permission/);
});

test('nothing but what is meant for everybody answers a stranger', async () => {
  for (const { method, url, permission } of listening()) {
    const response = await fetch(`${world.url}${url.replaceAll(/:\w+/g, 'x')}`, { method });
    await response.body?.cancel();
    if (permission !== 'public') assert.equal(response.status, 401, `${method} ${url}`);
    else assert.notEqual(response.status, 401, `${method} ${url}`);
  }
});

test('the threat model has a line for every route, with its permission, and for no other', () => {
  const text = readFileSync(new URL('../../docs/threat-model.md', import.meta.url), 'utf8');
  const [, table = ''] = text.split('<!-- routes -->');
  const lines = [...table.matchAll(/^\| `([A-Z]+ \/\S*)` \| `([a-z.]+)` \| (.+) \|$/gm)].map(
    ([, route, permission, why = '']) => ({ route, permission, why }),
  );
  const byRoute = (a: string, b: string) => a.localeCompare(b);
  assert.deepEqual(
    lines.map(({ route, permission }) => `${route} ${permission}`).sort(byRoute),
    listening()
      .map(({ method, url, permission }) => `${method} ${url} ${permission}`)
      .sort(byRoute),
  );
  for (const { route, why } of lines) assert.ok(why.trim().length > 10, `${route} says why`);
});
