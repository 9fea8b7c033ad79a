import { ipText, parseIp } from '../formats/x509/ip-address.ts';
import { encodeName } from '../formats/x509/name.ts';
import { toBase64 } from '../lib/bytes.ts';
import { type AlternativeNameProblem, checkAlternativeName } from './check-alternative-name.ts';
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
  if (identifier.value !== null && !isSecurityIdentifier(identifier.value))
    return failed('invalid-security-identifier', `“${identifier.value}” is not a security identifier.`);
  const names = fillAlternativeNames(templates, value);
  if ('code' in names) return failed(names.code, names.detail);
  if (subject.name.length === 0 && names.length === 0)
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
      subjectAlternativeNames: names,
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

type AlternativeName = Expectation['subjectAlternativeNames'][number];

/** Each name once; addresses in their one text form (RFC 5952), so that they compare as text. */
function fillAlternativeNames(
  { alternativeNames }: SettingsTemplates,
  value: (variable: VariableName) => string,
): AlternativeName[] | AlternativeNameProblem {
  const names = new Map<string, AlternativeName>();
  for (const { type, value: template } of alternativeNames) {
    const text = fillTemplate(template, value);
    const problem = checkAlternativeName(type, text);
    if (problem !== undefined) return problem;
    const name = { type, value: type === 'ip' ? canonicalAddress(text) : text };
    const key = `${type}:${type === 'dns' || type === 'email' ? name.value.toLowerCase() : name.value}`;
    if (!names.has(key)) names.set(key, name);
  }
  return [...names.values()];
}

function canonicalAddress(text: string): string {
  const bytes = parseIp(text);
  return (bytes && ipText(bytes)) ?? text;
}

/** MS-DTYP §2.4.2.1 */
function isSecurityIdentifier(text: string): boolean {
  return /^S-1-[0-9]{1,15}(?:-[0-9]{1,10}){1,15}$/.test(text);
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
