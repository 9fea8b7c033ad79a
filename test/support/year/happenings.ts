/** What happens in an organisation: each is done at the server or to a device as its people would, and written into our own books. */
import assert from 'node:assert/strict';
import { day, hour } from '../../../src/lib/clock.ts';
import { type Device, type ScepProfile, subjectFormat } from './organisation.ts';
import { change, type Year } from './year.ts';
import { authoritySlug } from './year-server.ts';

type Happening = {
  /** How often, beside the others. */
  readonly weight: number;
  readonly name: string;
  readonly happen: (year: Year) => Promise<void>;
};

const joined = ({ organisation }: Year) => organisation.devices.filter(({ status }) => status === 'joined');
const living = ({ organisation }: Year) => organisation.people.filter(({ gone }) => !gone);

/** One of those that hold something. */
function someHolding(year: Year): { device: Device; profile: ScepProfile } | null {
  const holders = joined(year).filter(({ id }) => (year.holdings.get(id)?.size ?? 0) > 0);
  if (holders.length === 0) return null;
  const device = year.random.pick(holders);
  const slug = year.random.pick([...(year.holdings.get(device.id)?.keys() ?? [])]);
  const profile = year.organisation.profiles.find((one) => one.slug === slug);
  return profile === undefined ? null : { device, profile };
}

