/**
 * A directory of 100,000 devices, 50,000 people and 2,000 groups with 200 profiles, on both stores: importing it, what
 * check-ins cost, bringing every device up to date while devices go on calling. Each goal stands beside its figure.
 */
import { execFile, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Config } from '../src/config/config.ts';
import type { DeviceId } from '../src/directory/device.ts';
import { pemBlocks } from '../src/formats/x509/pem.ts';
import { toBase64 } from '../src/lib/bytes.ts';
import { issueToDevices } from '../test/support/installation.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { type BenchApi, benchApi } from './support/bench-api.ts';
import { checkInAll, type FleetDevice, joinFleet, percentile } from './support/fleet.ts';
import { benchConfig, type Figure, removeInstallation, say } from './support/measure.ts';
import { fullSize, type Organisation, writeOrganisation } from './support/organisation.ts';
import { makeProfileDocuments } from './support/organisation-profiles.ts';
import { type ServerProcess, scepward, serverEnvironment, startServerProcess } from './support/server-process.ts';

const run = promisify(execFile);
const fleetSize = 200;
/** Of check-ins that are measured together; before them some that are not. */
const checkIns = { warmUp: 1500, idle: 4000, resolving: 1500 };
const connections = 4;
/** While everything is reconciled: each of 100,000 devices calls every half hour, sixteen times as often as they usually do. */
const perSecond = 55;

export const directoryStores = ['sqlite', 'postgres'] as const;
/** In this order; what a part needs of those before it is done, and not measured. */
export const directoryParts = ['import', 'profiles', 'check-ins', 'change'] as const;
type Part = (typeof directoryParts)[number];

