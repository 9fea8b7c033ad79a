/** What the server says at the end, held against a recount from its raw events and against our own books. */
import assert from 'node:assert/strict';
import type { Certificate } from '../../../src/authority/certificate.ts';
import type { Deployment, DeploymentId } from '../../../src/deployments/deployment.ts';
import type { Event } from '../../../src/events/event.ts';
import { day } from '../../../src/lib/clock.ts';
import type { Page } from '../../../src/lib/page.ts';
import { opensslText } from '../openssl.ts';
import { type Device, type Duty, duty } from './organisation.ts';
import type { Gap, Year } from './year.ts';

/** As the server keeps them, oldest first. */
export type Books = {
  readonly events: readonly Event[];
  /** Of devices. */
  readonly certificates: readonly Certificate[];
  /** The authority's own. */
  readonly others: readonly Certificate[];
  readonly deployments: ReadonlyMap<string, Deployment>;
};

export async function readBooks({ server }: Year): Promise<Books> {
  const { store } = server.running.foundation;
  const now = server.clock.now();
  const events = await all((page) => store.events.list({ subject: null, types: null }, page));
  const query = { deploymentId: null, deviceId: null, profileId: null, search: null, status: null };
  const issued = (await all((page) => store.certificates.list(query, now, page))).reverse();
  const certificates = issued.filter(({ purpose }) => purpose === 'device');
  const others = issued.filter(({ purpose }) => purpose !== 'device');
  const deployments = new Map<string, Deployment>();
  for (const id of new Set(certificates.map(({ deploymentId }) => deploymentId))) {
    const found = id === null ? null : await store.deployments.get(id as DeploymentId);
    if (found !== null) deployments.set(found.id, found);
  }
  return { events: events.reverse(), certificates, others, deployments };
}

async function all<T>(list: (page: { limit: number; cursor: string | null }) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit: 500, cursor });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

/** Another one was asked for by an edit of the profile. */
function editionOf({ subjectText }: Certificate): string | undefined {
  return /O=(Edition \d+)/.exec(subjectText)?.[1];
}

/** Every device that should hold a valid certificate does, and no other certificate is valid. */
export function assertHoldings(year: Year, { certificates, deployments }: Books): void {
  const { organisation, holdings, server } = year;
  const now = server.clock.now();
  for (const device of organisation.devices)
    for (const profile of organisation.profiles)
      if (duty(organisation, device, profile) === 'must')
        assert.ok(
          (holdings.get(device.id)?.get(profile.slug)?.notAfter ?? 0) > now,
          `${device.name} lacks ${profile.slug}`,
        );
  const devices = new Map(organisation.devices.map((device) => [device.id as string, device]));
  const profiles = new Map(organisation.profiles.map((profile) => [profile.id, profile]));
  const successors = new Map(certificates.map((one) => [`${one.deploymentId} ${one.generation}`, one]));
  for (const certificate of certificates) {
    const { id, deploymentId, notAfter, revokedAt, subjectText, issuedAt, generation } = certificate;
    if (revokedAt !== null || notAfter <= now) continue;
    const deployment = deployments.get(deploymentId ?? '');
    const device = devices.get(deployment?.deviceId ?? '');
    const profile = profiles.get(deployment?.profileId ?? '');
    const what = `${id} of ${device?.name} (${subjectText}, issued ${new Date(issuedAt).toISOString()})`;
    assert.ok(device !== undefined && profile !== undefined, `${what} belongs to nothing that we know of`);
    assert.equal(device.status, 'joined', `${what} is valid`);
    assert.notEqual(duty(organisation, device, profile), 'must-not', `${what} is valid, and nobody should have it`);
    if (profile.certificateType === 'user')
      assert.equal(deployment?.userId, device.person?.id, `${what} is valid, and the device is somebody else's`);
    const later = certificates.find(
      (one) =>
        one.deploymentId === deploymentId &&
        (one.generation ?? 0) > (generation ?? 0) &&
        one.installedAt !== null &&
        one.installedAt < now &&
        editionOf(one) !== editionOf(certificate),
    );
    assert.equal(later, undefined, `${what} should have been revoked: an edit has brought ${later?.id}`);
    const successor = successors.get(`${deploymentId} ${(generation ?? 0) + 1}`);
    if (successor?.installedAt == null || profile.revokedAfter === null) continue;
    const end = successor.installedAt + profile.revokedAfter * day;
    assert.ok(
      end >= now,
      `${what} should have been revoked on ${new Date(end).toISOString()}, since it has a successor`,
    );
  }
}

