/** Graph JSON at the command line: `bin/scepward` as a process, against a server. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { toBase64 } from '../../src/lib/bytes.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { type GraphJson, scepExample, trustedExample } from '../support/graph-examples.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));
const fixture = await startAdminFixture();
const folder = temporaryFolder('cli-graph');
after(async () => {
  await fixture[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});
const { api, world } = fixture;

const chain = await api('GET', '/authorities/alderfinch/chain');
const root = pemBlocks(chain.body, 'CERTIFICATE').at(-1);
assert.ok(root);
const certificate = toBase64(root);

async function run(args: readonly string[], input = '') {
  const env = { SCEPWARD_URL: world.url, SCEPWARD_TOKEN: world.adminToken, SCEPWARD_DATA: folder.path };
  const { code, stdout, stderr } = await runCommand(scepward, args, { env, input, milliseconds: 60_000 });
  assert.doesNotMatch(stderr, /mistake of ours|\n\s+at /);
  return { code, text: new TextDecoder().decode(stdout), stderr };
}

async function json(args: readonly string[], input = '') {
  const { code, text } = await run([...args, '--json'], input);
  return { code, result: JSON.parse(text) };
}

function file(name: string, content: unknown): string {
  const path = folder.file(name);
  writeFileSync(
    path,
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content, null, 2),
  );
  return path;
}

const windows = (changes: GraphJson = {}) => [
  trustedExample('windows81', certificate),
  scepExample('windows81', changes),
];
const count = async () => (await api('GET', '/profiles?limit=200')).body.items.length;

describe('profile import', () => {
  test('shows with --dry-run what it then does, and does it once', async () => {
    const path = file('windows.json', { value: windows() });
    const before = await count();
    const planned = await json(['profile', 'import', path, '--dry-run']);
    assert.deepEqual([planned.code, planned.result.outcome, await count()], [0, 'planned', before]);
    const done = await run(['profile', 'import', path]);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.text, /windows81-scep +create +windows10 +windows81SCEPCertificateProfile/);
    assert.match(done.text, /For Windows 8\.1 import it with --windows81/);
    assert.match(done.text, /Not carried over:\n[^\n]*version, createdDateTime/);
    assert.equal(await count(), before + 2);
    const again = await json(['profile', 'import', path]);
    assert.deepEqual(
      again.result.items.map(({ action }: { action: string }) => action),
      ['unchanged', 'unchanged'],
    );
  });

  test('takes files of one folder together, and standard input, and a root and groups by name', async () => {
    mkdirSync(folder.file('tenant'));
    file('tenant/a-scep.json', scepExample('ios', { displayName: 'iPhones' }));
    file('tenant/b-root.json', { value: [trustedExample('ios', certificate)] });
    const together = await json(['profile', 'import', folder.file('tenant')]);
    assert.equal(together.code, 0, JSON.stringify(together.result));
    assert.deepEqual(
      together.result.items.map(({ source, path }: { source: string; path: string }) => [
        source.split('/').at(-1),
        path,
      ]),
      [
        ['b-root.json', 'value.0'],
        ['a-scep.json', ''],
      ],
    );
    const guests = (await api('POST', '/groups', { body: { name: 'Guests', kind: 'user' } })).body.name;
    const target = { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: 'g-7' };
    const alone = JSON.stringify(
      scepExample('ios', { displayName: 'iPads', assignments: [{ target }], 'rootCertificate@odata.bind': null }),
    );
    assert.equal((await json(['profile', 'import', '-'], alone)).code, 2);
    const answered = await json(['profile', 'import', '-', '--root', 'ios-root', '--group', `g-7=${guests}`], alone);
    assert.equal(answered.code, 0, JSON.stringify(answered.result));
    assert.deepEqual(answered.result.items[0].assignments.added, [{ include: { group: 'Guests' } }]);
  });

  test('makes Windows 8.1 of it when asked', async () => {
    const { result } = await json(['profile', 'import', file('old.json', windows()), '--windows81', '--dry-run']);
    assert.deepEqual(
      result.items.map(({ platform }: { platform: string }) => platform),
      ['windows81', 'windows81'],
    );
  });

  for (const [name, content, says] of [
    [
      'cut in the middle',
      '{"value": [\n {"displayName": "x',
      /broken\.json: Line 2, column 20, at value\.0\.displayName: .*cut off/,
    ],
    ['a duplicate key', '{"a": 1,\n "a": 2}', /broken\.json: Line 2, column 2, at a: .*second time/],
    ['UTF-16', new Uint8Array(Buffer.from('\ufeff{"value": []}', 'utf16le')), /broken\.json:1: .*UTF-16/],
    ['a web page', '<!DOCTYPE html><html>', /broken\.json: .*web page/],
    ['an error of Graph', { error: { code: 'Forbidden', message: 'no rights' } }, /Forbidden: no rights/],
    [
      'another kind',
      { '@odata.type': '#microsoft.graph.deviceCompliancePolicy', displayName: 'P' },
      /“P” is a compliance policy/,
    ],
    [
      'wrong types',
      windows({ renewalThresholdPercentage: 'x', keySize: 'size7' }),
      /1\.keySize: “size7” is not one of/,
    ],
  ] as const)
    test(`${name} exits 2, says where, and stores nothing`, async () => {
      const before = await count();
      const { code, text, stderr } = await run(['profile', 'import', file('broken.json', content)]);
      assert.equal(code, 2);
      assert.match(text + stderr, says);
      assert.equal(await count(), before);
    });

  test('a folder without JSON, a missing file, a bad option and no server are told apart', async () => {
    mkdirSync(folder.file('empty'));
    for (const args of [
      [folder.file('empty')],
      [folder.file('none.json')],
      [file('x.json', windows()), '--group', 'x'],
    ])
      assert.equal((await run(['profile', 'import', ...args])).code, 2, args.join(' '));
    const env = { SCEPWARD_URL: 'http://127.0.0.1:9', SCEPWARD_TOKEN: 'x' };
    const away = await runCommand(scepward, ['profile', 'import', file('x.json', windows())], {
      env,
      milliseconds: 60_000,
    });
    assert.equal(away.code, 3);
  });
});

describe('Graph JSON among profile files', () => {
  test('is validated without a server, with the place of every finding', async () => {
    const path = file('both.json', windows({ subjectNameFormatString: 'CN={{Nonsense}}', colour: 'red' }));
    const { code, result } = await json(['profile', 'validate', path]);
    assert.equal(code, 2);
    const told = result.findings.filter(({ severity }: { severity: string }) => severity !== 'information');
    const lines = JSON.stringify(windows({ subjectNameFormatString: 'CN={{Nonsense}}', colour: 'red' }), null, 2).split(
      '\n',
    );
    assert.deepEqual(
      told.map(({ rule, path, line }: { rule: string; path: string; line: number }) => [
        rule,
        path,
        lines[line - 1]?.trim().split('"')[1],
      ]),
      [
        ['not-carried-over', '1.colour', 'colour'],
        ['V4', '1.subjectNameFormatString', 'subjectNameFormatString'],
      ],
    );
    assert.equal((await run(['profile', 'validate', file('good.json', windows())])).code, 0);
  });

  test('is planned and applied with what the server knows', async () => {
    const path = file('plan.json', [trustedExample('macOS', certificate), scepExample('macOS')]);
    const planned = await json(['profile', 'plan', path]);
    assert.equal(planned.code, 0, JSON.stringify(planned.result));
    assert.deepEqual(
      planned.result.items.map(({ action }: { action: string }) => action),
      ['create', 'create'],
    );
    assert.equal((await run(['profile', 'apply', path])).code, 0);
    const again = await json(['profile', 'plan', path]);
    assert.deepEqual(
      again.result.items.map(({ action }: { action: string }) => action),
      ['unchanged', 'unchanged'],
    );
  });
});

describe('profile export --graph', () => {
  test('writes what import takes back: one object, all of them, or a file for each', async () => {
    await api('POST', '/profiles/import', { body: { graph: windows({ displayName: 'Out' }) } });
    const one = await run(['profile', 'export', 'out', '--graph']);
    assert.equal(one.code, 0, one.stderr);
    assert.equal(JSON.parse(one.text).displayName, 'Out');
    const inside = await json(['profile', 'export', 'out', '--graph', '--expand-root']);
    assert.equal(inside.result.rootCertificate.trustedRootCertificate, certificate);
    const linux = (await fixture.addScepProfile()).slug;
    const all = await run(['profile', 'export', '--graph']);
    assert.equal(JSON.parse(all.text).value.length, (await count()) - 2, 'all but the profiles for Linux');
    assert.match(all.stderr, /Graph has no profiles for linux/);
    assert.equal((await run(['profile', 'export', linux, '--graph'])).code, 2);
    const again = await json(['profile', 'import', '-', '--dry-run'], all.text);
    assert.deepEqual([...new Set(again.result.items.map(({ action }: { action: string }) => action))], ['unchanged']);
    const { result } = await json(['profile', 'export', '--graph', '--output', folder.file('out')]);
    const back = await json(['profile', 'import', folder.file('out'), '--dry-run']);
    assert.equal(back.result.items.length, result.files.length);
  });

  test('does not go with --into, and --expand-root not without it', async () => {
    assert.equal((await run(['profile', 'export', '--graph', '--into', 'x.yaml'])).code, 2);
    assert.equal((await run(['profile', 'export', '--expand-root'])).code, 2);
  });
});
