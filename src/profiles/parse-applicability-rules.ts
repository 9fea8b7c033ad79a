import { compareVersions, parseVersion } from '../directory/os-version.ts';
import {
  type ApplicabilityRules,
  type ApplicabilityRuleType,
  type OsEditionRule,
  type OsVersionRule,
  type WindowsEdition,
  windowsEditions,
} from './applicability-rules.ts';
import {
  type Fields,
  fault,
  openFields,
  pathTo,
  refuseOthers,
  take,
  takeChoice,
  takeText,
  takeTexts,
} from './document-reader.ts';
import { windowsEdition } from './windows-edition.ts';

/**
 * The rules below `settings.applicabilityRules` (Windows 10 and later only, either kind of profile):
 *
 *     applicabilityRules:
 *       osEdition: { rule: assignIf, editions: [Enterprise, Education] }
 *       osVersion: { rule: dontAssignIf, minimum: 10.0.16299.0, maximum: 10.0.17134.319 }
 *
 * What is wrong becomes a finding, and that rule is left out. Empty when there are none.
 */
export function takeApplicabilityRules(settings: Fields): { readonly applicabilityRules?: ApplicabilityRules } {
  const value = take(settings, 'applicabilityRules');
  if (value === undefined) return {};
  const fields = openFields(value, pathTo(settings, 'applicabilityRules'), settings.findings);
  if (fields === undefined) return {};
  const osEdition = takeRule(fields, 'osEdition', takeEditions);
  const osVersion = takeRule(fields, 'osVersion', takeVersions);
  refuseOthers(fields);
  if (osEdition === null && osVersion === null) return {};
  return { applicabilityRules: { ...(osEdition !== null && { osEdition }), ...(osVersion !== null && { osVersion }) } };
}

function takeRule<Rule>(
  fields: Fields,
  name: keyof ApplicabilityRules,
  read: (part: Fields, rule: ApplicabilityRuleType) => Rule | null,
): Rule | null {
  const value = take(fields, name);
  if (value === undefined) return null;
  const part = openFields(value, pathTo(fields, name), fields.findings);
  if (part === undefined) return null;
  if (take(part, 'rule') === undefined)
    fault(part, 'rule', 'required', 'It is missing whether to assign or not.', 'Write assignIf or dontAssignIf.');
  const rule = takeChoice<ApplicabilityRuleType>(part, 'rule', ['assignIf', 'dontAssignIf'], 'assignIf');
  const found = read(part, rule);
  refuseOthers(part);
  return found;
}

function takeEditions(part: Fields, rule: ApplicabilityRuleType): OsEditionRule | null {
  const written = takeTexts(part, 'editions', 100, 'applicability-editions');
  const chosen = new Set<WindowsEdition>();
  for (const [i, name] of written.entries()) {
    const edition = windowsEdition(name);
    if (edition === null)
      fault(
        part,
        `editions.${i}`,
        'unknown-value',
        `“${name}” is no edition of Windows 10 and later.`,
        `Editions are ${windowsEditions.map((each) => each.slice('windows10'.length)).join(', ')}.`,
      );
    else chosen.add(edition);
  }
  if (written.length === 0) fault(part, 'editions', 'required', 'No edition is chosen.', 'Name at least one.');
  return chosen.size === 0 ? null : { rule, editions: windowsEditions.filter((edition) => chosen.has(edition)) };
}

function takeVersions(part: Fields, rule: ApplicabilityRuleType): OsVersionRule | null {
  const minimum = takeBound(part, 'minimum');
  const maximum = takeBound(part, 'maximum');
  if (minimum === null || maximum === null) return null;
  if (compareVersions(minimum.version, maximum.version) > 0) {
    const detail = `The least version, ${minimum.text}, is above the greatest, ${maximum.text}.`;
    fault(part, 'minimum', 'applicability-version', detail, 'Exchange them.');
    return null;
  }
  return { rule, minimum: minimum.text, maximum: maximum.text };
}

function takeBound(part: Fields, name: 'minimum' | 'maximum') {
  const text = takeText(part, name, '').trim();
  const version = parseVersion(text);
  if (version?.length === 4) return { text, version };
  if (part.findings.some(({ path }) => path === pathTo(part, name))) return null;
  const detail = text === '' ? `The ${name} is missing: a rule needs both bounds.` : `“${text}” is no whole version.`;
  fault(part, name, text === '' ? 'required' : 'applicability-version', detail, 'Write four numbers: 10.0.19045.0.');
  return null;
}
