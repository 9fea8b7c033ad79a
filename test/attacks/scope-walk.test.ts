/**
 * Every route, by every built-in role, within its own tag, without any, and unlimited: what a role does not give is refused,
 * what carries another tag is not there, and no answer names it. A new route needs a row here.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type GrantedPermission, installationWide } from '../../src/access/permission.ts';
import { builtInRoles } from '../../src/access/role.ts';
import type { ServedRoute } from '../../src/http/server.ts';
import { type AdminFixture, startAdminFixture } from '../support/admin-fixture.ts';
import { type StoreKind, storeKinds } from '../support/stores.ts';
import { markOf, type Region, type RegionObjects, regions, taggedScene } from '../support/tagged-scene.ts';

/**
 * How a route is asked. `of`: its address names something that carries tags. `wide`: it concerns everything, so that who is
 * limited gets 403. `ask`: also asked where it is allowed, and answered with 2xx; what changes things is not, beyond that.
 */
type Row = {
  readonly of?: keyof RegionObjects;
  readonly wide?: true;
  readonly ask?: true;
  readonly query?: string;
  readonly body?: unknown;
  readonly version?: true;
  readonly accept?: string;
};

const read: Row = { ask: true };
const change: Row = {};
const wide: Row = { wide: true };
const about = (of: keyof RegionObjects, more: Row = {}): Row => ({ of, ask: true, ...more });
const edit = (of: keyof RegionObjects, body?: unknown): Row => ({ of, body, version: true });
const document = { kind: 'scep', name: 'A', platform: 'linux', settings: {} };

