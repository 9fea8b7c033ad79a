/**
 * A year in the life of an organisation, an event after the other: what its people and administrators do, what its devices
 * do, and what must be true at each moment.
 */
import assert from 'node:assert/strict';
import type { Deployment } from '../../../src/deployments/deployment.ts';
import type { DeviceId } from '../../../src/directory/device.ts';
import { type Platform, platforms } from '../../../src/directory/platform.ts';
import { day, hour, minute } from '../../../src/lib/clock.ts';
import type { StoreKind } from '../stores.ts';
import { type Fleet, type Held, startFleet } from './fleet.ts';
import {
  type Device,
  duty,
  editionText,
  type Group,
  type Organisation,
  type Person,
  type ScepProfile,
  subjectFormat,
  subjectOf,
  type Target,
} from './organisation.ts';
import { type Random, seededRandom } from './random.ts';
import { startYearServer, type YearServer } from './year-server.ts';

export type YearOptions = {
  readonly store: StoreKind;
  readonly seed: number;
  readonly devices: number;
};

/** A time in which a device should have had a certificate and had none. Milliseconds. */
export type Gap = {
  readonly device: Device;
  readonly profile: ScepProfile;
  readonly from: number;
  /** Null: until the end. */
  to: number | null;
  /** It began because the certificate ended. */
  readonly ended: boolean;
};

/** What the device was seen to have when it last called, until something takes it from it. */
type Holding = Held & { readonly certificateId: string };

export type Year = AsyncDisposable & {
  readonly server: YearServer;
  readonly fleet: Fleet;
  readonly random: Random;
  readonly organisation: Organisation;
  readonly gaps: readonly Gap[];
  /** Times until which a device does not call. */
  readonly silentUntil: Map<string, number>;
  /** By device, then by profile. */
  readonly holdings: ReadonlyMap<string, Map<string, Holding>>;
  /** How profiles were assigned before they were taken away. */
  readonly usual: Map<string, readonly [include: readonly Target[], exclude: readonly Target[]]>;
  /** Who issues now, by its common name. */
  readonly authority: { issuer: string };
  /** Words about what was done, for who reads a failure; the last ones. */
  readonly diary: string[];
  note(text: string): void;
  addDevice(): Promise<Device>;
  join(device: Device): Promise<void>;
  assign(profile: ScepProfile, include: readonly Target[], exclude: readonly Target[]): Promise<void>;
  /** Lets everyone call who does, at this moment, and checks each. */
  callAll(devices: readonly Device[]): Promise<void>;
  /** Moves the clock; does timed work; then those call whose turn it is. */
  advance(milliseconds: number): Promise<void>;
};

const callEvery = 7 * day;
/** Devices that are served at the same time. */
const width = 6;

const managementOf: Partial<Record<Platform, Device['management']>> = {
  androidEnterpriseCorporate: 'fullyManaged',
  androidEnterprisePersonal: 'personalWorkProfile',
  androidOpenSource: 'userAssociated',
};
const withUserProfile: readonly Platform[] = ['windows10', 'ios', 'macos', 'androidEnterprisePersonal', 'linux'];

