/** Profiles of Microsoft Graph through the API: in, out, and what must not come in. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { saveFilter } from '../../src/assignments/filter/save-filter.ts';
import { systemCause } from '../../src/events/event.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { boundTo, type GraphJson, rootIdOf, scepExample, stems, trustedExample } from '../support/graph-examples.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { api, unique, world } = fixture;

const pem = await api('GET', '/authorities/alderfinch/chain');
const root = pemBlocks(pem.body, 'CERTIFICATE').at(-1);
assert.ok(root);
const certificate = toBase64(root);

const importing = (graph: unknown, more: object = {}) => api('POST', '/profiles/import', { body: { graph, ...more } });
const slugsNow = async () =>
  (await api('GET', '/profiles?limit=200')).body.items.map(({ slug }: { slug: string }) => slug);

/** Names of their own, so that tests do not meet. */
function pair(stem: (typeof stems)[number], changes: GraphJson = {}) {
  const id = unique('id');
  const trusted = { ...trustedExample(stem, certificate), id, displayName: unique('Root') };
  return [
    trusted,
    scepExample(stem, { displayName: unique('Wi-Fi'), 'rootCertificate@odata.bind': boundTo(id), ...changes }),
  ];
}

describe('import', () => {
  test('of every type is applied, and again it changes nothing', async () => {
    const value = stems.flatMap((stem) => pair(stem));
    const planned = await importing({ value }, { dryRun: true });
    assert.equal(planned.status, 200, JSON.stringify(planned.body));
    assert.equal(planned.body.outcome, 'planned');
    const before = await slugsNow();
    const done = await importing({ value });
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.equal(done.body.outcome, 'applied');
    assert.deepEqual([...new Set(done.body.items.map(({ action }: { action: string }) => action))], ['create']);
    assert.equal((await slugsNow()).length, before.length + value.length);
    const again = await importing(JSON.stringify({ value }));
    assert.deepEqual([...new Set(again.body.items.map(({ action }: { action: string }) => action))], ['unchanged']);
  });

  test('what is exported is what was imported', async () => {
    const given = pair('windows81');
    const { items } = (await importing(given)).body;
    for (const [i, item] of items.entries()) {
      const { status, body } = await api('GET', `/profiles/${item.slug}/graph`);
      assert.equal(status, 200);
      const readOnly = ['id', 'version', 'createdDateTime', 'lastModifiedDateTime', 'assignments'];
      const bare = ({ ...object }: Record<string, unknown>) => {
        for (const name of [...readOnly, 'rootCertificate@odata.bind']) delete object[name];
        return object;
      };
      assert.deepEqual(bare(body.object), bare(given[i] as Record<string, unknown>));
      assert.deepEqual(body.findings, []);
    }
    const inside = await api('GET', `/profiles/${items[1].slug}/graph?root=expand`);
    assert.equal(inside.body.object.rootCertificate.id, (await api('GET', `/profiles/${items[0].slug}`)).body.id);
  });

  test('keeps what Graph has no word for', async () => {
    const given = pair('ios');
    const [, scep] = (await importing(given)).body.items;
    const path = `/profiles/${scep.slug}/document`;
    const { body: document } = await api('GET', path);
    const changed = { ...document, scopeTags: ['Munich'], server: { ...document.server, challengeLifetime: 5 } };
    assert.equal((await api('PUT', path, { body: changed, headers: { 'if-match': '"1"' } })).status, 200);
    const again = await importing([given[0], { ...given[1], description: 'new' }]);
    assert.deepEqual(
      again.body.items[1].changes.map(({ path }: { path: string }) => path),
      ['description'],
    );
    const { body: after } = await api('GET', path);
    assert.deepEqual([after.scopeTags, after.server.challengeLifetime], [['Munich'], 5]);
  });

  test('carries assignments over by id or by mapping, and asks for the right to assign', async () => {
    const group = (await api('POST', '/groups', { body: { name: unique('Sales'), kind: 'user' } })).body;
    const other = (await api('POST', '/groups', { body: { name: unique('Guests'), kind: 'user' } })).body;
    const target = (type: string, groupId: string) => ({
      target: { '@odata.type': `#microsoft.graph.${type}AssignmentTarget`, groupId },
    });
    const assignments = [target('group', group.id), target('exclusionGroup', 'elsewhere')];
    const given = pair('ios', { assignments });
    const lost = await importing(given, { dryRun: true });
    assert.equal(lost.body.items[1].assignments, null);
    assert.deepEqual(
      lost.body.notCarriedOver.map(({ path, severity }: { path: string; severity: string }) => `${severity} ${path}`),
      ['information 0', 'warning 1.assignments.1.target.groupId', 'warning 1.assignments', 'information 1'],
    );
    const body = { graph: given, groups: [{ graphId: 'Elsewhere', group: other.name }] };
    const token = await api('POST', '/tokens', {
      body: { name: unique('t'), permissions: ['profiles.write', 'profiles.read'] },
    });
    const headers = { authorization: `Bearer ${token.body.secret}` };
    assertProblem(await api('POST', '/profiles/import', { body, headers }), 403, 'forbidden');
    assert.ok(!(await slugsNow()).includes(lost.body.items[1].slug), 'nothing was stored');
    const done = await api('POST', '/profiles/import', { body });
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.deepEqual(done.body.items[1].assignments.added, [
      { include: { group: group.name } },
      { exclude: { group: other.name } },
    ]);
    const { object } = (await api('GET', `/profiles/${done.body.items[1].slug}/graph`)).body;
    assert.deepEqual(
      object.assignments.map(({ target }: { target: { groupId: string } }) => target.groupId),
      [group.id, other.id],
    );
  });

  test('carries applicability rules and filters over, and writes them again', async () => {
    const { store, clock } = world.server.foundation;
    const { filter } = await saveFilter(
      { ...store, clock },
      {
        id: null,
        version: null,
        name: unique('Model'),
        description: '',
        platform: 'windows10',
        rule: '(device.model -eq "X1")',
        scopeTags: [],
        cause: systemCause,
      },
    );
    const target = {
      '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget',
      deviceAndAppManagementAssignmentFilterId: 'elsewhere',
      deviceAndAppManagementAssignmentFilterType: 'exclude',
    };
    const osVersion = {
      '@odata.type': 'microsoft.graph.deviceManagementApplicabilityRuleOsVersion',
      name: 'OS version',
      ruleType: 'include',
      minOSVersion: '10.0.19045.0',
      maxOSVersion: '10.0.26200.0',
    };
    const given = pair('windows81', {
      assignments: [{ target }],
      deviceManagementApplicabilityRuleOsVersion: osVersion,
    });
    const lost = await importing(given, { dryRun: true });
    assert.deepEqual(lost.body.items[1].assignments, { added: [], removed: [] });
    const filters = [{ graphId: 'elsewhere', filter: filter.name }];
    const done = await importing(given, { filters });
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.deepEqual(done.body.items[1].assignments.added, [
      { include: 'allDevices', filter: { exclude: filter.name } },
    ]);
    const { object } = (await api('GET', `/profiles/${done.body.items[1].slug}/graph`)).body;
    assert.deepEqual(object.deviceManagementApplicabilityRuleOsVersion, osVersion);
    assert.equal(object.assignments[0].target.deviceAndAppManagementAssignmentFilterId, filter.id);
    const again = await importing([given[0], object]);
    assert.deepEqual(
      again.body.items.map(({ action }: { action: string }) => action),
      ['unchanged', 'unchanged'],
      JSON.stringify(again.body),
    );
  });

  test('refuses the whole when one has an error, at its place in the JSON', async () => {
    const before = await slugsNow();
    const [trusted, scep] = pair('windows81');
    const [, bad] = pair('windows81', {
      subjectNameFormatString: 'CN={{Nonsense}}',
      colour: 'red',
      'rootCertificate@odata.bind': boundTo(String(trusted?.id)),
    });
    const refused = await importing({ value: [trusted, scep, bad] });
    assertProblem(refused, 422, 'profiles-invalid');
    const findings = refused.body.params.items.flatMap(
      ({ findings }: { findings: { severity: string; path: string }[] }) => findings,
    );
    assert.deepEqual(
      findings
        .filter(({ severity }: { severity: string }) => severity === 'error')
        .map(({ path }: { path: string }) => path),
      ['value.2.subjectNameFormatString'],
    );
    assert.ok(refused.body.params.notCarriedOver.some(({ path }: { path: string }) => path === 'value.2.colour'));
    assert.deepEqual(await slugsNow(), before);
  });

  test('takes a root here for a reference that nothing answers', async () => {
    const [trusted] = (await importing([pair('ios')[0]])).body.items;
    const scep = scepExample('ios', { displayName: unique('Wi-Fi') });
    assertProblem(await importing(scep), 422, 'profiles-invalid');
    for (const graphId of [null, rootIdOf('ios')]) {
      const done = await importing(scep, { roots: [{ graphId, slug: trusted.slug }], dryRun: true });
      assert.equal(done.body.outcome, 'planned', JSON.stringify(done.body));
      assert.equal(done.body.items[0].document.settings.rootCertificate, trusted.slug);
    }
    assertProblem(await importing(scep, { roots: [{ graphId: null, slug: 'none' }] }), 422, 'profiles-invalid');
  });
});