const rows: Readonly<Record<string, Row>> = {
  'GET /users': read,
  'POST /users': change,
  'GET /users/:user': about('user'),
  'PATCH /users/:user': edit('user', {}),
  'DELETE /users/:user': edit('user'),
  'GET /users/:user/explain': about('user'),
  'GET /users/:user/erasure': wide,
  'POST /users/:user/erasure': { wide: true, body: { confirm: 'x' } },
  'GET /groups': read,
  'POST /groups': change,
  'GET /groups/:group': about('group'),
  'PATCH /groups/:group': edit('group', {}),
  'DELETE /groups/:group': edit('group'),
  'GET /groups/:group/members': about('group'),
  'POST /groups/:group/members': edit('group', {}),
  'POST /directory/import': change,
  'GET /directory/import': wide,
  'DELETE /directory/import': wide,
  'GET /devices': read,
  'POST /devices': change,
  'GET /devices/:device': about('device'),
  'PATCH /devices/:device': edit('device', {}),
  'DELETE /devices/:device': edit('device'),
  'DELETE /devices/:device/credentials': edit('device'),
  'POST /devices/:device/check-in': edit('device'),
  'POST /devices/:device/retire': edit('device'),
  'POST /devices/:device/wipe': edit('device'),
  'GET /devices/:device/explain': about('device'),
  'GET /devices/:device/timeline': about('device'),
  'GET /devices/:device/scope-tags': about('device'),
  'PUT /devices/:device/scope-tags': edit('device', { scopeTags: [] }),
  'POST /join-tokens': { wide: true, body: {} },
  'GET /profiles': read,
  'POST /profiles': change,
  'GET /profiles/:profile': about('profile'),
  'PUT /profiles/:profile': edit('profile', document),
  'DELETE /profiles/:profile': edit('profile'),
  'GET /profiles/:profile/document': about('profile'),
  'PUT /profiles/:profile/document': edit('profile', document),
  // Graph has no Linux.
  'GET /profiles/:profile/graph': edit('profile'),
  'GET /profiles/:profile/versions': about('profile'),
  'GET /profiles/:profile/versions/:version': about('profile'),
  'GET /profiles/:profile/history': about('profile'),
  'POST /profiles/:profile/restore': edit('profile', { version: 1 }),
  'GET /profiles/:profile/status': about('profile'),
  'GET /profiles/:profile/status/devices': about('profile'),
  'GET /profiles/:profile/status/users': about('profile'),
  'POST /profiles/:profile/probe': edit('profile'),
  'GET /profiles/:profile/assignments': about('profile'),
  'PUT /profiles/:profile/assignments': edit('profile', { items: [] }),
  'POST /assignments/preview': { ask: true, body: { platform: 'linux', items: [] } },
  'POST /profiles/impact': about('profile', { body: ({ profile }: RegionObjects) => ({ profile }) }),
  'POST /impact': {
    of: 'device',
    body: ({ device }: RegionObjects) => ({ change: 'retire', device }),
  },
  'POST /profiles/validate': { ask: true, body: document },
  'GET /profiles/schema': read,
  'POST /profiles/plan': { ask: true, body: { documents: [] } },
  'POST /profiles/apply': change,
  'POST /profiles/import': change,
  'POST /profiles/preview': {
    of: 'device',
    body: ({ profile, device }: RegionObjects) => ({ profile, device }),
  },
  'GET /filters': read,
  'POST /filters': change,
  'GET /filters/:filter': about('filter'),
  'PUT /filters/:filter': edit('filter', { name: 'x', rule: '(device.deviceName -eq "x")' }),
  'DELETE /filters/:filter': edit('filter'),
  'POST /filters/preview': { ask: true, body: { platform: 'linux', rule: '(device.deviceName -contains "zq")' } },
  'GET /settings/co-management': read,
  'PUT /settings/co-management': wide,
  'GET /scope-tags': read,
  'POST /scope-tags': wide,
  'GET /scope-tags/:scopeTag': about('scopeTag'),
  'PUT /scope-tags/:scopeTag': wide,
  'DELETE /scope-tags/:scopeTag': wide,
  'GET /roles': read,
  'POST /roles': wide,
  'GET /roles/:role': change,
  'PUT /roles/:role': wide,
  'DELETE /roles/:role': wide,
  'GET /role-assignments': read,
  'POST /role-assignments': wide,
  'DELETE /role-assignments/:assignment': wide,
  'GET /deployments': read,
  'GET /deployments/:deployment': about('deployment'),
  'GET /deployments/:deployment/timeline': about('deployment'),
  'GET /deployments/:deployment/transactions': about('deployment'),
  'POST /deployments/:deployment/re-issue': edit('deployment'),
  'POST /deployments/re-issue': { wide: true, body: { all: true, dryRun: true } },
  'GET /jobs': read,
  'GET /jobs/:job': about('job'),
  'GET /jobs/:job/failures': about('job', { accept: 'application/x-ndjson' }),
  'POST /jobs/:job/pause': edit('job'),
  'POST /jobs/:job/resume': edit('job'),
  'POST /jobs/:job/cancel': edit('job'),
  'GET /removals': read,
  'GET /removals/:removal': about('removal'),
  'POST /removals/:removal/confirm': edit('removal'),
  'POST /removals/:removal/reject': edit('removal'),
  'GET /settings/mass-removal': read,
  'PUT /settings/mass-removal': wide,
  'GET /status': read,
  'POST /challenges': { of: 'device', body: ({ profile, device }: RegionObjects) => ({ profile, device }) },
  'GET /certificates': read,
  'GET /certificates/count': read,
  'GET /certificates/export': read,
  'GET /certificates/:certificate': about('certificate'),
  'GET /certificates/:certificate/file': about('certificate'),
  'POST /certificates/:certificate/revoke': edit('certificate', {}),
  'POST /certificates/revoke': { ask: true, body: { all: true, dryRun: true } },
  'GET /reports/activity': read,
  'GET /reports/overview': read,
  'GET /reports/failures': read,
  'GET /reports/failures/list': read,
  'GET /reports/expiring': read,
  'GET /reports/expiring/counts': read,
  'GET /authorities': read,
  'POST /authorities': wide,
  'GET /authorities/:authority': change,
  'GET /authorities/:authority/chain': change,
  'PUT /authorities/:authority/templates': wide,
  'GET /authorities/:authority/rollover': change,
  'POST /authorities/:authority/rollover': wide,
  'POST /authorities/:authority/crl': wide,
  'GET /endings': read,
  'GET /approvals': read,
  'POST /approvals/:approval/decision': edit('approval', { decision: 'rejected' }),
  'GET /audit': { ask: true, query: '?by=all' },
  'GET /audit/entries/:entry': about('entry'),
  'GET /audit/export': { ask: true, query: '?by=all&format=jsonl' },
  'GET /audit/head': read,
  'GET /audit/verification': wide,
  'GET /audit/verification/progress': read,
  'GET /settings/retention': read,
  'PATCH /settings/retention': wide,
  'POST /settings/retention/run': wide,
  'GET /events': read,
  // It does not end; what it says is types alone.
  'GET /events/stream': change,
  'GET /tokens': read,
  'POST /tokens': change,
  'DELETE /tokens/:token': change,
  'GET /sample-organisation': read,
  'POST /sample-organisation': wide,
  'GET /settings': wide,
  'GET /settings/cadence': read,
  'PUT /settings/cadence': wide,
  'GET /administrators': read,
  'POST /administrators': wide,
  'GET /administrators/:administrator': change,
  'PUT /administrators/:administrator': wide,
  'DELETE /administrators/:administrator': wide,
  'POST /administrators/:administrator/reset': wide,
  'GET /administrators/:administrator/sessions': change,
  'GET /administrators/:administrator/passkeys': change,
  'DELETE /administrators/:administrator/passkeys/:passkey': wide,
  'DELETE /administrators/:administrator/sessions': wide,
  'DELETE /administrators/:administrator/sessions/:session': wide,
  'GET /identity-providers': read,
  'POST /identity-providers': wide,
  'GET /identity-providers/:identityProvider': change,
  'PUT /identity-providers/:identityProvider': wide,
  'DELETE /identity-providers/:identityProvider': wide,
  'POST /identity-providers/:identityProvider/test': wide,
  'GET /held-changes': wide,
  'GET /held-changes/:heldChange': wide,
  'POST /held-changes/:heldChange/decision': { wide: true, body: { decision: 'rejected' } },
  'GET /settings/second-approval': read,
  'PUT /settings/second-approval': { wide: true, body: { deployments: null } },
  'GET /settings/sessions': read,
  'PUT /settings/sessions': wide,
  'GET /webhooks': wide,
  'POST /webhooks': wide,
  'GET /webhooks/:webhook': wide,
  'PUT /webhooks/:webhook': wide,
  'DELETE /webhooks/:webhook': wide,
  'POST /webhooks/:webhook/test': wide,
  'POST /webhooks/:webhook/rotate-secret': wide,
  'GET /webhooks/:webhook/deliveries': wide,
  'POST /webhooks/:webhook/replay': wide,
};

