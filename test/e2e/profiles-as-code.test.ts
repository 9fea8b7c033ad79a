/** Profiles as files, through the real command line and a real server, on both stores. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { adminClient, assertProblem } from '../support/admin-client.ts';
import { runCommand } from '../support/run-command.ts';
import { storeKinds } from '../support/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startWorld } from '../support/world.ts';

const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));
const sample = fileURLToPath(new URL('../../examples/sample-org', import.meta.url));

type Item = {
  readonly slug: string;
  readonly action: string;
  readonly changes: readonly { readonly path: string; readonly effect: string }[];
  readonly assignments: { readonly added: readonly object[]; readonly removed: readonly object[] } | null;
  readonly findings: readonly { readonly rule: string; readonly file: string; readonly line: number }[];
};
type Deleted = { readonly deleted: string | null; readonly impact: readonly { readonly profile: { slug: string } }[] };
type Plan = {
  readonly outcome: string;
  readonly items: readonly Item[];
  readonly removals: readonly { slug: string }[];
};

async function start(kind: 'sqlite' | 'postgres') {
  await using starting = new AsyncDisposableStack();
  const world = starting.use(await startWorld({ store: kind, cryptoThreads: 0 }));
  const folder = starting.use(temporaryFolder('as-code'));
  const env = { SCEPWARD_URL: world.url, SCEPWARD_TOKEN: world.adminToken };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(scepward, args, { env, milliseconds: 120_000 });
    return { code, text: new TextDecoder().decode(stdout), stderr };
  };
  const json = async <T = Plan>(...args: string[]) => {
    const { code, text, stderr } = await run(...args, '--json');
    assert.notEqual(text, '', stderr);
    return { code, result: JSON.parse(text) as T, stderr };
  };
  const done = async (...args: string[]) => {
    const answer = await json(...args);
    assert.equal(answer.code, 0, JSON.stringify(answer));
    return answer.result;
  };
  cpSync(`${sample}/profiles`, folder.file('profiles'), { recursive: true });
  await done('directory', 'import', sample);
  const api = adminClient(world);
  const running = starting.move();
  return { world, folder, api, run, json, done, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

for (const kind of storeKinds())
  describe(`profiles as code (${kind})`, () => {
    test('the sample organisation: apply, apply again, export, plan', async () => {
      await using it = await start(kind);
      const files = it.folder.file('profiles');
      const first = await it.done('profile', 'apply', files);
      assert.ok(first.items.length > 30 && first.items.every(({ action }) => action === 'create'));
      const again = await it.done('profile', 'apply', files);
      assert.deepEqual(new Set(again.items.map(({ action }) => action)), new Set(['unchanged']));

      const { body } = await it.api('GET', '/profiles/windows-wifi/document');
      const description = '0123 # no\u0085comment\u2028\u007f \t\r\n  J\u00fcrgen\u2019s \u{1f98a}: *x\n\n ';
      const headers = { 'if-match': '"1"' };
      const awkward = { ...body, name: '007', description, scopeTags: ['true', '2026-01-31', ' a '] };
      assert.equal((await it.api('PUT', '/profiles/windows-wifi', { body: awkward, headers })).status, 200);

      await it.done('profile', 'export', '--output', it.folder.file('exported'));
      assert.equal(readdirSync(it.folder.file('exported')).length, first.items.length);
      const one = await it.run('profile', 'export');
      writeFileSync(it.folder.file('all.yaml'), one.text);
      for (const exported of [it.folder.file('exported'), it.folder.file('all.yaml')]) {
        const plan = await it.done('profile', 'plan', exported, '--prune');
        assert.equal(plan.items.length, first.items.length);
        for (const { slug, action, changes } of plan.items)
          assert.deepEqual([action, changes], ['unchanged', []], slug);
        assert.deepEqual(plan.removals, []);
      }
      const secret = /^\s*(?:-\s+)?["']?(?:secret|challenge|challengePassword|password|token|key|privateKey)["']?:/im;
      assert.doesNotMatch(one.text, secret);
    });

    test('export --into keeps what the author wrote, and changes what differs', async () => {
      await using it = await start(kind);
      const files = it.folder.file('profiles');
      await it.done('profile', 'apply', files);
      assert.deepEqual(await it.done('profile', 'export', '--into', files), { files: [], kept: [] });
      const published = JSON.parse(readFileSync(`${sample}/../../docs/profile.schema.json`, 'utf8'));
      assert.deepEqual((await it.api('GET', '/profiles/schema')).body, published);
      assert.deepEqual(await it.done('profile', 'schema'), published);
      const { body } = await it.api('GET', '/profiles/ios-wifi/document');
      const settings = { ...body.settings, renewalThreshold: 35, keySize: 4096 };
      const assignments = [...body.assignments, { exclude: { group: 'Executives' } }];
      const edited = { ...body, settings, assignments };
      const put = await it.api('PUT', '/profiles/ios-wifi', { body: edited, headers: { 'if-match': '"1"' } });
      assert.equal(put.status, 200, JSON.stringify(put.body));
      const plan = await it.done('profile', 'plan', files);
      const item = plan.items.find(({ slug }) => slug === 'ios-wifi');
      assert.equal(item?.action, 'change');
      assert.deepEqual(item?.assignments, { added: [], removed: [{ exclude: { group: 'Executives' } }] });
      await it.done('profile', 'export', '--into', files);
      const after = await it.done('profile', 'plan', files);
      assert.ok(after.items.every(({ action }) => action === 'unchanged'));
      const text = readFileSync(it.folder.file('profiles', 'ios.yaml'), 'utf8');
      const original = readFileSync(`${sample}/profiles/ios.yaml`, 'utf8');
      for (const [comment] of original.matchAll(/^\s*#.*$/gm)) assert.ok(text.includes(comment), comment);
      assert.ok(text.includes('certificate: ownRoot') && text.includes('renewalThreshold: 35'));
      const untouched = readFileSync(it.folder.file('profiles', 'macos.yaml'), 'utf8');
      assert.equal(untouched, readFileSync(`${sample}/profiles/macos.yaml`, 'utf8'));
    });

    test('filters are files beside profiles: planned with what they do, applied, exported, updated in place', async () => {
      await using it = await start(kind);
      const linux = it.folder.file('profiles', 'linux.yaml');
      await it.done('profile', 'apply', linux);
      const own = it.folder.file('filtered.yaml');
      const rule = '(device.deviceName -startsWith "af-linux-1")';
      const filterText = `# Ours alone\nkind: filter\nname: "Ours: #1" # sic\nplatform: linux\nrule: ${JSON.stringify(rule)}\n`;
      const { body } = await it.api('GET', '/profiles/linux-gateway/document');
      const profile = { ...body, assignments: [{ include: 'allDevices', filter: { include: 'Ours: #1' } }] };
      writeFileSync(own, `${filterText}---\n${JSON.stringify(profile)}\n`);
      const { result: judged } = await it.json<{ findings: readonly { severity: string }[] }>(
        'profile',
        'validate',
        own,
      );
      assert.ok(
        judged.findings.every(({ severity }) => severity !== 'error'),
        JSON.stringify(judged),
      );
      type Impact = { readonly impact: readonly { readonly counts: Readonly<Record<string, number>> }[] };
      const plan = (await it.done('profile', 'plan', own)) as Plan & Impact;
      assert.deepEqual(
        plan.items.map(({ action }) => action),
        ['create', 'change'],
      );
      const devices = (await it.api('GET', '/devices?platform=linux&limit=200')).body.items as { deviceName: string }[];
      const matching = devices.filter(({ deviceName }) => deviceName.startsWith('af-linux-1')).length;
      assert.ok(matching > 0 && matching < devices.length, `${matching} of ${devices.length}`);
      assert.deepEqual((await it.api('GET', '/filters')).body.items, [], 'a plan makes none');
      const people = await it.run('profile', 'plan', own);
      assert.match(people.text, /\+ filter “Ours: #1” \(linux, .*\) is new/);
      await it.done('profile', 'apply', own);
      assert.ok((await it.done('profile', 'plan', own)).items.every(({ action }) => action === 'unchanged'));

      // A narrower rule: the plan says what that does, although no profile changes.
      const narrow = it.folder.file('narrow.yaml');
      writeFileSync(narrow, filterText.replace('af-linux-1', 'nothing is called so'));
      const narrower = (await it.done('profile', 'plan', narrow)) as Plan & Impact;
      assert.ok(narrower.impact.length > 0, JSON.stringify(narrower));

      const exported = it.folder.file('exported');
      await it.done('profile', 'export', '--output', exported);
      assert.ok(readdirSync(exported).includes('ours-1.filter.yaml'));
      const again = await it.done('profile', 'plan', exported, '--prune');
      assert.ok(again.items.every(({ action }) => action === 'unchanged') && again.removals.length === 0);
      const one = await it.run('profile', 'export', 'linux-gateway');
      assert.match(one.text, /kind: filter/);
      assert.doesNotMatch((await it.run('profile', 'export', 'root-linux')).text, /kind: filter/);

      const [filter] = (await it.api('GET', '/filters')).body.items;
      const edited = { name: filter.name, rule: '(device.deviceName -startsWith "B")', description: 'theirs' };
      const put = await it.api('PUT', `/filters/${filter.id}`, { body: edited, headers: { 'if-match': '"1"' } });
      assert.equal(put.status, 200, JSON.stringify(put.body));
      await it.done('profile', 'export', '--into', own);
      const text = readFileSync(own, 'utf8');
      assert.ok(
        text.startsWith('# Ours alone\n') && text.includes('# sic') && text.includes('description: theirs'),
        text,
      );
      assert.ok((await it.done('profile', 'plan', own)).items.every(({ action }) => action === 'unchanged'));
    });

    test('a kept plan is carried out, and refused when somebody was faster', async () => {
      await using it = await start(kind);
      const files = it.folder.file('profiles');
      await it.done('profile', 'apply', files);
      const file = it.folder.file('profiles', 'linux.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('Alder & Finch', 'Alder'));
      const plan = it.folder.file('plan.json');
      await it.done('profile', 'plan', file, '--out', plan);
      const { body } = await it.api('GET', '/profiles/root-linux/document');
      const headers = { 'if-match': '"1"' };
      await it.api('PUT', '/profiles/root-linux', { body: { ...body, description: 'theirs' }, headers });
      const late = await it.json<{ code: string; detail: string }>('profile', 'apply', '--plan', plan);
      assert.deepEqual([late.code, late.result.code], [2, 'plan-outdated']);
      assert.match(late.result.detail, /root-linux/);
      await it.done('profile', 'plan', file, '--out', plan);
      const applied = await it.done('profile', 'apply', '--plan', plan);
      assert.ok(applied.items.some(({ action }) => action === 'change'));
      const people = await it.run('profile', 'plan', file);
      assert.match(people.text, /unchanged/);
    });

    test('pruning needs --yes, and names what would go', async () => {
      await using it = await start(kind);
      await it.done('profile', 'apply', it.folder.file('profiles'));
      const linux = it.folder.file('profiles', 'linux.yaml');
      const refused = await it.json<{ code: string; detail: string }>('profile', 'apply', linux, '--prune');
      assert.deepEqual([refused.code, refused.result.code], [2, 'prune-unconfirmed']);
      assert.match(refused.result.detail, /ios-wifi/);
      const pruned = await it.done('profile', 'apply', linux, '--prune', '--yes');
      assert.ok(pruned.removals.length > 20);
      const left = await it.done('profile', 'list');
      assert.ok((left.items as unknown as { platform: string }[]).every(({ platform }) => platform === 'linux'));
    });

    test('a root that SCEP profiles refer to is not deleted, and they are named', async () => {
      await using it = await start(kind);
      await it.done('profile', 'apply', it.folder.file('profiles', 'linux.yaml'));
      const refused = await it.json<{ code: string; detail: string }>('profile', 'delete', 'root-linux');
      assert.deepEqual([refused.code, refused.result.code], [2, 'profile-in-use']);
      assert.match(refused.result.detail, /Linux VPN gateway/);
      const asked = await it.json<Deleted>('profile', 'delete', 'linux-gateway', '--dry-run');
      assert.deepEqual([asked.code, asked.result.deleted], [0, null]);
      assert.equal(asked.result.impact[0]?.profile.slug, 'linux-gateway');
      const gone = await it.json<Deleted>('profile', 'delete', 'linux-gateway');
      assert.deepEqual([gone.code, gone.result.deleted], [0, 'linux-gateway']);
      assert.match(gone.stderr, /linux-gateway|Linux VPN gateway/);
      assert.equal((await it.api('GET', '/profiles/linux-gateway')).status, 404);
    });

    test('documents that are no profiles are findings, whatever they are', async () => {
      await using it = await start(kind);
      const documents: readonly { readonly document: object }[] = [
        { document: {} },
        { document: { toString: 2, valueOf: [], kind: 'constructor', hasOwnProperty: {} } },
        {
          document: {
            kind: 'scep',
            name: 'x',
            platform: 'toString',
            settings: { subjectAlternativeNames: ['valueOf'] },
          },
        },
        {
          document: {
            kind: 'scep',
            name: ['x'],
            slug: {},
            platform: 'ios',
            settings: [],
            assignments: [{ include: { toString: 1 } }],
          },
        },
        { document: { kind: 'trustedCertificate', name: 'x', platform: 'ios', settings: { certificate: 17 } } },
      ];
      const plan = await it.api('POST', '/profiles/plan', { body: { documents } });
      assert.equal(plan.status, 200, JSON.stringify(plan.body));
      assert.ok(plan.body.items.every(({ action, findings }: Item) => action === 'refused' && findings.length > 0));
      const apply = await it.api('POST', '/profiles/apply', { body: { documents } });
      assertProblem(apply, 422, 'profiles-invalid');
      assert.deepEqual(apply.body.params.items, plan.body.items);
      const polluting = `{"documents": [{"document": {"__proto__": {"kind": "scep"}}}]}`;
      assert.equal((await it.api('POST', '/profiles/plan', { body: polluting })).status, 400);
    });

    test('one bad document keeps the good ones out, with its place', async () => {
      await using it = await start(kind);
      const file = it.folder.file('profiles', 'linux.yaml');
      const text = readFileSync(file, 'utf8');
      writeFileSync(
        file,
        text.replace('keySize: 4096', 'keySize: 4097').replace('rootCertificate:', 'rootCertifcate:'),
      );
      const refused = await it.json('profile', 'apply', it.folder.file('profiles'));
      assert.equal(refused.code, 2);
      assert.equal(refused.result.outcome, 'refused');
      const [finding] = refused.result.items.flatMap(({ findings }) =>
        findings.filter(({ rule }) => rule === 'unknown-field'),
      );
      assert.equal(finding?.file, file);
      assert.ok((finding?.line ?? 0) > 1);
      assert.deepEqual((await it.api('GET', '/profiles')).body.items, []);
    });
  });
