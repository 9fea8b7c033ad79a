import type { Finding } from '../finding.ts';
import type { ImportedProfile } from './graph-import.ts';

const paths: readonly (readonly [RegExp, string])[] = [
  [/^name$/, 'displayName'],
  [/^scopeTags.*$/, 'roleScopeTagIds'],
  [/^assignments.*$/, 'assignments'],
  [/^settings\.certificateType$/, 'certificateStore'],
  [/^settings\.subjectNameFormat$/, 'subjectNameFormatString'],
  [/^settings\.subjectAlternativeNames\.(\d+)\.type$/, 'customSubjectAlternativeNames.$1.sanType'],
  [/^settings\.subjectAlternativeNames\.(\d+)\.value$/, 'customSubjectAlternativeNames.$1.name'],
  [/^settings\.subjectAlternativeNames/, 'customSubjectAlternativeNames'],
  [/^settings\.certificateValidityPeriod(\.value)?$/, 'certificateValidityPeriodValue'],
  [/^settings\.certificateValidityPeriod\.unit$/, 'certificateValidityPeriodScale'],
  [/^settings\.extendedKeyUsages\.(\d+)\.oid$/, 'extendedKeyUsages.$1.objectIdentifier'],
  [/^settings\.renewalThreshold$/, 'renewalThresholdPercentage'],
  [/^settings\.certificateAccess\.apps/, 'silentCertificateAccessDetails'],
  [/^settings\.certificateAccess.*$/, 'certificateAccessType'],
  [/^settings\.certificate$/, 'trustedRootCertificate'],
  [/^settings\.certificateFileName$/, 'certFileName'],
  [/^settings\.applicabilityRules\.osEdition\.editions/, 'deviceManagementApplicabilityRuleOsEdition.osEditionTypes'],
  [/^settings\.applicabilityRules\.osEdition/, 'deviceManagementApplicabilityRuleOsEdition'],
  [/^settings\.applicabilityRules\.osVersion\.minimum/, 'deviceManagementApplicabilityRuleOsVersion.minOSVersion'],
  [/^settings\.applicabilityRules\.osVersion\.maximum/, 'deviceManagementApplicabilityRuleOsVersion.maxOSVersion'],
  [/^settings\.applicabilityRules\.osVersion/, 'deviceManagementApplicabilityRuleOsVersion'],
  [/^settings\./, ''],
];

/** Where in the JSON stands what a path of our document means. */
function graphPath({ path }: Pick<ImportedProfile, 'path'>, documentPath: string): string {
  const found = paths.find(([pattern]) => pattern.test(documentPath));
  const inner = found === undefined ? documentPath : documentPath.replace(found[0], found[1]);
  return [path, inner].filter((part) => part !== '').join('.');
}

/**
 * What judging an imported document found, at the places in the JSON; without what the import has found there already.
 */
export function findingsInGraph(
  profile: Pick<ImportedProfile, 'path'>,
  findings: readonly Finding[],
  already: readonly Finding[],
): readonly Finding[] {
  const below = profile.path === '' ? '' : `${profile.path}.`;
  const known = already.filter(({ severity, path }) => severity === 'error' && path.startsWith(below));
  return findings
    .map((finding) => ({ ...finding, path: graphPath(profile, finding.path) }))
    .filter(({ rule, path }) => !known.some((each) => each.path === path || (rule === 'V16' && each.rule === rule)));
}
