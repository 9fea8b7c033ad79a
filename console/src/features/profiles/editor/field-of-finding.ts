/** Where a finding stands in the form: at which field, in which step. */

export const stepNames = ['basics', 'settings', 'scopeTags', 'assignments', 'applicability', 'review'] as const;
export type StepName = (typeof stepNames)[number];

/** A finding inside of what one field holds stands at that field. */
const insideOf = [
  /^settings\.certificateValidityPeriod(?=\.)/,
  /^settings\.extendedKeyUsages\.\d+(?=\.)/,
  /^settings\.certificateAccess(?=\.mode)/,
  /^settings\.applicabilityRules\.\w+(?=\.)/,
  /^assignments\.\d+(?=\.)/,
  /^scopeTags(?=\.)/,
];

export function fieldOfFinding(path: string): string {
  const row = /^(settings\.subjectAlternativeNames\.\d+)(?:\.type)?$/.exec(path);
  if (row !== null) return `${row[1]}.value`;
  for (const pattern of insideOf) {
    const [field] = pattern.exec(path) ?? [];
    if (field !== undefined) return field;
  }
  return path;
}

/** About the profile as a whole: it stands above the fields. */
export function isOfNoField(path: string): boolean {
  return ['', 'kind', 'platform', 'settings', 'server'].includes(path);
}

export function stepOfFinding(path: string): StepName {
  if (/^(?:name|slug|description)$/.test(path)) return 'basics';
  if (/^scopeTags(?:\.|$)/.test(path)) return 'scopeTags';
  if (/^assignments(?:\.|$)/.test(path)) return 'assignments';
  if (/^settings\.applicabilityRules(?:\.|$)/.test(path)) return 'applicability';
  return 'settings';
}
