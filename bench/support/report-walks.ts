/**
 * All that lists and reports can be asked for: every sort in both directions, every filter, searches of every kind, page after
 * page and deep inside. What the API offers and nobody walks here is a fault.
 */
import { readFileSync } from 'node:fs';
import { day } from '../../src/lib/clock.ts';
import { inventorySorts } from '../../src/reporting/certificate-inventory.ts';
import type { Filled } from './fill-store.ts';

export type Walk = {
  /** Figures are made of groups. */
  readonly group: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Of 50 rows each. */
  readonly pages: number;
  /** Pages of 200 that are skipped before. */
  readonly skip?: number;
};

const states = ['valid', 'expired', 'revoked'] as const;

export function reportWalks(filled: Filled, now: number): readonly Walk[] {
  return [...certificates(filled, now), ...searches(filled), ...reports(filled), ...counts(filled, now)];
}

/** One after the other, and together. */
function filtersOf({ profiles, users, devices, samples }: Filled, now: number): Readonly<Record<string, string>>[] {
  const some = <T>(of: readonly T[], at: number) => of[(at * 7919) % of.length] as T;
  return [
    {},
    ...states.map((status) => ({ status })),
    { current: 'true' },
    { current: 'false' },
    { profile: some(profiles, 3).id },
    // Few have it.
    { profile: profiles.at(-1)?.id ?? '' },
    { platform: 'linux' },
    { platform: 'ios' },
    { user: some(users, 5).id },
    { device: some(devices, 9).id },
    { deployment: some(samples, 11).deploymentId ?? '' },
    { expiresBefore: String(now + 30 * day) },
    { expiresFrom: String(now + 300 * day) },
    { issuedFrom: String(now - 3 * day) },
    { issuedBefore: String(now - 600 * day) },
    { status: 'valid', current: 'true', expiresBefore: String(now + 30 * day) },
    { status: 'valid', profile: some(profiles, 7).id, expiresBefore: String(now + 14 * day) },
    { status: 'revoked', profile: some(profiles, 2).id, issuedFrom: String(now - 100 * day) },
    { status: 'revoked', profile: profiles.at(-1)?.id ?? '' },
    { status: 'expired', current: 'true', platform: 'linux' },
    { status: 'valid', current: 'false', expiresFrom: String(now + day), expiresBefore: String(now + 2 * day) },
    // Nothing.
    { issuedFrom: String(now + day) },
  ];
}

function certificates(filled: Filled, now: number): Walk[] {
  const walks: Walk[] = [];
  const filters = filtersOf(filled, now);
  for (const sort of inventorySorts)
    for (const order of ['asc', 'desc']) {
      const group = `certificates by ${sort}`;
      for (const filter of filters)
        walks.push({ group, path: '/certificates', query: { ...filter, sort, order }, pages: 3 });
      for (const skip of [1, 40]) walks.push({ group, path: '/certificates', query: { sort, order }, pages: 3, skip });
    }
  return walks;
}

const hostile = [
  '%%%',
  '___',
  "' OR 1=1 --",
  '"*" AND',
  '\\\\\\',
  '{}[]',
  'null',
  'ÄÖÜ',
  '日本語',
  '\u200b\u202e\u2066',
  '😀😀😀',
  'x'.repeat(200),
  '...',
  ', ,',
  // All of its threes are in most certificates, and it is in none.
  'ou=fleet,o=fleet',
  'corporation.corp.example',
  'example corp.example',
  'cn=lap-oslo-kiosk-oslo',
];

function searches({ profiles, devices, users, samples }: Filled): Walk[] {
  const some = <T>(of: readonly T[], at: number) => of[(at * 7919) % of.length] as T;
  const texts: [group: string, searches: string[]][] = [
    ['finds most', ['corp.example', 'fleet', 'exa', 'cn=', '-00', 'ple', ',o=']],
    ['finds many', ['berlin', 'kiosk-', 'LAP-OSLO', 'tablet-lima-0', 'SCANNER']],
    [
      'three characters',
      [0, 1, 2, 3, 4, 5, 6, 7].map((at) =>
        some(devices, at)
          .name.slice(-3 - (at % 4))
          .slice(0, 3),
      ),
    ],
    ['finds one device', [0, 1, 2, 3, 4, 5].map((at) => some(devices, at).name)],
    ['finds one person', [0, 1, 2, 3].map((at) => some(users, at).name)],
    [
      'serial number or thumbprint',
      [0, 1, 2, 3].flatMap((at) => {
        const { serial, thumbprint, thumbprint256 } = some(samples, at);
        return [
          serial,
          serial.slice(4, 14),
          thumbprint.toUpperCase(),
          thumbprint256.replace(/(..)(?=.)/g, '$1:').slice(0, 29),
        ];
      }),
    ],
    ['finds nothing', ['zzq-oslo-lap', 'qqqqqqqq', 'kiosk-atlantis', '00000000000000000000000000000000']],
    ['hostile text', hostile],
  ];
  const walks: Walk[] = [];
  for (const [group, list] of texts)
    for (const search of list) {
      const each = { group: `search: ${group}`, path: '/certificates', pages: 3 };
      walks.push({ ...each, query: { search } });
      walks.push({ ...each, query: { search, order: 'asc' } });
      walks.push({ ...each, query: { search, sort: 'device', order: 'asc' } });
      walks.push({ ...each, query: { search, sort: 'subject', order: 'desc' } });
      walks.push({ ...each, query: { search, sort: 'expires', status: 'valid', profile: some(profiles, 1).id } });
      walks.push({ ...each, query: { search, status: 'revoked' } });
    }
  return walks;
}

