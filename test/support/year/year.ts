/**
 * A year in the life of an organisation, an event after the other: what its people and administrators do, what its devices
 * do, and what must be true at each moment.
 */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
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
  /** Profiles for which a device waits for an administrator's word, by device; it calls again at the next step. */
  readonly waiting: ReadonlyMap<string, ReadonlySet<string>>;
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
  /** What was just done has reached every device's deployments. */
  settled(): Promise<void>;
  /** Moves the clock; does timed work; then those call whose turn it is. */
  advance(milliseconds: number): Promise<void>;
};

const callEvery = 7 * day;
/** Of the lifetime, that is left when renewal starts: of every profile. */
const threshold = 0.3;
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
  const waiting = new Map<string, ReadonlySet<string>>();
  const frozen = new Map<string, Readonly<Record<string, string>>>();
  /** Of profiles that do not follow the directory: the deployments that a device has got anything by, and what an edit brought. */
  const begun = new Map<
    string,
    { readonly device: Device; readonly profile: ScepProfile; readonly person: Person | null }
  >();
  const brought = new Map<string, Readonly<Record<string, string>>>();
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
    const renewsItself = Math.floor(number / platforms.length) % 3 === 1;
    const device: Device = { id, name, platform, management, person, renewsItself, status: 'known' };
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
    waiting.delete(device.id);
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
    const renewed = before === 'joined' && device.renewsItself ? await renewAlone(device) : [];
    const { kind, results } = await fleet.call(device);
    const expected = before === 'joined' ? 'served' : before === 'deleted' ? 'refused' : 'gone';
    assert.equal(kind, expected, `${device.name}, which is ${before}, was ${kind}`);
    if (kind !== 'served') nextCall.delete(device.id);
    const asked = results.filter(({ outcome, profile: { slug } }) => outcome === 'pending' && isApproved(slug));
    for (const result of results)
      if (!asked.includes(result))
        assert.equal(
          result.outcome,
          'enrolled',
          `${device.name} ${result.profile.slug}: ${result.code} ${result.detail}`,
        );
    await approve(device, asked);
    const told = new Set([...renewed, ...results.map(({ profile }) => profile.slug)]);
    // Who called a moment ago does not ask again yet.
    const still = [...(waiting.get(device.id) ?? [])].filter((slug) => !told.has(slug) && isWanted(device, slug));
    const open = new Set(kind === 'served' ? [...asked.map(({ profile }) => profile.slug), ...still] : []);
    if (open.size === 0) waiting.delete(device.id);
    else {
      waiting.set(device.id, open);
      nextCall.set(device.id, clock.now());
    }
    await look(device, new Set([...told].filter((slug) => !open.has(slug))), open);
  }

  function isWanted(device: Device, slug: string): boolean {
    const profile = organisation.profiles.find((one) => one.slug === slug);
    return profile !== undefined && duty(organisation, device, profile) !== 'must-not';
  }

  function isApproved(slug: string): boolean {
    return organisation.profiles.find((profile) => profile.slug === slug)?.approved === true;
  }

  /** An administrator sees them at once; the device hears of it when it asks again. */
  async function approve(device: Device, asked: readonly { readonly deploymentId: string }[]): Promise<void> {
    if (asked.length === 0) return;
    const { items } = await ask('GET', '/approvals?state=waiting&limit=200');
    for (const { deploymentId } of asked) {
      const request = items.find((one: { deploymentId: string }) => one.deploymentId === deploymentId);
      assert.ok(request !== undefined, `${device.name} waits, and nobody knows of it`);
      await ask('POST', `/approvals/${request.id}/decision`, { decision: 'approved' });
    }
  }

  /**
   * What is near its end, by RenewalReq: granted where it is not revoked and says what is so, else the agent gets a challenge for
   * what is so now.
   */
  async function renewAlone(device: Device): Promise<readonly string[]> {
    const renewed: string[] = [];
    for (const [slug, one] of holdings.get(device.id) ?? []) {
      const profile = organisation.profiles.find((each) => each.slug === slug);
      if (profile === undefined || profile.approved || duty(organisation, device, profile) !== 'must') continue;
      const now = clock.now();
      if (one.notAfter <= now || now < one.notAfter - (one.notAfter - one.notBefore) * threshold) continue;
      const outcome = await fleet.renew(device, one.deploymentId);
      const certificates = await server.running.foundation.store.installedCertificates.getMany([one.certificateId]);
      const isSo =
        certificates.get(one.certificateId)?.revokedAt === null &&
        isDeepStrictEqual(one.subject, expectedSubject(device, profile, one.deploymentId));
      assert.equal(
        outcome.kind,
        isSo ? 'issued' : 'refused',
        `${device.name} renews ${slug}: ${JSON.stringify(outcome)}`,
      );
      if (isSo) renewed.push(slug);
    }
    return renewed;
  }

  /** What is on the device after a call is what shall be, and the server knows it. */
  async function look(device: Device, fresh: ReadonlySet<string>, asked: ReadonlySet<string>): Promise<void> {
    const held = new Map((await fleet.held(device)).map((one) => [one.profile, one]));
    const known = await server.running.foundation.store.deployments.byDevices([device.id as DeviceId]);
    const now = clock.now();
    const holding = new Map<string, Holding>();
    for (const profile of organisation.profiles.filter(({ platform }) => platform === device.platform)) {
      const had = holdings.get(device.id)?.has(profile.slug) === true;
      // While a removal waits, who has something keeps it, and nobody new gets anything.
      const open = asked.has(profile.slug) || (server.hesitating && !had);
      const shall = open ? 'may' : duty(organisation, device, profile);
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
    const expected = expectedSubject(device, profile, one.deploymentId);
    assert.deepEqual(one.subject, expected, what);
    frozen.set(one.deploymentId, expected);
    if (profile.directoryChanges === 'never') begun.set(one.deploymentId, { device, profile, person: device.person });
  }

  function expectedSubject(device: Device, profile: ScepProfile, deploymentId: string) {
    if (profile.directoryChanges !== 'never') return subjectOf(device, profile);
    const isCurrent = (one: Readonly<Record<string, string>> | undefined) => one?.O === editionText(profile);
    return [brought.get(deploymentId), frozen.get(deploymentId)].find(isCurrent) ?? subjectOf(device, profile);
  }

  /** A profile that does not follow the directory has from an edit on what was so then, or as soon as there was something. */
  async function settled(): Promise<void> {
    await server.running.reconciling.settled();
    for (const [deploymentId, { device, profile, person }] of begun) {
      if (brought.get(deploymentId)?.O === editionText(profile) || frozen.get(deploymentId)?.O === editionText(profile))
        continue;
      const isTheirs = profile.certificateType === 'device' || device.person === person;
      if (isTheirs && duty(organisation, device, profile) === 'must')
        brought.set(deploymentId, subjectOf(device, profile));
    }
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
    waiting,
    holdings,
    usual: new Map(),
    authority,
    diary,
    note,
    addDevice,
    join,
    assign,
    callAll,
    settled,
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
        Partial<Pick<ScepProfile, 'directoryChanges' | 'revokedAfter' | 'filter' | 'approved'>>,
    ) => {
      const { certificateType, directoryChanges = 'atRenewal', revokedAfter = null } = given;
      const { filter = null, approved = false } = given;
      const profile = {
        ...{ slug: `${name}-${slug}`, platform, certificateType, directoryChanges, revokedAfter },
        ...{ filter, approved },
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
          renewalThreshold: threshold * 100,
          extendedKeyUsages: ['Client Authentication'],
        },
        server: {
          directoryChanges,
          approval: approved ? 'manual' : 'automatic',
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