export async function startYear(options: YearOptions): Promise<Year> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startYearServer(options.store));
  const fleet = await startFleet(server);
  const random = seededRandom(options.seed);
  const { clock, ask } = server;
  const organisation: Organisation = { people: [], groups: [], devices: [], profiles: [] };
  const gaps: Gap[] = [];
  const open = new Map<string, Gap>();
  const silentUntil = new Map<string, number>();
  const nextCall = new Map<string, number>();
  const holdings = new Map<string, Map<string, Holding>>();
  const frozen = new Map<string, Readonly<Record<string, string>>>();
  const diary: string[] = [];
  const authority = { issuer: 'Year Issuing CA' };
  const note = (text: string): void => {
    diary.push(`${new Date(clock.now()).toISOString()} ${text}`);
  };

  async function addDevice(): Promise<Device> {
    const number = organisation.devices.length;
    const platform = platforms[number % platforms.length] ?? 'linux';
    const person = number % 8 === 7 ? null : random.pick(organisation.people.filter(({ gone }) => !gone));
    const management = managementOf[platform] ?? null;
    const name = `Y-${number}`;
    const { id } = await ask('POST', '/devices', {
      deviceName: name,
      platform,
      ...(management !== null && { management }),
      ...(person !== null && { primaryUser: person.id }),
    });
    const device: Device = { id, name, platform, management, person, status: 'known' };
    organisation.devices.push(device);
    holdings.set(id, new Map());
    return device;
  }

  async function join(device: Device): Promise<void> {
    await fleet.join(device);
    device.status = 'joined';
    holdings.get(device.id)?.clear();
    nextCall.set(device.id, clock.now());
    silentUntil.delete(device.id);
  }

  async function assign(profile: ScepProfile, include: readonly Target[], exclude: readonly Target[]): Promise<void> {
    const item = (mode: string) => (target: Target) => ({
      mode,
      target: typeof target === 'string' ? { kind: target } : { kind: 'group', groupId: target.id },
      ...(mode === 'include' &&
        profile.filter && { filter: { filterId: profile.filter.id, mode: profile.filter.mode } }),
    });
    const items = [...include.map(item('include')), ...exclude.map(item('exclude'))];
    await ask('PUT', `/profiles/${profile.id}/assignments`, { items });
    profile.include = include;
    profile.exclude = exclude;
  }

  async function callOne(device: Device): Promise<void> {
    const before = device.status;
    const { kind, results } = await fleet.call(device);
    const expected = before === 'joined' ? 'served' : before === 'deleted' ? 'refused' : 'gone';
    assert.equal(kind, expected, `${device.name}, which is ${before}, was ${kind}`);
    if (kind !== 'served') nextCall.delete(device.id);
    for (const { outcome, code, detail, profile } of results)
      assert.equal(outcome, 'enrolled', `${device.name} ${profile.slug}: ${code} ${detail}`);
    await look(device, new Set(results.map(({ profile }) => profile.slug)));
  }

  /** What is on the device after a call is what shall be, and the server knows it. */
  async function look(device: Device, fresh: ReadonlySet<string>): Promise<void> {
    const held = new Map((await fleet.held(device)).map((one) => [one.profile, one]));
    const known = await server.running.foundation.store.deployments.byDevices([device.id as DeviceId]);
    const now = clock.now();
    const holding = new Map<string, Holding>();
    for (const profile of organisation.profiles.filter(({ platform }) => platform === device.platform)) {
      const had = holdings.get(device.id)?.has(profile.slug) === true;
      // While a removal waits, who has something keeps it, and nobody new gets anything.
      const shall = server.hesitating && !had ? 'may' : duty(organisation, device, profile);
      const one = held.get(profile.slug);
      held.delete(profile.slug);
      const what = `${device.name} (${device.id}) and ${profile.slug}`;
      if (shall === 'must') {
        assert.ok(one !== undefined, `${what}: it should hold a certificate and holds none: ${said(known, profile)}`);
        assert.ok(
          one.notAfter > now,
          `${what}: its certificate ended on ${new Date(one.notAfter).toISOString()}: ${said(known, profile)}`,
        );
      }
      if (one === undefined) continue;
      if (shall === 'must-not') {
        const left = known.find(({ id }) => id === one.deploymentId);
        assert.equal(left?.removal, 'left', `${what}: it holds a certificate and should not`);
        assert.notEqual((await certificateOf(left))?.revokedAt ?? null, null, `${what}: left there, and not revoked`);
      }
      if (fresh.has(profile.slug)) {
        followDirectory(device, profile, one, what);
        assert.equal(one.issuer, authority.issuer, what);
      }
      if (shall === 'must' && profile.directoryChanges === 'reissueNow')
        assert.deepEqual(one.subject, subjectOf(device, profile), `${what} follows the directory at once`);
      const deployment = known.find(({ id }) => id === one.deploymentId);
      const certificate = await certificateOf(deployment);
      assert.equal(certificate?.thumbprint256, one.thumbprint256, `${what}: the books have another certificate`);
      if (shall === 'must') {
        assert.equal(one.subject.O, editionText(profile), `${what}: of an earlier edition: ${said(known, profile)}`);
        assert.ok(one.notBefore >= profile.anewSince - 5 * minute, `${what}: should be new: ${said(known, profile)}`);
        assert.equal(certificate?.revokedAt, null, `${what}: its certificate is revoked`);
        assert.equal(deployment?.state, 'installed', `${what}: ${said(known, profile)}`);
      }
      if (certificate?.revokedAt === null && one.notAfter > now)
        holding.set(profile.slug, { ...one, certificateId: deployment?.currentCertificateId ?? '' });
    }
    assert.deepEqual([...held.keys()], [], `${device.name} holds what nobody assigned`);
    holdings.set(device.id, holding);
    watch(device, now);
  }

  /** A new certificate says what is so, or what was so when the profile's first was issued. */
  function followDirectory(device: Device, profile: ScepProfile, one: Held, what: string): void {
    const before = frozen.get(one.deploymentId);
    const still = profile.directoryChanges === 'never' && before?.O === editionText(profile);
    const expected = still ? before : subjectOf(device, profile);
    assert.deepEqual(one.subject, expected, what);
    frozen.set(one.deploymentId, expected);
  }

  async function certificateOf(deployment: Deployment | undefined) {
    const id = deployment?.currentCertificateId;
    if (id == null) return undefined;
    return (await server.running.foundation.store.installedCertificates.getMany([id])).get(id);
  }

  /** Opens and closes gaps. */
  function watch(device: Device, now: number): void {
    const holding = holdings.get(device.id);
    for (const profile of organisation.profiles) {
      if (profile.platform !== device.platform) continue;
      const key = `${device.id} ${profile.slug}`;
      const one = holding?.get(profile.slug);
      const ended = one !== undefined && one.notAfter <= now;
      const lacks = duty(organisation, device, profile) === 'must' && (one === undefined || ended);
      const gap = open.get(key);
      if (lacks && gap === undefined) {
        const begun: Gap = { device, profile, from: ended ? one.notAfter : now, to: null, ended };
        gaps.push(begun);
        open.set(key, begun);
      } else if (!lacks && gap !== undefined) {
        gap.to = now;
        open.delete(key);
      }
    }
  }

  async function callAll(devices: readonly Device[]): Promise<void> {
    // Before they call, who come to their turn in any order: the same seed draws the same.
    for (const { id } of devices) nextCall.set(id, clock.now() + callEvery - hour * random.below(12));
    const queue = devices.values();
    const work = async () => {
      for (const device of queue) await callOne(device);
    };
    await Promise.all(Array.from({ length: width }, work));
  }

  async function advance(milliseconds: number): Promise<void> {
    await server.tick();
    for (const device of organisation.devices) watch(device, clock.now());
    clock.advance(milliseconds);
    await server.tick();
    const now = clock.now();
    for (const device of organisation.devices) watch(device, now);
    const calls = (device: Device) =>
      (nextCall.get(device.id) ?? Number.POSITIVE_INFINITY) <= now && (silentUntil.get(device.id) ?? 0) <= now;
    await callAll(organisation.devices.filter(calls));
  }

  await furnish({ server, organisation, random, assign });
  for (let number = 0; number < options.devices; number++) await addDevice();
  await putIntoGroups(server, organisation, random);
  const running = opening.move();
  return {
    server,
    fleet,
    random,
    organisation,
    gaps,
    silentUntil,
    holdings,
    usual: new Map(),
    authority,
    diary,
    note,
    addDevice,
    join,
    assign,
    callAll,
    advance,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function said(known: readonly Deployment[], profile: ScepProfile): string {
  const found = known.filter(({ profileId }) => profileId === profile.id);
  return JSON.stringify(
    found.map(({ id, wanted, state, problem, generation, issuedGeneration, userId }) => ({
      id,
      wanted,
      state,
      problem,
      generation,
      issuedGeneration,
      userId,
    })),
  );
}

/** People, groups, profiles. */
async function furnish(parts: Pick<Year, 'server' | 'organisation' | 'random' | 'assign'>): Promise<void> {
  const { organisation, server } = parts;
  const { ask } = server;
  for (let number = 0; number < 300; number++) {
    const upn = `person${number}@year.example`;
    const mail = `person${number}@mail.example`;
    const { id } = await ask('POST', '/users', {
      userPrincipalName: upn,
      userName: `person${number}`,
      emailAddress: mail,
    });
    organisation.people.push({ id, upn, mail, gone: false } satisfies Person);
  }
  const group = async (name: string, kind: Group['kind']): Promise<Group> => {
    const { id } = await ask('POST', '/groups', { name, kind });
    const made: Group = { id, name, kind, members: new Set() };
    organisation.groups.push(made);
    return made;
  };
  const staff = await group('Staff', 'user');
  const sales = await group('Sales', 'user');
  const contractors = await group('Contractors', 'user');
  const kiosks = await group('Kiosks', 'device');
  const loaners = await group('Loaners', 'device');
  await change(server, staff, [['group', sales.id]], 'add');

  for (const platform of platforms) {
    const slug = platform.toLowerCase();
    const { profile: root } = await ask('POST', '/profiles', {
      kind: 'trustedCertificate',
      name: `root-${slug}`,
      slug: `root-${slug}`,
      platform,
      settings: { certificate: 'ownRoot' },
    });
    await ask('PUT', `/profiles/${root.id}/assignments`, {
      items: [{ mode: 'include', target: { kind: 'allDevices' } }],
    });
    const add = async (
      name: string,
      days: number,
      given: Pick<ScepProfile, 'certificateType' | 'include' | 'exclude'> &
        Partial<Pick<ScepProfile, 'directoryChanges' | 'revokedAfter' | 'filter'>>,
    ) => {
      const { certificateType, directoryChanges = 'atRenewal', revokedAfter = null, filter = null } = given;
      const profile = {
        ...{ slug: `${name}-${slug}`, platform, certificateType, directoryChanges, revokedAfter, filter },
        ...{ include: [], exclude: [], edition: 1, anewSince: 0 },
      };
      const saved = await ask('POST', '/profiles', {
        kind: 'scep',
        name: profile.slug,
        slug: profile.slug,
        platform,
        settings: {
          certificateType,
          subjectNameFormat: subjectFormat(profile),
          rootCertificate: root.slug,
          keySize: 1024,
          certificateValidityPeriod: { value: days, unit: 'days' },
          renewalThreshold: 30,
          extendedKeyUsages: ['Client Authentication'],
        },
        server: {
          directoryChanges,
          supersededCertificates:
            revokedAfter === null ? { action: 'leave' } : { action: 'revoke', afterDays: revokedAfter },
        },
      });
      const made: ScepProfile = { ...profile, id: saved.profile.id };
      organisation.profiles.push(made);
      await parts.assign(made, given.include, given.exclude);
    };
    await add('wifi', 90, {
      certificateType: 'device',
      include: ['allDevices'],
      exclude: [loaners],
      ...policies.wifi[platform],
    });
    if (withUserProfile.includes(platform))
      await add('vpn', 60, {
        certificateType: 'user',
        include: [staff],
        exclude: [contractors],
        ...policies.vpn[platform],
      });
    if (platform === 'linux' || platform === 'windows10') {
      await add('kiosk', 40, { certificateType: 'device', include: [kiosks], exclude: [], revokedAfter: 2 });
      const part = '3';
      const rule = `(device.deviceName -contains "${part}")`;
      const { filter } = await ask('POST', '/filters', { name: `Named so (${slug})`, platform, rule });
      const mode = platform === 'linux' ? 'include' : 'exclude';
      await add('named', 50, {
        certificateType: 'device',
        include: ['allDevices'],
        exclude: [loaners],
        filter: { id: filter.id, mode, part },
      });
    }
  }
}

type Policy = Partial<Pick<ScepProfile, 'directoryChanges' | 'revokedAfter'>>;

/** Where they are not the usual ones. */
const policies: Readonly<Record<'wifi' | 'vpn', Partial<Record<Platform, Policy>>>> = {
  wifi: { ios: { directoryChanges: 'reissueNow' }, macos: { revokedAfter: 0 }, linux: { directoryChanges: 'never' } },
  vpn: {
    ios: { revokedAfter: 5 },
    windows10: { directoryChanges: 'reissueNow' },
    macos: { directoryChanges: 'never' },
  },
};

async function putIntoGroups(
  server: YearServer,
  { people, devices, groups }: Organisation,
  random: Random,
): Promise<void> {
  for (const group of groups) {
    const all: readonly { readonly id: string }[] = group.kind === 'user' ? people : devices;
    const share = { Staff: 0.6, Sales: 0.2, Contractors: 0.1, Kiosks: 0.2, Loaners: 0.05 }[group.name] ?? 0;
    const chosen = all.filter(() => random.chance(share)).map(({ id }) => [group.kind, id] as const);
    await change(server, group, chosen, 'add');
  }
}

/** Members come or go, at the server and in our own books. */
export async function change(
  { ask }: Pick<YearServer, 'ask'>,
  group: Group,
  members: readonly (readonly [kind: 'user' | 'device' | 'group', id: string])[],
  what: 'add' | 'remove',
): Promise<void> {
  await ask('POST', `/groups/${group.id}/members`, { [what]: members.map(([kind, member]) => ({ kind, member })) });
  for (const [, id] of members) {
    if (what === 'add') group.members.add(id);
    else group.members.delete(id);
  }
}
