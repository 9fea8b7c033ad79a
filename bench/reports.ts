/**
 * Reports and searches over 1,000,000 certificates of 100,000 devices, on SQLite: what any page of 50 rows takes, as the
 * API asks for it, and what the index behind it costs to make.
 */

import { day, systemClock } from '../src/lib/clock.ts';
import { activityReport, failureReport } from '../src/reporting/activity-report.ts';
import type { InventoryQuery } from '../src/reporting/certificate-inventory.ts';
import { anyCertificate } from '../src/reporting/certificate-inventory.ts';
import { countActivity } from '../src/reporting/count-activity.ts';
import { indexCertificates } from '../src/reporting/index-certificates.ts';
import { openStore } from '../src/store/open-store.ts';
import { makeInstallation } from '../test/support/installation.ts';
import { type Filled, fillStore } from './support/fill-store.ts';
import { benchConfig, type Figure, removeInstallation, say } from './support/measure.ts';

const counts = { devices: 100_000, users: 50_000, certificates: 1_000_000, failures: 50_000 };
const pageSize = 50;
const times = 60;
const limit = { most: 50 } as const;
const clock = systemClock;

type Store = Awaited<ReturnType<typeof openStore>>;

export async function reports(): Promise<readonly Figure[]> {
  const config = benchConfig(19_001);
  await using open = new AsyncDisposableStack();
  open.defer(() => removeInstallation(config));
  say(`preparing a store with ${counts.certificates} certificates …`);
  const { profile } = await makeInstallation(config, { waiting: 0, issued: 0 });
  const { issuerId } = await issuerOf(config.data);
  const filled = fillStore(config, profile, issuerId, counts);
  const store = open.use(await openStore({ kind: 'sqlite', folder: config.data }, { clock, node: 'bench' }));
  return [await makeIndex(store), await countAll(store), ...(await askAll(store, filled))];
}

export async function askAll(store: Store, filled: Filled): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [name, ask] of Object.entries(questions(store, filled))) figures.push(await measured(name, ask));
  return figures;
}

async function issuerOf(folder: string) {
  await using store = await openStore({ kind: 'sqlite', folder }, { clock, node: 'bench' });
  const [authority] = await store.authorities.all();
  if (authority === undefined) throw new Error('there is no authority');
  return { issuerId: authority.activeIssuerId };
}

async function makeIndex(store: Store): Promise<Figure> {
  const began = process.cpuUsage();
  const segments = await indexCertificates(
    { ...store, clock, index: store.certificateIndex, source: store.segmentSource },
    { store: 'sqlite', fence: async () => {} },
  );
  const { user, system } = process.cpuUsage(began);
  const each = (user + system) / 1000 / (segments * store.certificateIndex.segmentSize);
  say(`  ${segments} segments`);
  return {
    name: 'CPU per certificate to bring it into the index, after the fact',
    value: each,
    unit: 'ms',
    goal: null,
  };
}

async function countAll(store: Store): Promise<Figure> {
  const began = process.cpuUsage();
  await countActivity({ ...store, clock, source: store.activitySource }, { store: 'sqlite' });
  const { user, system } = process.cpuUsage(began);
  const each = (user + system) / 1000 / counts.certificates;
  return { name: 'CPU per certificate to count it for reports, after the fact', value: each, unit: 'ms', goal: null };
}

async function measured(name: string, ask: (at: number) => Promise<unknown>): Promise<Figure> {
  for (let at = 0; at < 5; at++) await ask(at);
  const took: number[] = [];
  const cpu: number[] = [];
  for (let at = 5; at < times + 5; at++) {
    const [began, before] = [performance.now(), process.cpuUsage()];
    await ask(at);
    took.push(performance.now() - began);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  }
  const [value, work] = [took, cpu].map((each) => percentileOf(each));
  say(`  ${name}: ${value?.toFixed(1)} ms, of which CPU ${work?.toFixed(1)} ms`);
  return { name: `${name}, 95th percentile`, value: value ?? Number.NaN, unit: 'ms', goal: limit };
}

function percentileOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(0.95 * values.length)] ?? Number.NaN;
}

/** Each with what it asks the `at`-th time. */
function questions(store: Store, { profiles, devices, users, samples }: Filled) {
  const now = clock.now();
  const pick = <T>(values: readonly T[], at: number) => values[(at * 7919) % values.length] as T;
  const cursors = new Map<string, string | null>();
  const page =
    (name: string, query: (at: number) => Partial<InventoryQuery>, goOn = false) =>
    async (at: number) => {
      const asked = { ...anyCertificate, ...query(at) };
      const cursor = goOn ? (cursors.get(name) ?? null) : null;
      const found = await store.certificateInventory.page(asked, now, { limit: pageSize, cursor });
      cursors.set(name, found.next);
    };
  const part = (text: string, at: number, length: number) => {
    const from = at % Math.max(1, text.length - length);
    return text.slice(from, from + length);
  };
  const days = (at: number) => ({ timeZone: 'UTC', days: 30 + (at % 60), profileId: null, platform: null });
  const activity = { activity: store.activitySource, clock };
  return {
    'search: part of one device’s name': page('', (at) => ({ search: pick(devices, at).name.slice(-9) })),
    'search: three characters': page('', (at) => ({ search: part(pick(devices, at).name, at, 3) })),
    'search: part of a name that many have': page('', (at) => ({
      search: pick(['laptop', 'kiosk-', 'berlin', 'corp.ex'], at),
    })),
    'search: user principal name': page('', (at) => ({ search: pick(users, at).name })),
    'search: serial number': page('', (at) => ({ search: pick(samples, at).serial })),
    'search: part of a serial number': page('', (at) => ({ search: part(pick(samples, at).serial, at, 10) })),
    'search: thumbprint': page('', (at) => ({ search: pick(samples, at)[at % 2 ? 'thumbprint' : 'thumbprint256'] })),
    'search: what nobody has': page('', (at) => ({ search: `zzq-${at}-lap-oslo` })),
    'search within a profile': page('', (at) => ({ search: 'lisboa', profileId: pick(profiles, at).id })),
    'newest, page after page': page('newest', () => ({}), true),
    'of one profile': page('', (at) => ({ profileId: pick(profiles, at).id })),
    'of a profile that few have, page after page': page(
      'few',
      () => ({ profileId: profiles.at(-1)?.id ?? null }),
      true,
    ),
    'of one user': page('', (at) => ({ userId: pick(users, at).id })),
    'of one device': page('', (at) => ({ deviceId: pick(devices, at).id })),
    'expired, newest first': page('expired', () => ({ status: 'expired' }), true),
    'revoked, newest first': page('revoked', () => ({ status: 'revoked' }), true),
    'revoked, by revocation': page('revocation', () => ({ status: 'revoked', sort: 'revoked' }), true),
    'expiring within 30 days': page(
      'expiring',
      () => ({ status: 'valid', current: true, expiresBefore: now + 30 * day, sort: 'expires', descending: false }),
      true,
    ),
    'expiring, of one profile': page('', (at) => ({
      status: 'valid',
      current: true,
      profileId: pick(profiles, at).id,
      expiresBefore: now + 90 * day,
      sort: 'expires',
      descending: false,
    })),
    'issued, renewed, revoked and failed by day': (at: number) => activityReport(activity, days(at)),
    'the same in another time zone': (at: number) =>
      activityReport(activity, { ...days(at), timeZone: 'Asia/Kathmandu' }),
    'failures by reason': (at: number) => failureReport(activity, days(at)),
    'failures one by one': (at: number) =>
      store.failures.page(
        { reason: at % 2 ? 'key-length-mismatch' : null, profileId: null, deviceId: null },
        { limit: pageSize, cursor: null },
      ),
  };
}
