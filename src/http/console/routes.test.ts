import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { systemClock } from '../../lib/clock.ts';
import { createServer } from '../server.ts';
import { builtFiles } from './built-files.ts';
import { consolePages, registerConsoleRoutes } from './routes.ts';

const html = { accept: 'text/html,application/xhtml+xml' };

async function consoleServer(built = true) {
  const { path: folder } = temporaryFolder('console');
  mkdirSync(join(folder, 'assets'));
  if (built) {
    const file = (contentType: string, etag: string, encodings: string[] = []) => ({ contentType, etag, encodings });
    writeFileSync(
      join(folder, 'files.json'),
      JSON.stringify({
        files: {
          '/index.html': file('text/html; charset=utf-8', 'W/"one"'),
          '/assets/a.js': file('text/javascript; charset=utf-8', 'W/"two"', ['br', 'gzip']),
        },
      }),
    );
    writeFileSync(join(folder, 'index.html'), '<p>page');
    writeFileSync(join(folder, 'assets/a.js'), 'plain');
    writeFileSync(join(folder, 'assets/a.js.br'), 'brotli');
    writeFileSync(join(folder, 'assets/a.js.gz'), gzipSync('plain'));
    writeFileSync(join(folder, 'secret.txt'), 'not in the list');
  }
  const files = builtFiles(folder);
  return createServer({
    clock: systemClock,
    log: null,
    trustedProxies: [],
    authorize: async () => {},
    pages: consolePages(files),
    routes: (app) => {
      registerConsoleRoutes(app, files);
      app.post('/scep/:slug', { config: { permission: 'public' } }, () => 'scep');
    },
  });
}

test('the page comes at its root and wherever no route is, for navigations alone', async () => {
  const { app } = await consoleServer();
  for (const url of ['/', '/certificates?status=valid', '/devices/1', '/nothing.php'])
    assert.equal((await app.inject({ url, headers: html })).body, '<p>page', url);
  for (const url of ['/certificates', '/robots.txt']) {
    const { statusCode, headers } = await app.inject({ url, headers: { accept: '*/*' } });
    assert.equal(statusCode, 404, url);
    assert.match(String(headers['content-type']), /problem\+json/);
  }
  assert.equal((await app.inject({ method: 'POST', url: '/certificates', headers: html })).statusCode, 404);
});

test('what belongs to another route is never a page', async () => {
  const { app } = await consoleServer();
  assert.equal((await app.inject({ url: '/scep/wifi', headers: html })).statusCode, 405);
  for (const url of ['/scep', '/scep/wifi/more', '/api', '/api/v1/nothing', '/assets/missing.js'])
    assert.equal((await app.inject({ url, headers: html })).statusCode, 404, url);
});

test('no file comes that is not in the list', async () => {
  const { app } = await consoleServer();
  const urls = [
    '/assets/..%2fsecret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/__proto__',
    '/assets/a.js.br',
    '/assets/a.js%00',
  ];
  for (const url of urls) {
    const { statusCode, body } = await app.inject({ url });
    assert.ok([400, 404].includes(statusCode), `${url}: ${statusCode}`);
    assert.doesNotMatch(body, /not in the list|root:/, url);
  }
});

test('the page forbids whatever is inline, frames and foreign origins', async () => {
  const { app } = await consoleServer();
  const { headers } = await app.inject({ url: '/', headers: html });
  const policy = String(headers['content-security-policy']);
  assert.doesNotMatch(policy, /unsafe-|\*|https?:/);
  for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"])
    assert.ok(policy.split('; ').includes(directive), directive);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
  assert.equal(headers['cache-control'], 'no-cache');
});

test('a file comes as the browser can read it, and for good', async () => {
  const { app } = await consoleServer();
  const get = (encoding: string) => app.inject({ url: '/assets/a.js', headers: { 'accept-encoding': encoding } });
  const rows: readonly (readonly [accepts: string, encoding: string | undefined])[] = [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', undefined],
    ['', undefined],
  ];
  for (const [accepts, encoding] of rows) {
    const { headers } = await get(accepts);
    assert.equal(headers['content-encoding'], encoding, accepts);
    assert.equal(headers.vary, 'accept-encoding');
    assert.match(String(headers['cache-control']), /immutable/);
    assert.match(String(headers['content-type']), /^text\/javascript/);
  }
});

test('what the browser has already is not sent again', async () => {
  const { app } = await consoleServer();
  const { statusCode, body } = await app.inject({
    url: '/',
    headers: { ...html, 'if-none-match': 'W/"old", W/"one"' },
  });
  assert.equal(statusCode, 304);
  assert.equal(body, '');
  assert.equal((await app.inject({ url: '/', headers: { ...html, 'if-none-match': 'W/"old"' } })).statusCode, 200);
});

test('a console that is not built says how to build it', async () => {
  const { app } = await consoleServer(false);
  const { statusCode, body } = await app.inject({ url: '/', headers: html });
  assert.equal(statusCode, 503);
  assert.match(body, /console-not-built.*node setup\.mjs start/s);
});
