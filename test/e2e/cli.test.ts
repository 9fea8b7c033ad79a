/** The command line as people use it: `bin/scepward` as a process, against a server that `demo` made. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort } from '../support/world.ts';

const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));
const sample = fileURLToPath(new URL('../../examples/sample-org', import.meta.url));

type Expected = { readonly device: string; readonly profile: string; readonly code: string };
type Summary = {
  readonly devices: number;
  readonly enrolled: number;
  readonly failed: readonly (Expected & { readonly detail: string; readonly expected: boolean })[];
  readonly seconds: number;
  readonly data: string;
};

const folder = temporaryFolder('cli');
const data = folder.file('data');
const environment: Record<string, string> = { SCEPWARD_DATA: data, SCEPWARD_TLS_LISTEN: '127.0.0.1:0' };
/** All that any command of this file printed. */
const printed: string[] = [];
let server: ChildProcess | undefined;
let summary: { readonly code: number; readonly result: Summary };

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
  const options = { env: { ...environment, ...env }, input, milliseconds: 120_000 };
  const { code, stdout, stderr } = await runCommand(scepward, args, options);
  const text = new TextDecoder().decode(stdout);
  printed.push(text, stderr);
  return { code, text, stderr };
}

async function json<T>(...args: string[]): Promise<{ readonly code: number; readonly result: T }> {
  const { code, text } = await run([...args, '--json']);
  return { code, result: JSON.parse(text) as T };
}

/** Starts a command and resolves when its standard error has said so much. */
function startUntil(args: readonly string[], said: RegExp): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(scepward, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let heard = '';
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => {
      heard += chunk.toString('utf8');
      if (said.test(heard)) resolve(child);
    });
    child.once('close', (code) => {
      printed.push(heard);
      reject(new Error(`ended with ${code}: ${heard}`));
    });
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

before(async () => {
  environment.SCEPWARD_LISTEN = `127.0.0.1:${await freePort()}`;
  // Killed when it has hardly begun: the next one has to go on.
  const killed = await startUntil(['demo', '--once'], /Simulated devices: (?!0 )\d+ of/);
  const gone = ended(killed);
  killed.kill('SIGKILL');
  await gone;
  summary = await json<Summary>('demo', '--once');
  server = await startUntil(['demo'], /Serving at/);
});

after(async () => {
  if (server?.exitCode === null) {
    const gone = ended(server);
    server.kill('SIGKILL');
    await gone;
  }
  await folder[Symbol.asyncDispose]();
});

describe('demo', () => {
  it('enrols every device of the sample organisation, and fails only where that has a true reason', () => {
    const { failures } = parse(readFileSync(`${sample}/expectations.yaml`, 'utf8')) as { failures: Expected[] };
    const { code, result } = summary;
    assert.deepEqual(
      result.failed.map(({ device, profile, code }) => `${device} ${profile} ${code}`).sort(),
      failures.map(({ device, profile, code }) => `${device} ${profile} ${code}`).sort(),
    );
    assert.ok(result.failed.every(({ expected, detail }) => expected && detail.length > 10));
    assert.equal(result.devices, 135);
    assert.equal(result.enrolled, 235);
    assert.equal(result.data, data);
    assert.equal(code, 0);
  });

  it('keeps secret and token for its owner alone', () => {
    for (const file of ['admin-token', 'secret']) assert.equal(statSync(`${data}/${file}`).mode & 0o777, 0o600);
  });

  it('refuses a data directory that another server holds', async () => {
    const { code, stderr } = await run(['demo', '--once']);
    assert.equal(code, 2);
    assert.match(stderr, /Another server uses the data directory/);
  });

  it('says which address is taken, and what to do', async () => {
    const { code, stderr } = await run(['demo', '--once'], { SCEPWARD_DATA: folder.file('other') });
    assert.equal(code, 1);
    assert.match(stderr, /Cannot listen on 127\.0\.0\.1:\d+: another process listens there.*SCEPWARD_LISTEN/);
  });
});

