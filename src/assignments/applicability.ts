import { compareVersions, parseVersion, versionWithin } from '../directory/os-version.ts';
import type {
  ApplicabilityRules,
  ApplicabilityRuleType,
  OsEditionRule,
  OsVersionRule,
  WindowsEdition,
} from '../profiles/applicability-rules.ts';
import type { Profile } from '../profiles/profile.ts';
import { windowsEdition } from '../profiles/windows-edition.ts';
import type { AssignableDevice } from './reach.ts';

export type RuleReason = {
  readonly code: 'rule-not-met';
  readonly rule: keyof ApplicabilityRules;
  readonly type: ApplicabilityRuleType;
  /** Editions, or the least and the greatest version. */
  readonly expected: readonly string[];
  /** As the directory or the device has it; null: not known, which meets no rule of either type. */
  readonly actual: string | null;
};

/**
 * The applicability rules of a profile that a device of its platform does not meet; all must be met (intune-domain 4.5).
 * What nobody has said of the device is taken from what it reports.
 */
export function unmetRules({ settings }: Profile, device: AssignableDevice): readonly RuleReason[] {
  const rules = 'applicabilityRules' in settings ? settings.applicabilityRules : undefined;
  if (rules === undefined) return [];
  const reasons: RuleReason[] = [];
  const { osEdition, osVersion } = rules;
  const edition = device.osEdition ?? device.reported.osEdition ?? null;
  const version = device.osVersion ?? device.reported.osVersion ?? null;
  if (osEdition !== undefined && !editionMeets(osEdition, edition))
    reasons.push({
      code: 'rule-not-met',
      rule: 'osEdition',
      type: osEdition.rule,
      expected: osEdition.editions,
      actual: edition,
    });
  if (osVersion !== undefined && !versionMeets(osVersion, version))
    reasons.push({
      code: 'rule-not-met',
      rule: 'osVersion',
      type: osVersion.rule,
      expected: [osVersion.minimum, osVersion.maximum],
      actual: version,
    });
  return reasons;
}

function editionMeets({ rule, editions }: OsEditionRule, actual: string | null): boolean {
  if (actual === null) return false;
  const edition: WindowsEdition | null = windowsEdition(actual);
  const named = edition !== null && editions.includes(edition);
  return rule === 'assignIf' ? named : !named;
}

function versionMeets({ rule, minimum, maximum }: OsVersionRule, actual: string | null): boolean {
  const version = actual === null ? null : versionWithin(actual);
  const [from, to] = [parseVersion(minimum), parseVersion(maximum)];
  if (version === null || from === null || to === null) return false;
  const within = compareVersions(version, from) >= 0 && compareVersions(version, to) <= 0;
  return rule === 'assignIf' ? within : !within;
}
