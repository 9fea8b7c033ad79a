import type { GroupId } from '../directory/group.ts';
import { windowsEdition } from '../profiles/windows-edition.ts';
import type { RuleReason } from './applicability.ts';
import type { AssignmentTarget } from './assignment.ts';
import type { Circumstances } from './circumstances.ts';
import type { FilteredReason, ResolutionReason } from './resolve.ts';
import type { NoDeviceReason, ServingReason } from './serving-reason.ts';

/** What the ids in reasons are called. */
export type ReasonNames = {
  readonly groups: ReadonlyMap<GroupId, string>;
  /** The primary user. */
  readonly user: string | null;
  readonly circumstances: Circumstances;
  /** Told of a user who has no device. */
  readonly alone: boolean;
};

/** A reason as one or two sentences: what is so, and what can be done about it. `path` leads to the group, when there is one. */
export function explanationText(
  reason: ResolutionReason | ServingReason | NoDeviceReason,
  path: readonly string[],
  names: ReasonNames,
): string {
  switch (reason.code) {
    case 'included':
      return `Included: ${targetText(reason.by, reason.through, path, names)}.`;
    case 'excluded':
      return `Excluded: ${targetText(reason.by, reason.through, path, names)}. An exclusion wins over every inclusion.`;
    case 'not-assigned':
      return names.alone
        ? 'No assignment names this user, a group that holds the user, or everybody.'
        : 'No assignment names this device, its user, or a group that holds one of them.';
    case 'not-registered':
      return `Waits for the first complete inventory of the device, because it is included as a device: ${targetText(reason.by, 'device', path, names)}. The agent sends one; registeredAt in the API or in devices.csv stands for it; a group of users, or the device by name, needs none.`;
    case 'filtered':
      return filteredText(reason, targetText(reason.by, reason.through, path, names));
    case 'rule-not-met':
      return ruleText(reason);
    case 'wrong-platform':
      return `The profile is for ${reason.profile}, the device is ${reason.device}.`;
    case 'wrong-management':
      return `The profile is for devices managed as ${reason.allowed.join(' or ')}; ${
        reason.device === null
          ? 'how this one is managed is not known: say so in the directory.'
          : `this one is managed as ${reason.device}.`
      }`;
    case 'other-manager':
      return managerText(reason, names);
    case 'retired':
      return `The device ${retired[reason.how ?? 'retire']}, and gets nothing any more.`;
    case 'root-not-assigned':
      return `Waits for its trusted certificate profile${reason.rootName === null ? '' : ` “${reason.rootName}”`}, ${
        reason.rootWaits
          ? 'which waits for the first complete inventory of the device. Assign it to the same users to be quicker.'
          : 'which does not reach this device. Assign both to the same groups.'
      }`;
    case 'variable-missing':
      return `{{${reason.variable}}} has no value here: ${missing[reason.reason] ?? reason.reason}.`;
    case 'cannot-be-filled-in':
      return reason.detail;
    case 'no-device':
      return `The user has no device; one for ${reason.platform} would get it${
        reason.unless.length === 0 ? '' : `, if ${reason.unless.map((each) => condition[each]).join(' and ')}`
      }.`;
  }
}

function targetText(
  target: AssignmentTarget,
  through: 'user' | 'device',
  path: readonly string[],
  names: ReasonNames,
): string {
  const user = `${names.alone ? 'the' : 'its'} user${names.user === null ? '' : ` ${names.user}`}`;
  const holder = through === 'user' ? user : 'the device';
  switch (target.kind) {
    case 'allDevices':
      return 'all devices';
    case 'allUsers':
      return `all users, and ${holder} is one`;
    case 'user':
      return `${holder} by name`;
    case 'device':
      return 'this device by name';
    case 'group': {
      const nested = path.length > 1 ? ` (${path.join(' > ')})` : '';
      return `the group ${groupName(target.groupId, names)} holds ${holder}${nested}`;
    }
  }
}

const retired = { retire: 'is retired', wipe: 'was wiped', unenrol: 'ended its management itself' } as const;

const condition = {
  filter: 'the filter of the assignment lets it through',
  rules: 'it meets the applicability rules',
} as const;

function managerText(
  { workload, pilotGroup }: Extract<ResolutionReason, { code: 'other-manager' }>,
  names: ReasonNames,
): string {
  const manager = `Another manager is in charge of certificates on this device: its co-management workload is “${workload}”`;
  if (pilotGroup === null) return `${manager}. Move the workload to this server, or to pilot.`;
  const group = groupName(pilotGroup, names);
  return names.groups.has(pilotGroup)
    ? `${manager}, and it is not in the pilot group ${group}. Add it to that group, or move the workload.`
    : `${manager}, and the pilot group was ${group}. Choose another pilot group, or move the workload.`;
}

function groupName(id: GroupId, { groups }: ReasonNames): string {
  const name = groups.get(id);
  return name === undefined ? `${id}, which is gone` : `“${name}”`;
}

function filteredText({ filter: { id, name, mode, rule } }: FilteredReason, target: string): string {
  const reached = `Reached (${target}), but left out by the filter`;
  if (name === null) return `${reached} ${id}, which is gone. Take it out of the assignment.`;
  if (rule === null) return `${reached} “${name}”, whose rule cannot be read. Mend the rule.`;
  const holds = mode === 'include' ? 'which does not hold for this device' : 'which holds for this device';
  return `${reached} “${name}” (${mode}): ${rule}, ${holds}.`;
}

function ruleText({ rule, type, expected, actual }: RuleReason): string {
  const what = rule === 'osEdition' ? 'OS edition' : 'OS version';
  const range = rule === 'osEdition' ? `one of ${expected.join(', ')}` : `from ${expected.join(' to ')}`;
  const says = `The profile is ${type === 'assignIf' ? 'assigned only' : 'not assigned'} if the ${what} is ${range}`;
  if (actual !== null) return `${says}; here it is ${actual}${rule === 'osEdition' ? editionNote(actual) : ''}.`;
  return `${says}; here it is not known, and what is not known meets no rule. Say it in the directory, or let the device report it.`;
}

/** Where the directory spells an edition otherwise than the rule does, what it counts as. */
function editionNote(actual: string): string {
  const edition = windowsEdition(actual);
  if (edition === actual) return '';
  return edition === null ? ', which is no edition that rules know' : ` (${edition})`;
}

/** By `VariableReason`. */
const missing: Readonly<Record<string, string>> = {
  'user-missing': 'the device has no user',
  'value-empty': 'the directory has none for it',
  'not-on-this-platform': 'it does not exist on this platform',
  'not-domain-joined': 'the device is not joined to a domain',
  'not-hybrid-joined': 'the device is not hybrid joined',
  'user-variable-in-device-certificate': 'it is a fact of a user, and the certificate is for the device',
  'only-in-uri-rows': 'it stands for a URI, and serves in URI rows only',
};
