/** A small organisation and random edits of it, for properties of reconciling. */
import fc from 'fast-check';
import { assign } from '../../src/assignments/assign.ts';
import type { AssignmentTarget } from '../../src/assignments/assignment.ts';
import { groupUses } from '../../src/assignments/group-uses.ts';
import { isDue } from '../../src/deployments/deployment.ts';
import { changeMembers } from '../../src/directory/change-members.ts';
import { removeDevices } from '../../src/directory/remove-devices.ts';
import { removeGroups } from '../../src/directory/remove-groups.ts';
import { removeUsers } from '../../src/directory/remove-users.ts';
import { reportFacts } from '../../src/directory/report-facts.ts';
import { retireDevice } from '../../src/directory/retire-device.ts';
import { saveDevice } from '../../src/directory/save-device.ts';
import { saveUser } from '../../src/directory/save-user.ts';
import { systemCause } from '../../src/events/event.ts';
import { reconcile } from '../../src/lifecycle/reconcile.ts';
import { deleteProfile } from '../../src/profiles/delete-profile.ts';
import type { Store } from '../../src/store/store.ts';
import { makeDevice, makeGroup, makeScepProfile, makeTrustedProfile, makeUser } from './make-facts.ts';

const cause = systemCause;
export const organisationClock = { now: () => 1_800_000_000_000, monotonic: () => 0 };

/** A small world in which random edits meet often. */
export async function randomOrganisation(stores: Store) {
  const users = [0, 1, 2].map((n) => makeUser({ userPrincipalName: `u${n}@x.example`, surname: 'S' }));
  const devices = [0, 1, 2, 3, 4].map((n) =>
    makeDevice({ deviceName: `d${n}`, primaryUserId: users[n]?.id ?? null, registeredAt: n === 4 ? null : 0 }),
  );
  const userGroups = [0, 1].map(() => makeGroup({ kind: 'user' }));
  const deviceGroups = [0, 1, 2].map(() => makeGroup({ kind: 'device' }));
  const root = makeTrustedProfile();
  const otherRoot = makeTrustedProfile('ios');
  const spareRoot = makeTrustedProfile();
  const profiles = [
    root,
    otherRoot,
    makeScepProfile(root),
    makeScepProfile(root, { certificateType: 'user', subjectNameFormat: 'CN={{UserPrincipalName}},SN={{SurName}}' }),
    makeScepProfile(otherRoot, { subjectNameFormat: 'CN={{SerialNumber}}' }),
    spareRoot,
  ];
  await stores.transact(async () => {
    await stores.users.save(users);
    await stores.devices.save(devices);
    await stores.groups.save([...userGroups, ...deviceGroups]);
    for (const profile of profiles) await stores.profiles.save(profile);
  });
  const groups = [...userGroups, ...deviceGroups];
  const targets: AssignmentTarget[] = [
    { kind: 'allUsers' },
    { kind: 'allDevices' },
    ...groups.map(({ id }) => ({ kind: 'group', groupId: id }) as const),
    ...users.slice(0, 2).map(({ id }) => ({ kind: 'user', userId: id }) as const),
    ...devices.slice(0, 2).map(({ id }) => ({ kind: 'device', deviceId: id }) as const),
  ];
  return { users, devices, groups, profiles, targets };
}

export type RandomOrganisation = Awaited<ReturnType<typeof randomOrganisation>>;

const number = fc.nat(30);
export const randomEdit = fc.record({
  what: fc.constantFrom(
    'assign',
    'assign',
    'assign',
    'device',
    'device',
    'user',
    'members',
    'members',
    'members',
    'report',
    'retire',
    'remove-user',
    'remove-group',
    'remove-device',
    'edit-profile',
    'edit-profile',
    'delete-profile',
    'enrol',
    'reconcile',
    'reconcile',
  ),
  a: number,
  b: number,
  c: number,
});
export type RandomEdit = { what: string; a: number; b: number; c: number };

/** Any index will do. */
export function at<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}

