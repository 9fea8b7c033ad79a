import type { Platform } from '../../directory/platform.ts';
import { checkAlternativeName } from '../check-alternative-name.ts';
import type { SubjectAlternativeNameType } from '../scep-settings.ts';
import { type Problem, type Rule, type RuleSubject, rowPath } from './rule.ts';

/** The rules on the rows of the subject alternative name (intune-domain 1.5, 1.14). */
export const alternativeNameRules: readonly Rule[] = [
  {
    code: 'V8',
    severity: 'error',
    title: 'No { } | ; in the text of a subject alternative name',
    path: rowPath,
    fix: 'Remove them.',
    source: 'seed, subject alternative name',
    check: ({ rows }) =>
      rows
        .filter(({ value }) => /[|;]/.test(value))
        .map(({ path }) => ({ path, detail: 'The characters | and ; cannot stand in a subject alternative name.' })),
  },
  {
    code: 'V10',
    severity: 'error',
    title: 'Rows have the form of their type',
    path: rowPath,
    fix: 'A mail address has an `@`; a DNS name has none and ends with a letter or a digit; no row is empty.',
    source: 'intune-domain 1.5',
    check: ({ rows }) =>
      rows.flatMap(({ type, value, path }) => {
        const problems = formProblems(type, value, path);
        return problems.length > 0 ? problems : fixedProblems(type, value, path);
      }),
  },
  {
    code: 'V10',
    severity: 'warning',
    title: 'A user principal name has an @, and no key before it',
    path: rowPath,
    fix: 'Write for example `{{AAD_Device_ID}}@contoso.com`.',
    source: 'intune-domain 1.5, 7.3 P12',
    check: ({ rows }) =>
      rows.flatMap(({ type, value, path }): Problem[] => {
        if (type !== 'upn' || value.trim() === '') return [];
        if (!mayHaveAt(value)) return [{ path, detail: `“${value}” has no @.` }];
        const key = /^\s*(?:CN|UPN|E|Email)\s*=\s*/i.exec(value)?.[0];
        if (key === undefined) return [];
        const text = value.slice(key.length);
        const detail = `“${key}” would stand in the name: a row takes the bare value.`;
        return [{ path, detail, fix: 'Remove it.', mends: [{ label: 'Remove the key', text, preview: text }] }];
      }),
  },
  {
    code: 'V29',
    severity: 'information',
    title: 'Some Android Enterprise devices want an alternative name in a device certificate',
    path: 'settings.subjectAlternativeNames',
    fix: 'Add a row, for example of type dns: `{{AAD_Device_ID}}.contoso.com`.',
    source: 'intune-domain 7.3 P13',
    check: ({ settings, rows }) =>
      androidEnterprise.includes(settings.platform) && settings.certificateType === 'device' && rows.length === 0
        ? [
            {
              detail:
                'Some Android Enterprise devices do not enrol for a device certificate without an alternative name.',
            },
          ]
        : [],
  },
];

const androidEnterprise: readonly Platform[] = ['androidEnterpriseCorporate', 'androidEnterprisePersonal'];

const hasAt: readonly string[] = ['emailaddress', 'userprincipalname', 'onpremisesuserprincipalname'];

function mayHaveAt(value: string): boolean {
  const variables = [...value.matchAll(/\{\{([^{}]*)\}\}/g)].map((match) => (match[1] ?? '').toLowerCase());
  return value.includes('@') || variables.some((name) => hasAt.includes(name));
}

/** A row without variables comes out the same on every device. */
function fixedProblems(type: SubjectAlternativeNameType, value: string, path: string): Problem[] {
  const problem = /[{}|;]/.test(value) ? undefined : checkAlternativeName(type, value);
  return problem === undefined ? [] : [{ path, detail: problem.detail }];
}

function formProblems(type: RuleSubject['rows'][number]['type'], value: string, path: string): Problem[] {
  if (value.trim() === '')
    return [{ path, detail: 'The row has no value.', fix: 'Give it a value or remove the row.' }];
  if (type === 'email' && !mayHaveAt(value))
    return [{ path, detail: `“${value}” has no @.`, fix: 'Write for example {{AAD_Device_ID}}@contoso.com.' }];
  if (type !== 'dns') return [];
  const written = value.replace(/\{\{[^{}]*\}\}/g, 'x');
  if (written.includes('@')) return [{ path, detail: 'A DNS name has no @.' }];
  return /[A-Za-z0-9]$/.test(written) ? [] : [{ path, detail: 'A DNS name ends with a letter or a digit.' }];
}