export async function directory(chosen: {
  readonly stores: readonly (typeof directoryStores)[number][];
  readonly parts: readonly Part[];
}): Promise<readonly Figure[]> {
  const folder = join(tmpdir(), `scepward-bench-organisation-${process.pid}`);
  const figures: Figure[] = [];
  try {
    say('writing an organisation …');
    const organisation = writeOrganisation(folder, fullSize);
    if (chosen.stores.includes('sqlite'))
      figures.push(...(await measure('SQLite', benchConfig(18_315), organisation, chosen.parts)));
    if (chosen.stores.includes('postgres')) {
      await using postgres = await startPostgres();
      const config = { ...benchConfig(18_316), database: { kind: 'postgres', url: postgres.url } } as const;
      figures.push(...(await measure('PostgreSQL', config, organisation, chosen.parts)));
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  store: string,
  config: Config,
  organisation: Organisation,
  parts: readonly Part[],
): Promise<readonly Figure[]> {
  const figure = (name: string, value: number, unit: string, goal: Figure['goal']): Figure => {
    say(`  ${store}: ${name}: ${value.toFixed(2)} ${unit}`);
    return { name: `${store}: ${name}`, value, unit, goal };
  };
  try {
    await run(scepward, ['init', '--name', 'Bench', '--pki-url', 'http://pki.bench.example'], {
      env: serverEnvironment(config),
    });
    const api = benchApi(
      `http://${config.listen.host}:${config.listen.port}`,
      readFileSync(join(config.data, 'admin-token'), 'utf8').trim(),
    );
    const figures: Record<Part, readonly Figure[]> = { import: [], profiles: [], 'check-ins': [], change: [] };
    let fleet: readonly FleetDevice[] = [];
    const answers = () => directoryParts.flatMap((part) => (parts.includes(part) ? figures[part] : []));
    {
      await using server = await startServerProcess(config, null, null);
      figures.import = await measureImport(config, server, organisation, figure);
      if (parts.every((part) => part === 'import')) return answers();
      figures.profiles = await measureProfiles(config, api, organisation, figure);
      if (!parts.includes('check-ins') && !parts.includes('change')) return answers();
      // What nobody else is called.
      const named = organisation.devices.filter(({ name }) => name !== 'iPhone').slice(0, fleetSize);
      fleet = await joinFleet(api, named);
      await checkInAll(api.url, fleet, connections, { goOn: (done) => done < fleet.length });
      await reconciled(config);
    }
    await giveCertificates(config, fleet);
    await using server = await startServerProcess(config, null, null);
    await server.atRest();
    if (parts.includes('check-ins'))
      figures['check-ins'] = [
        ...(await measureCheckIns(api, server, fleet, figure)),
        ...(await measureDuringImport(config, api, organisation, fleet, figure)),
      ];
    if (parts.includes('change')) figures.change = await measureWidestChange(config, api, fleet, figure);
    return answers();
  } finally {
    await removeInstallation(config);
  }
}

type NewFigure = (name: string, value: number, unit: string, goal: Figure['goal']) => Figure;

async function measureImport(
  config: Config,
  server: ServerProcess,
  organisation: Organisation,
  figure: NewFigure,
): Promise<readonly Figure[]> {
  const { users, devices, memberships } = organisation;
  const { seconds, peakMiB, told } = await importAll(config, organisation);
  const what = `import of ${devices.length} devices, ${users.length} users, ${memberships} memberships`;
  return [
    figure(what, seconds, 's', { most: 90 }),
    figure('the same: the most memory that the server held', server.peakMiB(), 'MiB', { most: 500 }),
    figure('the same: the most memory that the command line held', peakMiB, 'MiB', { most: 500 }),
    figure('the same: how often the command line said how far it is', told, 'times', { least: 4 }),
  ];
}

async function importAll(config: Config, { folder }: Organisation) {
  const started = performance.now();
  const child = spawn(scepward, ['directory', 'import', folder], {
    env: serverEnvironment(config),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = 0;
  child.stderr.on('data', (text: Buffer) => {
    told += text.toString().split('\n').length - 1;
    process.stderr.write(text);
  });
  let peakMiB = 0;
  const watch = setInterval(() => {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, { encoding: 'utf8' }))?.[1];
    peakMiB = Math.max(peakMiB, Number(peak ?? 0) / 1024);
  }, 50);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`the import ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, peakMiB, told };
}

async function measureProfiles(
  config: Config,
  api: BenchApi,
  organisation: Organisation,
  figure: NewFigure,
): Promise<readonly Figure[]> {
  const { items } = await api.call<{ items: { slug: string }[] }>('GET', '/authorities');
  const chain = await fetch(`${api.url}/api/v1/authorities/${items[0]?.slug}/chain`, { headers: api.headers });
  const root = pemBlocks(await chain.text(), 'CERTIFICATE').at(-1);
  if (root === undefined) throw new Error('the authority has no root');
  const documents = makeProfileDocuments(organisation, toBase64(root));
  const started = performance.now();
  let slowest = 0;
  for (const document of documents) {
    const sent = performance.now();
    await api.call('POST', '/profiles', document);
    slowest = Math.max(slowest, performance.now() - sent);
  }
  const added = (performance.now() - started) / 1000;
  await reconciled(config);
  const resolved = (performance.now() - started) / 1000;
  return [
    figure(`${documents.length} profiles added, one after the other`, added, 's', null),
    figure('the slowest of them', slowest / 1000, 's', { most: 2 }),
    figure('every device resolved for the first time, the profiles added included', resolved, 's', { most: 180 }),
  ];
}

/** Everything that a device of the fleet waits for is issued to it; the next check-in finds it in place. */
async function giveCertificates(config: Config, fleet: readonly FleetDevice[]): Promise<void> {
  const issued = await issueToDevices(
    config,
    fleet.map(({ deviceId }) => deviceId as DeviceId),
  );
  const byDevice = Map.groupBy(issued, ({ deployment }) => deployment.deviceId as string);
  for (const device of fleet)
    device.held = (byDevice.get(device.deviceId) ?? []).map(({ deployment, certificate }) => ({
      deploymentId: deployment.id,
      thumbprint256: certificate.thumbprint256,
      underWay: null,
      deliveryVersion: deployment.deliveryVersion,
    }));
}

async function measureCheckIns(
  api: BenchApi,
  server: ServerProcess,
  fleet: readonly FleetDevice[],
  figure: NewFigure,
): Promise<readonly Figure[]> {
  const held = fleet.reduce((sum, device) => sum + device.held.length, 0) / fleet.length;
  await checkInAll(api.url, fleet, connections, { goOn: (done) => done < checkIns.warmUp });
  let before = server.cpuMs();
  const idle = await checkInAll(api.url, fleet, connections, { goOn: (done) => done < checkIns.idle });
  const idleCpu = (server.cpuMs() - before) / idle.count;
  before = server.cpuMs();
  // Every call brings a fact that was not known: all 200 profiles are resolved anew, and nothing comes of it.
  const options = { goOn: (done: number) => done < checkIns.resolving, osVersion: (turn: number) => `2.${turn}` };
  const resolving = await checkInAll(api.url, fleet, 1, options);
  const resolvingCpu = (server.cpuMs() - before) / resolving.count;
  return [
    figure(`check-in that finds nothing to do, with ${held.toFixed(1)} certificates: CPU`, idleCpu, 'ms', { most: 1 }),
    figure('the same: median of the answer time', percentile(idle, 0.5), 'ms', null),
    figure('check-in that resolves from scratch: 99th percentile', percentile(resolving, 0.99), 'ms', { most: 5 }),
    figure('the same: CPU', resolvingCpu, 'ms', null),
  ];
}

/** The files again, which change nothing: one transaction all the same, which on SQLite keeps all others from writing. */
async function measureDuringImport(
  config: Config,
  api: BenchApi,
  organisation: Organisation,
  fleet: readonly FleetDevice[],
  figure: NewFigure,
): Promise<readonly Figure[]> {
  // Each says once more what it said in the beginning, and nothing new from then on.
  await checkInAll(api.url, fleet, connections, { goOn: (done) => done < 2 * fleet.length });
  let open = true;
  const meanwhile = checkInAll(api.url, fleet, connections, { goOn: () => open, perSecond });
  const { seconds } = await importAll(config, organisation);
  open = false;
  const measured = await meanwhile;
  return [
    figure('the same directory imported again while devices call', seconds, 's', { most: 90 }),
    figure('the same: 99th percentile of check-ins that say nothing new', percentile(measured, 0.99), 'ms', {
      most: 1000,
    }),
    figure('the same: the longest of them', percentile(measured, 1), 'ms', null),
  ];
}

/** The profile with the most devices gets another subject: each of its deployments is filled in anew. */
async function measureWidestChange(
  config: Config,
  api: BenchApi,
  fleet: readonly FleetDevice[],
  figure: NewFigure,
): Promise<readonly Figure[]> {
  const during = (goOn: () => boolean) => checkInAll(api.url, fleet, connections, { goOn, perSecond });
  const path = '/profiles/windows10-0/document';
  const document = await api.call<{ settings: object }>('GET', path);
  const settings = { ...document.settings, subjectNameFormat: 'CN={{DeviceName}},OU=Changed,O=Harbour Line' };
  const asked = performance.now();
  await api.call('POST', '/profiles/impact', { document: { ...document, settings }, profile: 'windows10-0' });
  const impact = (performance.now() - asked) / 1000;
  let open = true;
  const meanwhile = during(() => open);
  const started = performance.now();
  await api.call('PUT', path, { ...document, settings }, { 'if-match': '"1"' });
  const saved = (performance.now() - started) / 1000;
  await reconciled(config);
  const seconds = (performance.now() - started) / 1000;
  open = false;
  const measured = await meanwhile;
  // Afterwards and not before: devices that were given something new to do ask for it in both.
  const until = performance.now() + 10_000;
  const after = await during(() => performance.now() < until);
  return [
    figure('impact of the widest profile', impact, 's', { most: 5 }),
    figure('the widest profile saved while devices call', saved, 's', { most: 2 }),
    figure('the widest change reconciled while devices call', seconds, 's', { most: 60 }),
    figure(
      `median of the answer time meanwhile ÷ afterwards, ${perSecond} check-ins a second`,
      percentile(measured, 0.5) / percentile(after, 0.5),
      '×',
      { most: 1.5 },
    ),
    figure('median of the answer time afterwards', percentile(after, 0.5), 'ms', null),
    figure('median of the answer time meanwhile', percentile(measured, 0.5), 'ms', null),
    figure('99th percentile meanwhile', percentile(measured, 0.99), 'ms', null),
    figure('the longest meanwhile', percentile(measured, 1), 'ms', null),
  ];
}

/** Until no device is marked; answers seconds. Asks the database itself: the server has other work. */
async function reconciled({ database, data }: Config): Promise<number> {
  const started = performance.now();
  const text = 'SELECT count(*) AS marked FROM dirty_device';
  for (;;) {
    let marked: number;
    if (database.kind === 'postgres') {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      marked = Number((await client.query<{ marked: string }>(text)).rows[0]?.marked);
      await client.end();
    } else {
      using file = new DatabaseSync(join(data, 'scepward.db'), { readOnly: true });
      marked = Number(file.prepare(text).get()?.marked);
    }
    if (marked === 0) return (performance.now() - started) / 1000;
    await sleep(100);
  }
}