export const happenings: readonly Happening[] = [
  {
    name: 'a person joins or leaves a group',
    weight: 8,
    async happen(year) {
      const group = year.random.pick(year.organisation.groups.filter(({ kind }) => kind === 'user'));
      const person = year.random.pick(living(year));
      const what = group.members.has(person.id) ? 'remove' : 'add';
      await change(year.server, group, [['user', person.id]], what);
      year.note(`${what} ${person.upn} ${group.name}`);
    },
  },
  {
    name: 'a device joins or leaves a group',
    weight: 6,
    async happen(year) {
      const group = year.random.pick(year.organisation.groups.filter(({ kind }) => kind === 'device'));
      const device = year.random.pick(joined(year));
      const what = group.members.has(device.id) ? 'remove' : 'add';
      await change(year.server, group, [['device', device.id]], what);
      year.note(`${what} ${device.name} ${group.name}`);
    },
  },
  {
    name: 'a mail address changes, goes, or comes',
    weight: 6,
    async happen(year) {
      const person = year.random.pick(living(year));
      const mail = person.mail !== null && year.random.chance(0.2) ? null : `p${year.random.below(1e6)}@mail.example`;
      await year.server.ask('PATCH', `/users/${person.id}`, { emailAddress: mail });
      person.mail = mail;
      year.note(`mail of ${person.upn}: ${mail}`);
    },
  },
  {
    name: 'a device gets another name',
    weight: 4,
    async happen(year) {
      const device = year.random.pick(joined(year));
      const name = `Y-${device.name.split('-')[1]}-${year.random.below(1000)}`;
      await year.server.ask('PATCH', `/devices/${device.id}`, { deviceName: name });
      year.note(`${device.name} is now ${name}`);
      device.name = name;
    },
  },
  {
    name: 'a device gets another user, or none',
    weight: 4,
    async happen(year) {
      const device = year.random.pick(joined(year));
      const person = year.random.chance(0.2) ? null : year.random.pick(living(year));
      if (person === device.person) return;
      await year.server.ask('PATCH', `/devices/${device.id}`, { primaryUser: person?.id ?? null });
      device.person = person;
      // What it has is the other person's, whatever it is.
      for (const profile of year.organisation.profiles)
        if (profile.certificateType === 'user') year.holdings.get(device.id)?.delete(profile.slug);
      year.note(`${device.name} belongs to ${person?.upn ?? 'nobody'}`);
    },
  },
  {
    name: 'a device is switched off for a month',
    weight: 3,
    async happen(year) {
      const device = year.random.pick(joined(year));
      year.silentUntil.set(device.id, year.server.clock.now() + (20 + year.random.below(30)) * day);
      year.note(`${device.name} is switched off`);
    },
  },
  {
    name: 'a certificate vanishes from a device',
    weight: 4,
    async happen(year) {
      const found = someHolding(year);
      if (found === null) return;
      const { device, profile } = found;
      const held = year.holdings.get(device.id);
      await year.fleet.lose(device, held?.get(profile.slug)?.deploymentId ?? '');
      held?.delete(profile.slug);
      year.note(`${device.name} lost ${profile.slug}`);
    },
  },
  {
    name: 'an administrator revokes a certificate',
    weight: 3,
    async happen(year) {
      const found = someHolding(year);
      if (found === null) return;
      const { device, profile } = found;
      const held = year.holdings.get(device.id);
      const id = held?.get(profile.slug)?.certificateId;
      await year.server.ask('POST', `/certificates/${id}/revoke`, { reason: 'keyCompromise' });
      held?.delete(profile.slug);
      year.note(`${profile.slug} of ${device.name} is revoked`);
    },
  },
  {
    name: 'a device is wiped or retired by an administrator, and comes back or does not',
    weight: 3,
    async happen(year) {
      const device = year.random.pick(joined(year));
      await year.server.ask('POST', `/devices/${device.id}/${year.random.pick(['wipe', 'retire'])}`);
      device.status = 'retired';
      year.holdings.get(device.id)?.clear();
      year.note(`${device.name} is retired`);
    },
  },
  {
    name: 'a retired device joins anew',
    weight: 2,
    async happen(year) {
      const gone = year.organisation.devices.filter(({ status }) => status === 'retired');
      if (gone.length === 0) return;
      const device = year.random.pick(gone);
      await year.fleet.reset(device);
      await year.join(device);
      year.note(`${device.name} is back`);
    },
  },
  {
    name: 'a device is reset by its holder and joins anew',
    weight: 2,
    async happen(year) {
      const device = year.random.pick(joined(year));
      await year.fleet.reset(device);
      await year.join(device);
      year.note(`${device.name} was reset`);
    },
  },
  {
    name: 'a device is lost: nobody hears of it again, and an administrator retires or deletes it',
    weight: 2,
    async happen(year) {
      const device = year.random.pick(joined(year));
      year.silentUntil.set(device.id, Number.POSITIVE_INFINITY);
      if (year.random.chance(0.5)) {
        await year.server.ask('DELETE', `/devices/${device.id}`);
        device.status = 'deleted';
        for (const { members } of year.organisation.groups) members.delete(device.id);
      } else {
        await year.server.ask('POST', `/devices/${device.id}/retire`);
        device.status = 'retired';
      }
      year.holdings.get(device.id)?.clear();
      year.note(`${device.name} is lost, and ${device.status}`);
    },
  },
  {
    name: 'a new device comes',
    weight: 3,
    async happen(year) {
      const device = await year.addDevice();
      await year.join(device);
      year.note(`${device.name} is new`);
    },
  },
  {
    name: 'a person leaves for good',
    weight: 1,
    async happen(year) {
      const person = year.random.pick(living(year));
      await year.server.ask('DELETE', `/users/${person.id}`);
      person.gone = true;
      for (const { members } of year.organisation.groups) members.delete(person.id);
      for (const device of year.organisation.devices) {
        if (device.person !== person) continue;
        device.person = null;
      }
      year.note(`${person.upn} left`);
    },
  },
];