async function performEdit(stores: Store, scene: RandomOrganisation, { what, a, b, c }: RandomEdit) {
  const deps = { ...stores, clock: organisationClock, wanted: { ...stores, reach: stores } };
  const device = at(scene.devices, a);
  const user = at(scene.users, b);
  const group = at(scene.groups, a);
  switch (what) {
    case 'assign': {
      const chosen = scene.targets.filter((_, n) => (b * 31 + c * 7 + n * 13) % 4 === 0);
      const assignments = chosen.map(
        (target, n) => ({ mode: (c + n) % 3 === 0 ? 'exclude' : 'include', target }) as const,
      );
      return assign(deps, { profileId: at(scene.profiles, a).id, assignments, cause });
    }
    case 'device': {
      const facts = at<Parameters<typeof saveDevice>[1]['facts']>(
        [
          { deviceName: `renamed-${c}` },
          { primaryUserId: c % 2 === 0 ? user.id : null },
          { platform: c % 2 === 0 ? 'ios' : 'linux' },
          { serialNumber: c % 3 === 0 ? null : `S${c}` },
        ],
        b,
      );
      return saveDevice(deps, { id: device.id, facts, source: 'api', cause });
    }
    case 'user':
      return saveUser(deps, { id: user.id, facts: { surname: c % 2 === 0 ? null : `N${c}` }, source: 'api', cause });
    case 'members': {
      const member = at(
        [
          group.kind === 'user'
            ? ({ kind: 'user', id: user.id } as const)
            : ({ kind: 'device', id: at(scene.devices, b).id } as const),
          { kind: 'group', id: at(scene.groups, b).id } as const,
        ],
        c,
      );
      const change = c % 3 === 0 ? { add: [], remove: [member] } : { add: [member], remove: [] };
      return changeMembers(deps, { groupId: group.id, ...change, cause });
    }
    case 'report':
      return reportFacts(deps, { deviceId: device.id, reported: { model: `M${c}` }, complete: true, cause });
    case 'retire':
      return c % 4 === 0 ? retireDevice(deps, { deviceId: device.id, action: 'retire', cause }) : undefined;
    case 'remove-user':
      return c % 4 === 0 ? removeUsers(deps, { userIds: [user.id], cause }) : undefined;
    case 'remove-group':
      return c % 4 === 0
        ? removeGroups(
            { ...deps, groupUses: (groupIds) => groupUses(stores, groupIds) },
            { groupIds: [group.id], cause },
          )
        : undefined;
    case 'remove-device':
      return c % 4 === 0 ? removeDevices(deps, { deviceIds: [device.id], cause }) : undefined;
    case 'edit-profile':
      return stores.transact(async () => {
        const profile = await stores.profiles.get(at(scene.profiles, a).id);
        if (profile === null) return;
        const next = { version: profile.version + 1, contentVersion: profile.contentVersion + 1 };
        const roots = scene.profiles.filter(
          ({ kind, settings }) => kind === 'trustedCertificate' && settings.platform === profile.settings.platform,
        );
        await stores.profiles.save(
          profile.kind === 'trustedCertificate'
            ? { ...profile, ...next }
            : {
                ...profile,
                ...next,
                settings: {
                  ...profile.settings,
                  ...(b % 3 === 0 && { rootCertificate: at(roots, c).id }),
                  ...(b % 3 === 1 && { subjectNameFormat: `CN={{DeviceName}},OU=${c}` }),
                },
              },
        );
        // As saving does.
        await stores.dirtyQueue.markAll(profile.settings.platform, profile.id);
      });
    case 'delete-profile':
      return c % 4 === 0 ? deleteProfile(deps, { id: at(scene.profiles, a).id, version: null, cause }) : undefined;
    case 'enrol':
      return stores.transact(async () => {
        const all = await stores.deployments.lockByDevices([device.id]);
        const due = all.filter(isDue);
        await stores.deployments.save(
          due.map((one) => ({ ...one, state: 'issued', issuedGeneration: one.generation, currentCertificateId: 'c' })),
        );
      });
    default:
      return reconcile(deps, { limit: 1 + c, cause });
  }
}

/** Performs edits one after the other; those of what an earlier one removed are refused, and that is part of the game. */
export async function performEdits(stores: Store, scene: RandomOrganisation, edits: readonly RandomEdit[]) {
  for (const one of edits) {
    try {
      await performEdit(stores, scene, one);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
}