describe('lists and names', () => {
  it('pages through by itself, and stops at --limit with the cursor of the rest', async () => {
    type List = { items: { id: string }[]; next: string | null };
    const all = await json<List>('certificate', 'list', '--status', 'valid');
    assert.ok(all.result.items.length > 200);
    assert.equal(all.result.next, null);
    const first = await json<List>('device', 'list', '--limit', '3');
    assert.equal(first.result.items.length, 3);
    const second = await json<List>('device', 'list', '--limit', '3', '--cursor', String(first.result.next));
    assert.equal(new Set([...first.result.items, ...second.result.items].map(({ id }) => id)).size, 6);
  });

  it('lists both when two devices have a name, and does nothing', async () => {
    const copy = readFileSync(`${sample}/devices.csv`, 'utf8').split('\n');
    const twin = (copy.find((line) => line.startsWith('af-linux-2,')) ?? '')
      .replace('F1A90FD571', 'TWIN000001')
      .replace('d44489fb-e0b0-4000-8cd5-82cfa4ba1116', 'd44489fb-e0b0-4000-8cd5-000000000000')
      .replace('ee684a01-edba-4484-9023-e0952e6782d3', 'ee684a01-edba-4484-9023-000000000000');
    writeFileSync(folder.file('devices.csv'), `${copy[0]}\n${twin}\n`);
    const imported = await json<{ counts: { devices: { created: number } } }>('directory', 'import', folder.path);
    assert.equal(imported.result.counts.devices.created, 1);
    const { code, result } = await json<{ code: string; candidates: unknown[] }>('device', 'retire', 'af-linux-2');
    assert.equal(code, 2);
    assert.equal(result.code, 'ambiguous-name');
    assert.equal(result.candidates.length, 2);
  });

  it('lists every mistake of an import with its place, and changes nothing', async () => {
    const broken = temporaryFolder('broken');
    writeFileSync(broken.file('groups.csv'), 'groupName,kind,description\nA,user,\nB,nonsense,\nC,thing,\n');
    const { code, text, stderr } = await run(['directory', 'import', broken.path, '--json']);
    await broken[Symbol.asyncDispose]();
    assert.equal(code, 2);
    const { faults } = JSON.parse(text) as { faults: { file: string; line: number }[] };
    assert.deepEqual(
      faults.map(({ file, line }) => `${file}:${line}`),
      ['groups.csv:3', 'groups.csv:4'],
    );
    assert.match(stderr, /groups\.csv:3:3/);
  });
});