/** What administrators do now and then, each on its day. */
export const calendar: readonly {
  readonly every: number;
  readonly from: number;
  readonly happen: Happening['happen'];
}[] = [
  {
    every: 17,
    from: 9,
    async happen(year) {
      await year.server.restart();
      year.note('the server was started again');
    },
  },
  {
    every: 29,
    from: 20,
    async happen(year) {
      const profile = year.random.pick(year.organisation.profiles);
      const { body, headers } = await year.server.api('GET', `/profiles/${profile.slug}/document`);
      profile.edition += 1;
      const settings = { ...body.settings, subjectNameFormat: subjectFormat(profile) };
      await year.server.ask(
        'PUT',
        `/profiles/${profile.id}`,
        { ...body, settings },
        { 'if-match': headers.get('etag') ?? '' },
      );
      year.note(`${profile.slug} has edition ${profile.edition}`);
    },
  },
  {
    every: 37,
    from: 31,
    async happen(year) {
      const profile = year.random.pick(year.organisation.profiles);
      profile.anewSince = year.server.clock.now();
      await year.server.ask('POST', '/deployments/re-issue', { profile: profile.slug });
      await year.server.jobsDone();
      year.note(`${profile.slug} is issued anew`);
    },
  },
  {
    // By mistake, and filled again two days later: nobody notices.
    every: 53,
    from: 25,
    async happen(year) {
      const [staff] = year.organisation.groups.filter(({ name }) => name === 'Staff');
      if (staff === undefined) return;
      const everybody = [...staff.members].filter((id) => year.organisation.people.some((person) => person.id === id));
      const sales = year.organisation.groups.find(({ name }) => name === 'Sales');
      const losing = joined(year).filter(
        ({ id, person }) =>
          person !== null &&
          everybody.includes(person.id) &&
          sales?.members.has(person.id) === false &&
          [...(year.holdings.get(id)?.keys() ?? [])].some((slug) => slug.startsWith('vpn-')),
      );
      // Fewer are not many, and lose it at once.
      if (losing.length < Math.max(20, year.organisation.devices.length * 0.15)) return;
      const members = everybody.map((member) => ({ kind: 'user', member }));
      const ask = (change: object) => year.server.ask('POST', `/groups/${staff.id}/members`, change);
      // What was edited just now counts for them before.
      await year.server.tick();
      year.note(`${staff.name} is emptied by mistake`);
      await year.server.hesitate(async () => {
        await ask({ remove: members });
        for (let step = 0; step < 6; step++) await year.advance(8 * hour);
        assert.ok((await year.server.waitingRemovals()) > 0, 'what many would lose waits');
        await ask({ add: members });
        await year.advance(8 * hour);
        assert.equal(await year.server.waitingRemovals(), 0, 'what was undone does not wait any more');
      });
      year.note(`${staff.name} is filled again`);
    },
  },
  {
    // Taken away, and given back at the next of these.
    every: 8,
    from: 33,
    async happen(year) {
      const { random, organisation } = year;
      const [without] = organisation.profiles.filter(({ include }) => include.length === 0);
      if (without !== undefined) {
        const [include, exclude] = year.usual.get(without.id) ?? [[], []];
        await year.assign(without, include, exclude);
        year.note(`${without.slug} is assigned again`);
        return;
      }
      const profile = random.pick(organisation.profiles);
      year.usual.set(profile.id, [profile.include, profile.exclude]);
      await year.assign(profile, [], []);
      year.note(`${profile.slug} is not assigned any more`);
    },
  },
];

/** In the middle of the year the authority gets its next issuer: days after it, and what is done. */
const rollover = [
  [0, 'next'],
  [1, 'announce'],
  [3, 'distribute'],
  [7, 'switch'],
  // By then no certificate of the old one is alive.
  [107, 'finish'],
] as const;

export async function rollOver(year: Year, daysAfter: number): Promise<void> {
  for (const [on, step] of rollover) {
    if (on !== daysAfter) continue;
    await year.server.ask('POST', `/authorities/${authoritySlug}/rollover`, { step });
    if (step === 'switch') year.authority.issuer = 'Year Issuing CA G2';
    year.note(`rollover: ${step}`);
  }
}

export function pickHappening(year: Year): Happening {
  let point = year.random.below(happenings.reduce((sum, { weight }) => sum + weight, 0));
  for (const happening of happenings) {
    point -= happening.weight;
    if (point < 0) return happening;
  }
  throw new Error('the weights do not add up');
}