describe('bad input', () => {
  const [trusted] = pair('ios');
  const text = JSON.stringify(trusted);
  for (const [name, graph, status, code] of [
    ['cut in the middle', text.slice(0, -20), 400, 'json-malformed'],
    [
      'a duplicate key',
      text.replace('"description":null', '"description":null,"description":"x"'),
      400,
      'json-malformed',
    ],
    ['a web page', '<html>sign in</html>', 400, 'json-malformed'],
    ['nested too deep', '['.repeat(5000), 400, 'json-malformed'],
    ['U+0000 behind an escape', text.replace('"description":null', '"description":"a\\u0000"'), 400, 'bad-request'],
    ['an error of Graph', { error: { code: 'Forbidden', message: 'no' } }, 422, 'profiles-invalid'],
    ['another kind', { '@odata.type': '#microsoft.graph.deviceCompliancePolicy' }, 422, 'profiles-invalid'],
    ['10,000 objects', { value: Array(10_000).fill(trusted) }, 422, 'profiles-invalid'],
    ['a certificate of 1 MB', { ...trusted, trustedRootCertificate: 'A'.repeat(1_000_000) }, 422, 'profiles-invalid'],
    ['a number', 5, 400, 'bad-request'],
  ] as const)
    test(`${name} is refused, and nothing is stored`, async () => {
      const before = await slugsNow();
      const refused = await importing(graph);
      assertProblem(refused, status, code);
      assert.deepEqual(await slugsNow(), before);
    });

  test('a byte order mark is none', async () => {
    assert.equal((await importing(`\ufeff${text}`, { dryRun: true })).body.outcome, 'planned');
  });
});

test('what Graph has no type for is not exported', async () => {
  const linux = await fixture.addScepProfile();
  assertProblem(await api('GET', `/profiles/${linux.slug}/graph`), 422, 'not-in-graph');
});