describe('profiles as files', () => {
  it('validates the sample without a server', async () => {
    const { code, text } = await run(['profile', 'validate', `${sample}/profiles`, '--json'], {
      SCEPWARD_URL: 'http://127.0.0.1:1',
      SCEPWARD_DATA: folder.file('nothing'),
    });
    const { findings } = JSON.parse(text) as { findings: { severity: string }[] };
    assert.equal(code, 0);
    assert.ok(findings.every(({ severity }) => severity !== 'error'));
  });

  it('validates: exit 2 and the rule, where and how to mend it', async () => {
    const file = folder.file('bad.yaml');
    writeFileSync(
      file,
      'kind: scep\nname: Bad\nplatform: linux\nsettings: { certificateType: device, subjectNameFormat: "CN={{UserName}}", rootCertificate: x, extendedKeyUsages: [clientAuthentication] }\n',
    );
    const { code, result } = await json<{ findings: Record<string, string>[] }>('profile', 'validate', file);
    assert.equal(code, 2);
    const [finding] = result.findings;
    assert.deepEqual(Object.keys(finding ?? {}).sort(), [
      'column',
      'detail',
      'file',
      'fix',
      'line',
      'offset',
      'path',
      'rule',
      'severity',
    ]);
    assert.equal(finding?.rule, 'V3');
    assert.equal(finding?.path, 'settings.subjectNameFormat');
  });

  it('applies a file, plans nothing afterwards, and exports what applies to the same', async () => {
    const exported = await run(['profile', 'export', 'linux-gateway']);
    const file = folder.file('gateway.yaml');
    writeFileSync(file, exported.text);
    type Plan = { items: { action: string; changes: { path: string; effect: string }[] }[] };
    assert.equal((await json<Plan>('profile', 'plan', file)).result.items[0]?.action, 'unchanged');
    writeFileSync(file, exported.text.replace('gateway.alderfinch.example', 'vpn.alderfinch.example'));
    const plan = await json<Plan>('profile', 'plan', file);
    assert.deepEqual(
      plan.result.items[0]?.changes.map(({ path, effect }) => [path, effect]),
      [['settings.subjectAlternativeNames', 'reissue']],
    );
    assert.equal((await json<Plan>('profile', 'apply', file)).result.items[0]?.action, 'change');
    assert.equal((await json<Plan>('profile', 'apply', file)).result.items[0]?.action, 'unchanged');
  });

  it('makes a trusted certificate profile in one step, of the server’s root or of a file', async () => {
    type Saved = { profile: { slug: string; kind: string; platform: string }; outcome: string };
    const own = await json<Saved>('profile', 'new-root', '--platform', 'ios', '--slug', 'one-step');
    assert.equal(own.code, 0);
    assert.deepEqual(
      [own.result.profile.kind, own.result.profile.platform, own.result.outcome],
      ['trustedCertificate', 'ios', 'created'],
    );
    type Shown = { document: { settings: { certificate: string; certificateFileName: string } } };
    const certificateOf = async (slug: string) => (await json<Shown>('profile', 'show', slug)).result.document.settings;
    const { certificate } = await certificateOf('one-step');
    assert.equal(certificate, (await certificateOf('root-ios')).certificate, 'as the sample’s ownRoot');
    const file = folder.file('root.cer');
    writeFileSync(file, Buffer.from(certificate, 'base64'));
    const uploaded = await run([
      'profile',
      'new-root',
      '--platform',
      'windows10',
      '--file',
      file,
      '--slug',
      'from-file',
    ]);
    assert.equal(uploaded.code, 0, uploaded.stderr);
    assert.deepEqual(await certificateOf('from-file'), {
      certificate,
      certificateFileName: 'root.cer',
      destinationStore: 'computerRoot',
    });
    writeFileSync(file, '<html>502 Bad Gateway</html>');
    const refused = await json<{ code: string; detail: string }>(
      ...['profile', 'new-root', '--platform', 'linux', '--file', file, '--slug', 'never'],
    );
    assert.deepEqual([refused.code, refused.result.code], [2, 'profile-invalid']);
    assert.match(refused.result.detail, /web page/);
    assert.equal((await run(['profile', 'show', 'never'])).code, 2);
    for (const slug of ['one-step', 'from-file']) assert.equal((await run(['profile', 'delete', slug])).code, 0);
  });

  it('prints both mends of an escaped comma, each with the name that comes of it', async () => {
    const file = folder.file('escaped.yaml');
    const subject = 'CN=Test User (TestCompany\\, LLC),OU=UserAccounts';
    writeFileSync(
      file,
      `kind: scep\nname: Escaped\nplatform: linux\nsettings: { subjectNameFormat: '${subject}', rootCertificate: x, extendedKeyUsages: [clientAuthentication] }\n`,
    );
    const { code, text } = await run(['profile', 'validate', file]);
    assert.equal(code, 2);
    assert.match(text, /CN="Test User \(TestCompany, LLC\)",OU=UserAccounts\n +comes to CN="Test User/);
    assert.match(
      text,
      /CN=Test User \(TestCompany LLC\),OU=UserAccounts\n +comes to CN=Test User \(TestCompany LLC\), OU/,
    );
    type Found = { findings: { rule: string; mends?: { text: string; preview: string }[] }[] };
    const { result } = await json<Found>('profile', 'validate', file);
    assert.equal(result.findings[0]?.rule, 'V6');
    assert.equal(result.findings[0]?.mends?.length, 2);
  });

  it('mends a file on request, and keeps its comments', async () => {
    const file = folder.file('mend.yaml');
    const text = (subject: string, name: string) =>
      [
        '# for the sales',
        'kind: scep',
        `name: ${name}`,
        'platform: linux',
        'settings:',
        `  subjectNameFormat: '${subject}' # who`,
        '  rootCertificate: x',
        '  extendedKeyUsages:',
        '    - clientAuthentication # sign-in',
        '',
      ].join('\n');
    writeFileSync(file, text('CN={{UserName}},O=Alder\\, Finch', 'Wi\u200bFi'));
    type Mended = { mended: { rule: string; path: string }[]; findings: { rule: string; severity: string }[] };
    const first = await json<Mended>('profile', 'mend', file);
    assert.equal(first.code, 2);
    assert.deepEqual(
      first.result.mended.map(({ rule, path }) => `${rule} ${path}`),
      ['Q1 name'],
    );
    assert.equal(readFileSync(file, 'utf8'), text('CN={{UserName}},O=Alder\\, Finch', 'WiFi'));
    const second = await run(['profile', 'mend', file, '--choose', '1']);
    assert.equal(second.code, 0, second.stderr);
    assert.equal(readFileSync(file, 'utf8'), text('CN={{UserName}},O="Alder, Finch"', 'WiFi'));
    assert.match((await run(['profile', 'mend', file])).text, /^Nothing was mended\./);
    const graph = folder.file('graph.json');
    writeFileSync(graph, '{"@odata.type":"#microsoft.graph.iosScepCertificateProfile","displayName":"x"}');
    const refused = await run(['profile', 'mend', graph]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /graph\.json is Graph JSON, which is not mended in place/);
  });

  it('applies all of the files or none', async () => {
    const file = folder.file('two.yaml');
    const scep = (name: string, group: string) =>
      `kind: scep\nname: ${name}\nslug: ${name}\nplatform: linux\nsettings: { certificateType: device, subjectNameFormat: "CN={{DeviceName}}", rootCertificate: root-linux, extendedKeyUsages: [clientAuthentication] }\nassignments: [{ include: { group: ${group} } }]\n`;
    // Twice the same slug: each alone would do.
    writeFileSync(file, `${scep('first', 'Linux Servers')}---\n${scep('first', 'Linux Servers')}`);
    type Plan = { items: { action: string; findings: { rule: string; path: string; line: number }[] }[] };
    const { code, result } = await json<Plan>('profile', 'apply', file);
    assert.equal(code, 2);
    assert.equal(result.items[1]?.findings[0]?.rule, 'profile-twice');
    assert.equal(result.items[1]?.findings[0]?.line, 10);
    assert.equal((await run(['profile', 'show', 'first'])).code, 2);
    writeFileSync(file, `${scep('first', 'Linux Servers')}---\n${scep('second', 'No Such Group')}`);
    for (const command of ['plan', 'apply']) {
      const refused = await json<Plan>('profile', command, file);
      assert.equal(refused.code, 2);
      assert.deepEqual(
        refused.result.items.map(({ action }) => action),
        ['create', 'refused'],
      );
      const finding = refused.result.items[1]?.findings.find(({ rule }) => rule === 'target-not-found');
      assert.equal(finding?.path, 'assignments.0.include.group');
    }
    assert.equal((await run(['profile', 'show', 'first'])).code, 2);
  });

  it('previews the exact certificate of a device with an awkward name', async () => {
    type Preview = { subject: string; subjectDer: string; unresolved: unknown[]; keyUsage: string[] };
    const { code, result } = await json<Preview>('profile', 'preview', 'ios-wifi', '--device', 'Reception, Front Desk');
    assert.equal(code, 0);
    assert.equal(result.subject, 'CN="Reception, Front Desk", OU=AD99E15693, O=Alder & Finch');
    assert.deepEqual(result.unresolved, []);
    const decoded = await json<{ text: string }>('name', 'decode', result.subjectDer);
    assert.equal(decoded.result.text, result.subject);
  });

  it('explains why a profile does not apply', async () => {
    type Explained = { items: { applies: boolean; reasons: { code: string }[] }[] };
    const { result } = await json<Explained>('explain', 'Scanner 1', '--profile', 'corporate-android-vpn');
    assert.deepEqual(
      result.items.map(({ applies, reasons }) => [applies, reasons.map(({ code }) => code).sort()]),
      [[false, ['excluded', 'included']]],
    );
  });
});

describe('filters', () => {
  const rule = '(device.manufacturer -eq "Zebra")';

  it('judges a rule without a server, with the place of every fault', async () => {
    const alone = { SCEPWARD_URL: 'http://127.0.0.1:1', SCEPWARD_DATA: folder.file('nowhere') };
    const good = await run(['filter', 'validate', '--platform', 'windows10', '--rule', rule], alone);
    assert.deepEqual([good.code, good.text], [0, 'The rule can be used.\n']);
    const bad = await run(['filter', 'validate', '--rule', '(device.model -eq Pixel)', '--json'], alone);
    assert.equal(bad.code, 2);
    const { findings } = JSON.parse(bad.text) as { findings: { rule: string; offset: number; fix: string }[] };
    assert.deepEqual(
      findings.map(({ rule: code, offset, fix }) => [code, offset, fix]),
      [['filter-quotes', 18, 'Write "Pixel".']],
    );
    const file = folder.file('rule.txt');
    writeFileSync(file, `${rule}\n`);
    assert.equal((await run(['filter', 'validate', '--rule-file', file], alone)).code, 0);
    assert.equal((await run(['filter', 'validate'], alone)).code, 2);
    const both = await run(['filter', 'preview', 'Some filter', '--platform', 'ios', '--rule', rule], alone);
    assert.equal(both.code, 2);
    assert.match(both.stderr, /Name a filter, or give --platform and --rule/);
  });

  it('makes, previews, uses, refuses to delete, and deletes one', async () => {
    type Filter = { filter: { name: string; platform: string; version: number } };
    const platform = 'androidEnterpriseCorporate';
    const made = await json<Filter>('filter', 'create', 'Zebra scanners', '--platform', platform, '--rule', rule);
    assert.deepEqual(
      [made.code, made.result.filter.name, made.result.filter.platform],
      [0, 'Zebra scanners', platform],
    );
    const preview = await json<{ matching: number; items: { deviceName: string }[] }>(
      'filter',
      'preview',
      'Zebra scanners',
    );
    assert.ok(preview.result.matching > 0);
    assert.equal(preview.result.items.length, preview.result.matching);
    const changed = await json<Filter>('filter', 'update', 'zebra scanners', '--description', 'ours');
    assert.equal(changed.result.filter.version, 2);
    const list = await json<{ items: { name: string }[] }>('filter', 'list');
    assert.deepEqual(
      list.result.items.map(({ name }) => name),
      ['Zebra scanners'],
    );
    const exported = await run(['profile', 'export', 'root-android-corporate']);
    const root = exported.code === 0 ? parse(exported.text) : null;
    assert.ok(root, exported.stderr);
    const file = folder.file('filtered.yaml');
    const assignments = [
      { include: 'allDevices', filter: { exclude: 'Zebra scanners' } },
      { exclude: { user: 'priya.raman@alderfinch.example' } },
    ];
    writeFileSync(file, JSON.stringify({ ...root, assignments }));
    const plan = await run(['profile', 'plan', file]);
    assert.match(plan.text, /information assignment-mixed-kinds .*assignments\.1\.exclude: Users are excluded/);
    assert.equal((await run(['profile', 'apply', file])).code, 0);
    const explained = await json<{ items: { status: string; sentence: string }[] }>(
      'explain',
      preview.result.items[0]?.deviceName ?? '',
      '--profile',
      root.slug,
    );
    assert.equal(explained.result.items[0]?.status, 'not-applicable');
    assert.match(explained.result.items[0]?.sentence ?? '', /“Zebra scanners” \(exclude\)/);
    const refused = await json<{ code: string }>('filter', 'delete', 'Zebra scanners');
    assert.deepEqual([refused.code, refused.result.code], [2, 'filter-in-use']);
    writeFileSync(file, JSON.stringify(root));
    assert.equal((await run(['profile', 'apply', file])).code, 0);
    assert.equal((await run(['filter', 'delete', 'Zebra scanners'])).code, 0);
  });

  it('makes, renames, gives and deletes a scope tag', async () => {
    type Tag = { name: string; groupIds: string[]; version: number };
    const made = await json<Tag>('scope-tag', 'create', 'Warehouse', '--group', 'Field Scanners');
    assert.deepEqual([made.code, made.result.groupIds.length], [0, 1]);
    const people = await json<{ code: string }>('scope-tag', 'create', 'People', '--group', 'Engineering');
    assert.deepEqual([people.code, people.result.code], [2, 'wrong-group-kind']);
    const shown = await json<{ scopeTags: string[] }>('device', 'show', 'Scanner 1');
    assert.deepEqual(shown.result.scopeTags, ['Warehouse']);
    const renamed = await json<Tag>('scope-tag', 'update', 'warehouse', '--name', 'Stores', '--no-group');
    assert.deepEqual([renamed.result.name, renamed.result.groupIds], ['Stores', []]);
    type Given = { scopeTags: string[]; from: string };
    const given = await json<Given>('scope-tag', 'give', 'Scanner 1', 'stores');
    assert.deepEqual([given.result.scopeTags, given.result.from], [['Stores'], 'device']);
    const list = await json<{ items: Tag[] }>('scope-tag', 'list');
    assert.deepEqual(
      list.result.items.map(({ name }) => name),
      ['Default', 'Stores'],
    );
    assert.equal((await run(['scope-tag', 'delete', 'Stores'])).code, 0);
    assert.equal((await run(['scope-tag', 'delete', 'Default'])).code, 2);
  });

  it('explains a user, device by device, and wants one of device and user', async () => {
    type Explained = { items: { device: { deviceName: string } | null; profile: { slug: string }; status: string }[] };
    const { code, result } = await json<Explained>('explain', '--user', 'priya.raman@alderfinch.example');
    assert.equal(code, 0);
    assert.ok(result.items.some(({ device, status }) => device?.deviceName === 'AF-WIN-001' && status === 'applies'));
    assert.equal((await run(['explain'])).code, 2);
    assert.equal((await run(['explain', 'AF-WIN-001', '--user', 'priya.raman@alderfinch.example'])).code, 2);
  });

  it('chooses a pilot group, which then is not deleted, and takes it back', async () => {
    type Setting = { pilotGroup: { name: string } | null };
    assert.equal((await json<Setting>('co-management', 'show')).result.pilotGroup, null);
    const chosen = await json<Setting>('co-management', 'set', '--pilot-group', 'Pilot Ring');
    assert.equal(chosen.result.pilotGroup?.name, 'Pilot Ring');
    const refused = await json<{ code: string }>('group', 'delete', 'Pilot Ring');
    assert.deepEqual([refused.code, refused.result.code], [2, 'group-in-use']);
    const users = await json<{ code: string }>('co-management', 'set', '--pilot-group', 'All Staff');
    assert.deepEqual([users.code, users.result.code], [2, 'wrong-group-kind']);
    assert.equal((await json<Setting>('co-management', 'set', '--no-pilot-group')).result.pilotGroup, null);
    assert.equal((await run(['co-management', 'set'])).code, 2);
    const deleted = await json('group', 'delete', 'Whole House');
    assert.deepEqual([deleted.code, deleted.result], [0, { deleted: 'Whole House' }]);
    assert.equal((await run(['group', 'show', 'Whole House'])).code, 2);
  });
});

describe('challenges and agents', () => {
  it('makes a challenge for any client; for a certificate that is there only with --reissue', async () => {
    const args = ['challenge', 'new', '--profile', 'linux-machine', '--device', 'af-linux-1'];
    const refused = await json<{ code: string }>(...args);
    assert.equal(refused.code, 2);
    assert.equal(refused.result.code, 'certificate-not-due');
    const { code, result } = await json<Record<string, unknown>>(...args, '--reissue');
    assert.equal(code, 0);
    assert.match(String(result.challenge), /^[A-Z2-7]{26}$/);
    assert.match(String(result.scepUrl), /\/scep\/linux-machine\/d\//);
    assert.ok(Number(result.expiresAt) > 0 && typeof result.expected === 'object');
  });

  it('joins with a token from standard input, enrols, shows what it holds, and leaves', async () => {
    const { result } = await json<{ joinToken: string }>('agent', 'token', '--user', 'jane.doe@alderfinch.example');
    const agent = ['--folder', folder.file('agent')];
    const server = `http://${environment.SCEPWARD_LISTEN}`;
    const join = ['agent', 'join', '--server', server, '--token-file', '-', '--name', 'bench', ...agent];
    assert.equal((await run(join, {}, `${result.joinToken}\n`)).code, 0);
    type Run = { results: { profile: { slug: string }; outcome: string }[] };
    const ran = await json<Run>('agent', 'run', '--once', ...agent);
    assert.deepEqual(
      ran.result.results.map(({ profile, outcome }) => `${profile.slug} ${outcome}`),
      ['linux-user enrolled'],
    );
    const status = await json<{ items: { kind: string }[] }>('agent', 'status', ...agent);
    assert.deepEqual(status.result.items.map(({ kind }) => kind).sort(), ['scep', 'trusted']);
    assert.deepEqual((await json('agent', 'leave', ...agent)).result, { told: true });
    assert.equal((await run(['agent', 'status', ...agent])).code, 2);
  });

  it('simulates a fleet', async () => {
    type Fleet = { devices: number; enrolled: number; failed: unknown[] };
    const { code, result } = await json<Fleet>('simulate', '--devices', '2', '--platform', 'ios');
    assert.equal(code, 0);
    assert.deepEqual([result.devices, result.enrolled, result.failed], [2, 2, []]);
  });
});

describe('exit codes and secrets', () => {
  it('exit 3 when no server answers', async () => {
    const { code, text } = await run(['device', 'list', '--json'], { SCEPWARD_URL: 'http://127.0.0.1:1' });
    assert.equal(code, 3);
    assert.equal(JSON.parse(text).code, 'server-unreachable');
  });

  it('exit 2 for what is not understood, in JSON too', async () => {
    for (const args of [
      ['bogus'],
      ['challenge', 'new'],
      ['device', 'list', '--limit', 'many'],
      ['device', 'show', 'x'],
    ]) {
      const { code, text } = await run([...args, '--json']);
      assert.equal(code, 2, args.join(' '));
      assert.equal(typeof JSON.parse(text).code, 'string', args.join(' '));
    }
  });

  it('exit 1 with a token that the server does not know', async () => {
    assert.equal((await run(['device', 'list'], { SCEPWARD_TOKEN: 'wrong' })).code, 1);
  });

  it('init refuses addresses that no device can reach, and leaves nothing behind', async () => {
    const fresh = { SCEPWARD_DATA: folder.file('fresh') };
    const { code, stderr } = await run(['init', '--name', 'Example'], fresh);
    assert.equal(code, 2);
    assert.match(stderr, /SCEPWARD_PKI_URL/);
    const guess = await run(['init', '--name', 'Example'], {
      ...fresh,
      SCEPWARD_PUBLIC_URL: 'https://scep.example.org',
    });
    assert.equal(guess.code, 2);
    assert.match(guess.stderr, /--pki-url http:\/\/scep\.example\.org/);
    assert.throws(() => statSync(folder.file('fresh')));
    const keys = ['--root-key', 'p-256', '--issuer-key', 'p-256'];
    const made = await run(['init', '--name', 'Example', '--pki-url', 'http://pki.example.org', ...keys], fresh);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(statSync(folder.file('fresh', 'admin-token')).mode & 0o777, 0o600);
    assert.equal((await run(['init', '--name', 'Example', '--pki-url', 'http://pki.example.org'], fresh)).code, 2);
  });

  it('lets the key of a root go once it is exported, and only with its passphrase', async () => {
    const fresh = { SCEPWARD_DATA: folder.file('fresh') };
    const file = folder.file('root.key');
    const key = ['authority', 'key'];
    const passphrase = ['--passphrase-file', '-'];
    const exported = ['export', 'example-root', '--output', file, ...passphrase];
    assert.equal((await run([...key, ...exported], fresh, 'correct horse battery\n')).code, 0);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const remove = [...key, 'remove', 'example-root', '--exported', file, ...passphrase];
    assert.equal((await run(remove, fresh, 'wrong horse battery\n')).code, 2);
    assert.equal((await run(remove, fresh, 'correct horse battery\n')).code, 0);
    assert.notEqual((await run([...key, ...exported], fresh, 'correct horse battery\n')).code, 0);
    assert.ok(printed.every((text) => !text.includes('horse')));
  });

  it('doctor finds nothing wrong here, and everything missing in an empty folder', async () => {
    type Doctor = { checks: { check: string; status: string }[] };
    const here = await json<Doctor>('doctor');
    assert.equal(here.code, 0);
    assert.ok(here.result.checks.every(({ status }) => status !== 'problem'));
    const { code, text } = await run(['doctor', '--json'], {
      SCEPWARD_DATA: folder.file('empty'),
      SCEPWARD_URL: 'http://127.0.0.1:1',
    });
    assert.equal(code, 1);
    const wrong = (JSON.parse(text) as Doctor).checks.filter(({ status }) => status === 'problem');
    assert.deepEqual(
      wrong.map(({ check }) => check),
      ['secret', 'database'],
    );
  });

  it('never prints the administrator’s token or the sealing secret, and stops within 10 s when asked', async () => {
    assert.ok(server !== undefined);
    const gone = ended(server);
    const asked = performance.now();
    server.kill('SIGTERM');
    assert.equal(await gone, 0);
    assert.ok(performance.now() - asked < 10_000);
    for (const file of ['admin-token', 'secret']) {
      const secret = readFileSync(`${data}/${file}`, 'utf8').trim();
      assert.ok(
        printed.every((text) => !text.includes(secret)),
        file,
      );
    }
  });
});
