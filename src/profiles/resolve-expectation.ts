import { encodeName } from '../formats/x509/name.ts';
import { toBase64 } from '../lib/bytes.ts';
import { checkAlternativeName } from './check-alternative-name.ts';
import type { Expectation, ExpectationResult, UnresolvedVariable } from './expectation.ts';
import { fillSubject, fillTemplate } from './fill-subject.ts';
import { formatX500String } from './name/format-x500-string.ts';
import { parseSettingsTemplates, type SettingsTemplates } from './parse-settings-templates.ts';
import { variablesInSubject } from './parse-subject-template.ts';
import { variablesIn } from './parse-template.ts';
import { type ProfileFacts, resolveVariable, securityIdentifier, type VariableContext } from './resolve-variables.ts';
import type { ScepSettings } from './scep-settings.ts';
import type { VariableName } from './variable.ts';

/**
 * What the certificate of this device (and its user) must look like, or the one reason why there can be none: the
 * variables without a value, all of them (`variable-unresolved`), else the first value that its field cannot hold
 * (`common-name-too-long`, `ascii-only`, `invalid-dns-name`, …). Equal input gives equal JSON.
 */
export function resolveExpectation(settings: ScepSettings, facts: ProfileFacts): ExpectationResult {
  const context: VariableContext = {
    ...facts,
    certificateType: settings.certificateType,
    reportedFacts: settings.server.reportedFacts,
  };
  const templates = parseSettingsTemplates(settings);
  const { values, unresolved } = resolveAll(templates, context);
  const identifier = settings.server.securityIdentifierExtension ? securityIdentifier(context) : { value: null };
  if ('reason' in identifier && !unresolved.some(({ variable }) => variable === 'OnPremisesSecurityIdentifier'))
    unresolved.push({ variable: 'OnPremisesSecurityIdentifier', reason: identifier.reason });
  if (unresolved.length > 0 || 'reason' in identifier) return unresolvedFailure(unresolved);

  const value = (variable: VariableName) => values.get(variable) ?? '';
  const subject = fillSubject(templates.subject, value);
  if (!subject.ok) return failed(subject.code, subject.detail);
  const alternativeNames: Expectation['subjectAlternativeNames'][number][] = [];
  for (const row of templates.alternativeNames) {
    const name = { type: row.type, value: fillTemplate(row.value, value) };
    const problem = checkAlternativeName(name.type, name.value);
    if (problem !== undefined) return failed(problem.code, problem.detail);
    const repeated = alternativeNames.some((other) => other.type === name.type && other.value === name.value);
    if (!repeated) alternativeNames.push(name);
  }
  if (subject.name.length === 0 && alternativeNames.length === 0)
    return failed(
      'empty-subject',
      'The certificate would name nobody: subject and subject alternative name are both empty.',
    );
  return {
    kind: 'resolved',
    // The keys stand in one order always: equality is that of the JSON.
    expectation: {
      subject: toBase64(encodeName(subject.name)),
      subjectText: formatX500String(subject.name),
      subjectAlternativeNames: alternativeNames,
      securityIdentifier: identifier.value,
      keyUsage: settings.keyUsage,
      extendedKeyUsages: settings.extendedKeyUsages.map(({ name, oid }) => ({ name, oid })),
      keySize: settings.keySize,
      validityPeriod:
        settings.certificateValidityPeriod === null
          ? null
          : { value: settings.certificateValidityPeriod.value, unit: settings.certificateValidityPeriod.unit },
    },
  };
}

function resolveAll(
  templates: SettingsTemplates,
  context: VariableContext,
): { values: Map<VariableName, string>; unresolved: UnresolvedVariable[] } {
  const values = new Map<VariableName, string>();
  const unresolved: UnresolvedVariable[] = [];
  const use = (variable: VariableName, inUri: boolean) => {
    const misplaced = variable === 'OnPremisesSecurityIdentifier' && !inUri; // V9
    if (unresolved.some((entry) => entry.variable === variable) || (values.has(variable) && !misplaced)) return;
    const result = misplaced ? { reason: 'only-in-uri-rows' as const } : resolveVariable(variable, context);
    if ('value' in result) values.set(variable, result.value);
    else unresolved.push({ variable, reason: result.reason });
  };
  for (const variable of variablesInSubject(templates.subject)) use(variable, false);
  for (const { type, value } of templates.alternativeNames)
    for (const variable of variablesIn(value)) use(variable, type === 'uri');
  return { values, unresolved };
}

function unresolvedFailure(unresolved: readonly UnresolvedVariable[]): ExpectationResult {
  const list = unresolved.map(({ variable, reason }) => `{{${variable}}}: ${reasonText[reason] ?? reason}`).join('; ');
  return { kind: 'failed', failure: { code: 'variable-unresolved', detail: `No value for ${list}.`, unresolved } };
}

const reasonText: Readonly<Record<string, string>> = {
  'user-missing': 'the device has no user',
  'value-empty': 'the directory holds no value',
  'not-on-this-platform': 'not available on this platform',
  'not-domain-joined': 'the device is not joined to a domain',
  'not-hybrid-joined': 'the device is not hybrid joined',
  'user-variable-in-device-certificate': 'a device certificate cannot name a user',
  'only-in-uri-rows': 'only a URI row can hold it',
};

function failed(code: string, detail: string): ExpectationResult {
  return { kind: 'failed', failure: { code, detail, unresolved: [] } };
}