/** How profiles fare, as the server counts it. All devices have just called. */
export async function assertStatus(year: Year): Promise<void> {
  const { organisation, server } = year;
  for (const profile of organisation.profiles) {
    const having = (device: Device) => year.holdings.get(device.id)?.has(profile.slug) === true;
    const of = (kind: Duty) => organisation.devices.filter((device) => duty(organisation, device, profile) === kind);
    const [must, may] = [of('must').length, of('may')];
    const { counts, total } = await server.ask('GET', `/profiles/${profile.slug}/status`);
    const { succeeded, error, pending, conflict, notApplicable } = counts;
    const what = `${profile.slug}: ${JSON.stringify(counts)}, must ${must}, may ${may.length}`;
    // What the directory has no value for any more is kept until it has to be renewed, and an error from then on.
    assert.equal(succeeded + error, must + may.length, what);
    assert.ok(error <= may.length && error >= may.filter((device) => !having(device)).length, what);
    assert.deepEqual([pending, conflict], [0, 0], what);
    assert.equal(total, succeeded + error + notApplicable, what);
  }
}

/** The inventory counts what the events tell, by profile and in all. */
export async function assertInventory(year: Year, { events, certificates, others, deployments }: Books): Promise<void> {
  const now = year.server.clock.now();
  const revoked = new Set(
    events.filter(({ type }) => type === 'certificate.revoked').map((event) => subjectOf(event, 'certificate')),
  );
  // Its last moment still belongs to it (RFC 5280 4.1.2.5).
  const status = ({ id, notAfter }: Certificate) =>
    revoked.has(id) ? 'revoked' : notAfter < now ? 'expired' : 'valid';
  for (const profile of [null, ...year.organisation.profiles]) {
    const own =
      profile === null
        ? [...certificates, ...others]
        : certificates.filter(({ deploymentId }) => deployments.get(deploymentId ?? '')?.profileId === profile.id);
    for (const which of ['valid', 'expired', 'revoked'] as const) {
      const narrowed = profile === null ? '' : `&profile=${profile.slug}`;
      const { count, capped } = await year.server.ask('GET', `/certificates/count?status=${which}${narrowed}`);
      const expected = own.filter((one) => status(one) === which).length;
      if (!capped) assert.equal(count, expected, `${which} certificates of ${profile?.slug ?? 'all profiles'}`);
    }
  }
}

/** Reports by day and by profile, and what ends soon, from certificates and events. */
export async function assertReports(year: Year, books: Books): Promise<void> {
  const { server, organisation } = year;
  const { events, certificates, deployments } = books;
  const profileOf = ({ deploymentId }: Certificate) => deployments.get(deploymentId ?? '')?.profileId;
  const report = await server.ask('GET', '/reports/activity?days=366');
  // A year with its mistakes that take days lasts longer than the longest report.
  const since = Date.parse(report.days[0].date);
  const expected = new Map<string, Record<'issued' | 'renewed' | 'revoked' | 'failed', number>>();
  const add = (at: number, profileId: string | undefined, kind: 'issued' | 'renewed' | 'revoked' | 'failed') => {
    if (at < since) return;
    for (const key of [new Date(at).toISOString().slice(0, 10), profileId ?? 'nobody', 'all']) {
      const counts = expected.get(key) ?? { issued: 0, renewed: 0, revoked: 0, failed: 0 };
      counts[kind] += 1;
      expected.set(key, counts);
    }
  };
  const known = new Set<string>();
  const byId = new Map(certificates.map((certificate) => [certificate.id as string, certificate]));
  for (const certificate of certificates) {
    const { deploymentId, issuedAt } = certificate;
    add(issuedAt, profileOf(certificate), known.has(deploymentId ?? '') ? 'renewed' : 'issued');
    known.add(deploymentId ?? '');
  }
  for (const event of events) {
    const revoked = byId.get(subjectOf(event, 'certificate'));
    if (event.type === 'certificate.revoked' && revoked !== undefined) add(event.at, profileOf(revoked), 'revoked');
    if (event.type === 'deployment.failed' || event.type === 'enrollment.refused')
      add(event.at, subjectOf(event, 'profile'), 'failed');
  }
  const none = { issued: 0, renewed: 0, revoked: 0, failed: 0 };
  assert.deepEqual(report.total, expected.get('all') ?? none, 'the year as a whole');
  for (const { date, issued, renewed, revoked, failed } of report.days)
    assert.deepEqual({ issued, renewed, revoked, failed }, expected.get(date) ?? none, date);
  for (const { profileId, profileSlug, issued, renewed, revoked, failed } of report.profiles)
    assert.deepEqual({ issued, renewed, revoked, failed }, expected.get(profileId) ?? none, profileSlug);
  assert.ok(report.profiles.length <= organisation.profiles.length);

  const now = server.clock.now();
  const latest = new Map<string, Certificate>();
  for (const certificate of certificates) latest.set(certificate.deploymentId ?? '', certificate);
  for (const { days, count, capped } of (await server.ask('GET', '/reports/expiring/counts')).items) {
    const ending = [...latest.values()].filter(
      ({ notAfter, revokedAt }) => revokedAt === null && notAfter >= now && notAfter < now + days * day,
    );
    if (!capped) assert.equal(count, ending.length, `certificates that end within ${days} days`);
  }
}

/** The seals hold for every event there is. */
export async function assertSealed({ server }: Year): Promise<void> {
  const verification = await server.ask('GET', '/audit/verification');
  assert.equal(verification.whole, true, JSON.stringify(verification));
}

