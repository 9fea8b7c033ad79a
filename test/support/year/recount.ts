/** What the server says at the end, held against a recount from its raw events and against our own books. */
import assert from 'node:assert/strict';
import type { Certificate } from '../../../src/authority/certificate.ts';
import type { Deployment, DeploymentId } from '../../../src/deployments/deployment.ts';
import type { Event } from '../../../src/events/event.ts';
import { day } from '../../../src/lib/clock.ts';
import type { Page } from '../../../src/lib/page.ts';
import { opensslText } from '../openssl.ts';
import { duty } from './organisation.ts';
import type { Gap, Year } from './year.ts';

/** As the server keeps them, oldest first. */
export type Books = {
  readonly events: readonly Event[];
  readonly certificates: readonly Certificate[];
  readonly deployments: ReadonlyMap<string, Deployment>;
};

export async function readBooks({ server }: Year): Promise<Books> {
  const { store } = server.running.foundation;
  const now = server.clock.now();
  const events = await all((page) => store.events.list({ subject: null, types: null }, page));
  const query = { deploymentId: null, deviceId: null, profileId: null, search: null, status: null };
  const certificates = (await all((page) => store.certificates.list(query, now, page))).filter(
    ({ purpose }) => purpose === 'device',
  );
  const deployments = new Map<string, Deployment>();
  for (const id of new Set(certificates.map(({ deploymentId }) => deploymentId))) {
    const found = id === null ? null : await store.deployments.get(id as DeploymentId);
    if (found !== null) deployments.set(found.id, found);
  }
  return { events: events.reverse(), certificates: certificates.reverse(), deployments };
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
  for (const { id, deploymentId, notAfter, revokedAt, subjectText, issuedAt } of certificates) {
    if (revokedAt !== null || notAfter <= now) continue;
    const deployment = deployments.get(deploymentId ?? '');
    const device = devices.get(deployment?.deviceId ?? '');
    const profile = profiles.get(deployment?.profileId ?? '');
    const what = `${id} of ${device?.name} (${subjectText}, issued ${new Date(issuedAt).toISOString()})`;
    assert.ok(device !== undefined && profile !== undefined, `${what} belongs to nothing that we know of`);
    assert.ok(device.status === 'joined', `${what} is valid, and the device is ${device.status}`);
  }
}

/** The CRL lists what the events say was revoked and has not ended, and nothing else. */
export async function assertRevocations(year: Year, { events, certificates }: Books): Promise<void> {
  const { running, clock } = year.server;
  const listed = new Set<string>();
  for (const issuer of await running.foundation.store.authorities.issuers())
    for (let shard = 0; shard < issuer.shards; shard++) {
      const answer = await fetch(`${year.server.url}/pki/${issuer.slug}/${shard}.crl`);
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
  const subject = (event: Event) => event.subjects.find(({ kind }) => kind === 'certificate')?.id ?? '';
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
  const heard = (since: number) =>
    own.some((event) => event.cause.actor.kind === 'device' && event.at > since && event.at < until);
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
]);
