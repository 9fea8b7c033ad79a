import type { Platform } from '../../directory/platform.ts';
import { windowsEditions } from '../applicability-rules.ts';
import { type Fields, fault, openFields, pathTo, take, takeList } from '../document-reader.ts';
import { applicabilityRuleTypes, editionTypes, listMembers, takeMember } from './graph-enumeration.ts';
import { leaveOut, unknownProperty } from './graph-import.ts';

const editionRule = 'deviceManagementApplicabilityRuleOsEdition';
const versionRule = 'deviceManagementApplicabilityRuleOsVersion';
const modeRule = 'deviceManagementApplicabilityRuleDeviceMode';

/** What export calls them; Graph wants a name, and ours have none. */
export const ruleNames = { osEdition: 'OS edition', osVersion: 'OS version' } as const;

export type ImportedRules = {
  /** As `settings.applicabilityRules` in our documents; undefined when there are none. */
  readonly rules: Readonly<Record<string, unknown>> | undefined;
  /** A rule was left out: the profile would reach more devices than it did. */
  readonly narrowed: boolean;
};

/** Applicability rules (intune-domain 4.5): edition and version exist here for Windows 10 and later, the device mode nowhere. */
export function importApplicability(fields: Fields, platform: Platform): ImportedRules {
  const lost = [modeRule, ...(platform === 'windows10' ? [] : [editionRule, versionRule])].filter(
    (name) => take(fields, name) !== undefined,
  );
  for (const name of lost)
    leaveOut(fields, pathTo(fields, name), `This applicability rule does not exist for ${platform}.`, {
      fix: 'Assign the profile to a group that holds only the devices that are meant.',
    });
  if (platform !== 'windows10') return { rules: undefined, narrowed: lost.length > 0 };
  const osEdition = importRule(fields, editionRule, ruleNames.osEdition, (part) => ({
    editions: importEditions(part),
  }));
  const osVersion = importRule(fields, versionRule, ruleNames.osVersion, (part) => ({
    minimum: take(part, 'minOSVersion'),
    maximum: take(part, 'maxOSVersion'),
  }));
  const rules = { ...(osEdition && { osEdition }), ...(osVersion && { osVersion }) };
  return { rules: Object.keys(rules).length === 0 ? undefined : rules, narrowed: lost.length > 0 };
}

function importRule(
  fields: Fields,
  name: string,
  usualName: string,
  read: (part: Fields) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const value = take(fields, name);
  const part = value === undefined ? undefined : openFields(value, pathTo(fields, name), fields.findings);
  if (part === undefined) return undefined;
  const ruleType = takeMember(part, 'ruleType', applicabilityRuleTypes);
  if (ruleType === null && take(part, 'ruleType') === undefined)
    fault(part, 'ruleType', 'required', 'It is missing whether to assign or not.', 'Write include or exclude.');
  const called = take(part, 'name');
  if (called !== undefined && called !== '' && called !== usualName)
    leaveOut(part, pathTo(part, 'name'), 'Rules have no names here.', { severity: 'information' });
  const rule = { rule: ruleType === 'exclude' ? 'dontAssignIf' : 'assignIf', ...read(part) };
  for (const other of Object.keys(part.values))
    if (!part.taken.has(other) && !other.includes('@odata.')) unknownProperty(part, other);
  return rule;
}

function importEditions(part: Fields): readonly string[] {
  const name = 'osEditionTypes';
  const chosen = listMembers(part, name, takeList(part, name, Number.POSITIVE_INFINITY, 'V15'), editionTypes);
  if (chosen.includes('notConfigured'))
    leaveOut(part, pathTo(part, name), 'notConfigured stands for no edition.', { severity: 'information' });
  return windowsEditions.filter((edition) => chosen.includes(edition));
}