function subjectOf(event: Event, kind: 'certificate' | 'device' | 'profile'): string {
  return event.subjects.find((subject) => subject.kind === kind)?.id ?? '';
}

/** The CRL lists what the events say was revoked and has not ended, and nothing else. */
export async function assertRevocations(year: Year, { events, certificates }: Books): Promise<void> {
  const { running, clock } = year.server;
  const listed = new Set<string>();
  for (const issuer of await running.foundation.store.authorities.issuers())
    for (let shard = 0; shard < issuer.shards; shard++) {
      const answer = await fetch(`${year.server.url}/pki/${issuer.slug}/${shard}.crl`, {
        headers: { connection: 'close' },
      });
      assert.equal(answer.status, 200);
      const input = new Uint8Array(await answer.arrayBuffer());
      const text = await opensslText(['crl', '-inform', 'DER', '-noout', '-text'], { input });
      for (const [, serial = ''] of text.matchAll(/Serial Number: ([0-9A-F]+)/g)) listed.add(plain(serial));
    }
  const bySerial = new Map(certificates.map((certificate) => [plain(certificate.serial), certificate]));
  const revoked = new Set(
    events.filter(({ type }) => type === 'certificate.revoked').map(({ data }) => plain(String(data.serial))),
  );
  for (const [serial, { notAfter, revokedAt, id }] of bySerial) {
    assert.equal(revokedAt !== null, revoked.has(serial), `${id}: the certificate and the events disagree`);
    if (revoked.has(serial) && notAfter > clock.now()) assert.ok(listed.has(serial), `${id} is revoked and not listed`);
  }
  for (const serial of listed) assert.ok(revoked.has(serial), `${serial} is listed and no event says why`);
}

/** Upper case, without zeros in front. */
function plain(serial: string): string {
  return serial.toUpperCase().replace(/^0+/, '');
}

/** The overview's counts, from the events alone. */
export async function assertOverview(year: Year, { events }: Books): Promise<void> {
  const issued = new Set<string>();
  const revoked = new Set<string>();
  const subject = (event: Event) => subjectOf(event, 'certificate');
  const ofDevices = events.filter(({ subjects }) => subjects.some(({ kind }) => kind === 'device'));
  for (const event of ofDevices) {
    if (event.type === 'certificate.issued' || event.type === 'certificate.renewed') {
      assert.ok(!issued.has(subject(event)), `${subject(event)} was issued twice`);
      issued.add(subject(event));
    }
  }
  for (const event of events) if (event.type === 'certificate.revoked') revoked.add(subject(event));
  const { certificates } = await year.server.ask('GET', '/status');
  assert.equal(certificates.valid + certificates.expired + certificates.revoked, issued.size);
  assert.equal(certificates.revoked, revoked.size);
}

/** Each gap has an event that began it or, where a certificate ended, a device that was not there. */
export function assertExplained(year: Year, { events }: Books): void {
  const byDevice = new Map<string, Event[]>();
  const at = new Map<number, Event[]>();
  for (const event of events) {
    for (const { kind, id } of event.subjects)
      if (kind === 'device') byDevice.set(id, [...(byDevice.get(id) ?? []), event]);
    at.set(event.at, [...(at.get(event.at) ?? []), event]);
  }
  const unexplained = year.gaps.filter((gap) => !isExplained(gap, byDevice.get(gap.device.id) ?? [], at));
  assert.deepEqual(
    unexplained.slice(0, 10).map(({ device, profile, from, to, ended }) => ({
      device: device.name,
      profile: profile.slug,
      from: new Date(from).toISOString(),
      to: to === null ? null : new Date(to).toISOString(),
      ended,
      diary: year.diary.filter((line) => line.includes(`${device.name} `)),
    })),
    [],
    `${unexplained.length} of ${year.gaps.length} gaps have no explanation`,
  );
}

function isExplained(
  { device, profile, from, to, ended }: Gap,
  own: readonly Event[],
  at: ReadonlyMap<number, readonly Event[]>,
): boolean {
  const until = to ?? Number.POSITIVE_INFINITY;
  // Joining alone tells nothing of what it has.
  const calls = own.filter(({ cause, type }) => cause.actor.kind === 'device' && type !== 'device.joined');
  const heard = (since: number) => calls.some((event) => event.at > since && event.at < until);
  // Nobody heard of the device in the time in which it would have renewed.
  if (ended) return !heard(from - 10 * day);
  const about = [profile.id, device.person?.id];
  const began =
    own.some((event) => event.at === from && beginnings.has(event.type)) ||
    (at.get(from) ?? []).some(({ subjects }) => subjects.some(({ id }) => about.includes(id)));
  // Only the device itself knew, until something about it was written down.
  return began || (!heard(from) && own.some((event) => event.at === to));
}

const beginnings: ReadonlySet<string> = new Set([
  'deployment.created',
  'deployment.changed',
  'device.joined',
  'certificate.revoked',
  'directory.changed',
  'approval.requested',
]);