function reports({ profiles, devices }: Filled): Walk[] {
  const [profile, few] = [profiles[3]?.id ?? '', profiles.at(-1)?.id ?? ''];
  const device = devices[500]?.id ?? '';
  const zones = ['UTC', 'Asia/Kathmandu', 'America/St_Johns'];
  const walk = (group: string, path: string, query: Walk['query'] = {}, pages = 3): Walk => ({
    group,
    path,
    query,
    pages,
  });
  const statuses = ['succeeded', 'error', 'conflict', 'pending', 'notApplicable'];
  return [
    ...['1', '30', '90', '366'].flatMap((days) =>
      zones.map((timeZone) => walk('activity', '/reports/activity', { days, timeZone }, 1)),
    ),
    ...[{ profile }, { platform: 'linux' }, { profile: few, platform: 'ios' }].map((of) =>
      walk('activity', '/reports/activity', of, 1),
    ),
    ...['1', '30', '366'].flatMap((days) =>
      zones.map((timeZone) => walk('failures by reason', '/reports/failures', { days, timeZone }, 1)),
    ),
    ...[{ profile }, { platform: 'linux' }].map((of) => walk('failures by reason', '/reports/failures', of, 1)),
    walk('failures one by one', '/reports/failures/list', {}, 10),
    ...['key-length-mismatch', 'message-malformed', 'challenge-expired', 'no-such-reason'].map((reason) =>
      walk('failures one by one', '/reports/failures/list', { reason }, 10),
    ),
    ...[{ profile }, { profile: few }, { device }, { profile, reason: 'message-malformed' }].map((of) =>
      walk('failures one by one', '/reports/failures/list', of, 10),
    ),
    ...['1', '7', '30', '90', '3660'].map((days) => walk('expiring', '/reports/expiring', { days }, 10)),
    ...[{ profile }, { profile: few }, { platform: 'linux' }, { platform: 'ios' }].map((of) =>
      walk('expiring', '/reports/expiring', of),
    ),
    ...[profile, few].flatMap((of) => [
      walk('status of a profile', `/profiles/${of}/status`, {}, 1),
      walk('status of a profile', `/profiles/${of}/status/devices`, {}, 10),
      ...statuses.map((status) => walk('status of a profile', `/profiles/${of}/status/devices`, { status })),
      walk('status of a profile', `/profiles/${of}/status/users`, {}, 10),
    ]),
    ...[0, 50, 5000, 77777].map((at) => walk('timelines', `/devices/${devices[at]?.id ?? ''}/timeline`)),
  ];
}

function counts(filled: Filled, now: number): Walk[] {
  const group = 'counts and overview';
  const of = (path: string, query: Walk['query'] = {}): Walk => ({ group, path, query, pages: 1 });
  const profile = filled.profiles[4]?.id ?? '';
  return [
    ...filtersOf(filled, now).map((filter) => of('/certificates/count', filter)),
    of('/certificates/count', { sort: 'subject', order: 'desc' }),
    of('/certificates/count', { search: filled.samples[3]?.serial ?? '' }),
    of('/reports/expiring/counts'),
    of('/reports/expiring/counts', { profile }),
    of('/reports/expiring/counts', { platform: 'linux' }),
    ...['UTC', 'Europe/Oslo'].map((timeZone) => of('/reports/overview', { timeZone, days: '30' })),
    of('/status'),
  ];
}

type Operation = { readonly parameters?: readonly { readonly name: string; readonly in: string }[] };

/** What counts as a report; exports are these lists again, 500 rows at a time. */
const isReport =
  /^\/api\/v1\/(certificates(\/count)?|reports\/.*|profiles\/\{profile\}\/status.*|devices\/\{device\}\/timeline|status)$/;

/** Routes and parameters of reports that no walk asks for. */
export function unwalked(walks: readonly Walk[]): readonly string[] {
  const { paths } = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as {
    paths: Record<string, { get?: Operation }>;
  };
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (get === undefined || !isReport.test(path)) return [];
    const pattern = new RegExp(`^${path.slice('/api/v1'.length).replace(/\{\w+\}/g, '[^/]+')}$`);
    const those = walks.filter((walk) => pattern.test(walk.path));
    if (those.length === 0) return [path];
    const names = (get.parameters ?? []).flatMap((each) => (each.in === 'query' ? each.name : []));
    const asked = new Set(['limit', 'cursor', ...those.flatMap(({ query }) => Object.keys(query))]);
    return names.filter((name) => !asked.has(name)).map((name) => `${path}?${name}`);
  });
}