type Situation = 'north' | 'untagged' | 'everything';
type Asker = {
  readonly role: string;
  readonly situation: Situation;
  readonly token: string;
  readonly gives: ReadonlySet<string>;
};

for (const store of storeKinds()) suite(`who may do what, where (${store})`, () => walk(store));

function walk(store: StoreKind): void {
  let fixture: AdminFixture;
  let scene: Readonly<Record<Region, RegionObjects>>;
  let routes: readonly ServedRoute[];
  const askers: Asker[] = [];

  before(async () => {
    fixture = await startAdminFixture({ store });
    scene = await taggedScene(fixture);
    routes = (await fixture.world.server.routes()).filter(
      ({ method, url, permission }) =>
        method !== 'HEAD' &&
        url.startsWith('/api/v1/') &&
        permission !== 'public' &&
        permission !== 'token' &&
        permission !== 'session',
    );
    for (const role of builtInRoles)
      for (const situation of ['north', 'untagged', 'everything'] as const) {
        const scopeTags = situation === 'everything' ? 'all' : [scene[situation].scopeTag];
        const body = { name: `${role.id} ${situation}`, permissions: role.permissions, scopeTags };
        const { status, body: made } = await fixture.api('POST', '/tokens', { body });
        assert.equal(status, 201, JSON.stringify(made));
        askers.push({ role: role.id, situation, token: made.secret, gives: new Set(role.permissions) });
      }
  });
  after(() => fixture[Symbol.asyncDispose]());

  const nameOf = ({ method, url }: ServedRoute) => `${method} ${url.slice('/api/v1'.length)}`;

  async function ask(route: ServedRoute, row: Row, objects: RegionObjects, token: string) {
    const ids: Readonly<Record<string, string>> = { ...objects, version: '1', authority: 'alderfinch' };
    const path = route.url.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? 'x');
    const hasBody = row.body !== undefined;
    const response = await fetch(`${fixture.world.url}${path}${row.query ?? ''}`, {
      method: route.method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(hasBody && { 'content-type': 'application/json' }),
        ...(row.version && { 'if-match': '"1"' }),
        ...(row.accept !== undefined && { accept: row.accept }),
      },
      ...(hasBody && { body: JSON.stringify(typeof row.body === 'function' ? row.body(objects) : row.body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  test('every route has a row, and every row a route', () => {
    assert.deepEqual(routes.map(nameOf).sort(), Object.keys(rows).sort());
  });

  test('every route by every role, with what carries its tag, another, none', async () => {
    let asked = 0;
    const faults: string[] = [];
    for (const route of routes) {
      const row = rows[nameOf(route)];
      assert.ok(row);
      const permission = route.permission as GrantedPermission;
      for (const { role, situation, token, gives } of askers)
        for (const region of row.of === undefined ? (['north'] as const) : regions) {
          const limited = situation !== 'everything';
          const allowed = gives.has(permission) && !(limited && installationWide.has(permission));
          const visible = row.of === undefined || !limited || region === situation;
          const may = allowed && !(limited && row.wide === true);
          // What is allowed and changes something is for other tests.
          if (may && visible && row.ask !== true) continue;
          const { status, text } = await ask(route, row, scene[region], token);
          asked++;
          const expected = !may ? [403] : visible ? [200, 201] : [404];
          const where = `${nameOf(route)} by ${role}, who sees ${situation}, of ${region}`;
          if (!expected.includes(status)) faults.push(`${where}: ${status}, not ${expected}: ${text.slice(0, 200)}`);
          for (const hidden of regions)
            if (limited && hidden !== situation && text.includes(markOf(hidden)))
              faults.push(
                `${where}: names ${hidden}: ${text.slice(Math.max(0, text.indexOf(markOf(hidden)) - 150)).slice(0, 250)}`,
              );
        }
    }
    assert.deepEqual(faults, []);
    assert.ok(asked > 1500, `${asked} requests are too few`);
  });

  test('whoever sees a region sees what is of it in every list that names such things', async () => {
    const lists = ['/users', '/devices', '/groups', '/profiles', '/filters', '/deployments', '/jobs', '/removals'];
    lists.push('/approvals', '/events', '/audit?by=all', '/reports/failures/list', '/certificates');
    for (const { situation, token } of askers.filter(({ role }) => role === 'administrator'))
      for (const list of lists) {
        const { body } = await fixture.api('GET', list, { token });
        const text = JSON.stringify(body);
        const seen = regions.filter((region) =>
          Object.values({ ...scene[region], scopeTag: markOf(region) }).some((id) => text.includes(id)),
        );
        assert.deepEqual(seen, situation === 'everything' ? [...regions] : [situation], `${list} by ${situation}`);
      }
  });
}
