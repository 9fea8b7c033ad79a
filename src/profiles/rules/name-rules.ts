import { checkAlternativeName } from '../check-alternative-name.ts';
import { nameProblem } from '../name/name-problem.ts';
import { parseSubjectTemplate, type SubjectTemplate, type SubjectTemplateError } from '../parse-subject-template.ts';
import type { TemplateError } from '../parse-template.ts';
import { hasEscapes, mendEscapes, quoteTornValues } from './mend-escapes.ts';
import { type Problem, type Rule, type RuleSubject, subjectPath } from './rule.ts';

/** The rules on names: subject name format and subject alternative name (intune-domain 1.4, 1.5, 1.14). */
export const nameRules: readonly Rule[] = [
  {
    code: 'V1',
    severity: 'error',
    title: 'A profile has a name',
    source: 'seed, step 5',
    check: ({ name }) =>
      name === ''
        ? [{ path: 'name', detail: 'The profile has no name.', fix: 'Give it one by which people will know it.' }]
        : [],
  },
  {
    code: 'V2',
    severity: 'error',
    title: 'Variables stand in double braces',
    source: 'seed, step 7',
    check: (subject) => templateProblems(subject, (code) => code === 'unbalanced-braces'),
  },
  {
    code: 'V4',
    severity: 'error',
    title: 'Every variable is known',
    source: 'intune-domain 2.1',
    check: (subject) => templateProblems(subject, (code) => code !== 'unbalanced-braces'),
  },
  {
    code: 'V5',
    severity: 'error',
    title: 'The subject name format follows the CertStrToName grammar',
    source: 'seed, step 7; intune-domain 2.4',
    check: ({ settings, subject }) => {
      if (hasEscapes(settings.subjectNameFormat)) return []; // V6
      if (subject.ok) return staticProblems(subject.subject);
      return isTemplateError(subject.error) ? [] : [grammarProblem(settings.subjectNameFormat, subject.error)];
    },
  },
  {
    code: 'V6',
    severity: 'error',
    title: 'No escaped special characters in the subject',
    source: 'seed, “Avoid certificate signing requests with escaped special characters”',
    check: ({ settings }) => escapeProblems(settings.subjectNameFormat),
  },
  {
    code: 'V7',
    severity: 'information',
    title: 'An on-premises distinguished name is a whole name or one quoted value',
    source: 'seed, CN={{OnPrem_Distinguished_Name}}',
    check: ({ subject }) => distinguishedNameProblems(subject.ok ? subject.subject : null),
  },
  {
    code: 'V8',
    severity: 'error',
    title: 'No { } | ; in the text of a subject alternative name',
    source: 'seed, subject alternative name',
    check: ({ rows }) =>
      rows
        .filter(({ value }) => /[|;]/.test(value))
        .map(({ path }) => ({
          path,
          detail: 'The characters | and ; cannot stand in a subject alternative name.',
          fix: 'Remove them.',
        })),
  },
  {
    code: 'V10',
    severity: 'error',
    title: 'Rows have the form of their type',
    source: 'intune-domain 1.5',
    check: ({ rows }) =>
      rows.flatMap(({ type, value, path }) => {
        const problems = rowProblems(type, value, path);
        return problems.length > 0 ? problems : fixedProblems(type, value, path);
      }),
  },
  {
    code: 'V20',
    severity: 'warning',
    title: 'The managed device id is no Windows subject',
    source: 'intune-domain 1.14',
    check: ({ settings, subject }) => {
      const windows = settings.platform === 'windows10' || settings.platform === 'windows81';
      const common =
        subject.ok && subject.subject.kind === 'rdns'
          ? subject.subject.rdns.flat().find(({ oid }) => oid === '2.5.4.3')
          : undefined;
      const [part, ...others] = common === undefined || common.value instanceof Uint8Array ? [] : common.value;
      if (!windows || part?.kind !== 'variable' || part.variable !== 'DeviceId' || others.length > 0) return [];
      return [
        {
          path: subjectPath,
          detail:
            'A Windows certificate with the subject CN={{DeviceId}} looks like the one its MDM client uses, and can stop it from syncing.',
          fix: 'Use CN={{AAD_Device_ID}}.',
        },
      ];
    },
  },
];

function grammarProblem(text: string, error: Exclude<SubjectTemplateError, TemplateError>): Problem {
  const quoted = quoteTornValues(text);
  return {
    ...placed(subjectPath, error),
    ...(quoted !== null && parseSubjectTemplate(quoted).ok && { fix: `Put the value in quotes: ${quoted}` }),
  };
}

function escapeProblems(text: string): Problem[] {
  if (!hasEscapes(text)) {
    const offset = text.search(/\\[@"<>#\\]/);
    if (offset < 0) return [];
    const detail = 'A backslash escapes nothing here: it would stand in the name.';
    return [{ ...placed(subjectPath, { detail, offset }), severity: 'warning', fix: 'Remove the backslash.' }];
  }
  const mends = mendEscapes(text);
  const detail =
    'A backslash escapes nothing here: it would stand in the name, and the character after it would end the value.';
  return [
    {
      ...placed(subjectPath, { detail, offset: text.search(/\\[+,;=]/) }),
      fix:
        mends === null
          ? 'Put the value in quotes, or remove the character.'
          : `Put the value in quotes: ${mends.quoted} — or remove the character: ${mends.removed}`,
    },
  ];
}

function isTemplateError(error: SubjectTemplateError): error is TemplateError {
  return 'mended' in error;
}

function placed(path: string, { detail, offset }: { readonly detail: string; readonly offset: number }): Problem {
  return { path, detail: `${detail} (character ${offset + 1})`, offset };
}

function templateProblems({ subject, rows }: RuleSubject, wanted: (code: TemplateError['code']) => boolean): Problem[] {
  const problem = (path: string, error: TemplateError): Problem => ({
    path,
    detail: `${error.detail} (character ${error.offset + 1})`,
    offset: error.offset,
    ...(error.mended === null ? {} : { fix: `Write: ${error.mended}` }),
  });
  const problems: Problem[] = [];
  if (!subject.ok && isTemplateError(subject.error) && wanted(subject.error.code))
    problems.push(problem(subjectPath, subject.error));
  for (const { path, template } of rows)
    if (!template.ok && wanted(template.error.code)) problems.push(problem(path, template.error));
  return problems;
}

/** What the author wrote may already be too long or otherwise unfit, whatever the variables bring. */
function staticProblems(subject: SubjectTemplate): Problem[] {
  if (subject.kind === 'directoryName') return [];
  return subject.rdns.flatMap((rdn) => {
    const open = rdn.some(
      ({ value }) => !(value instanceof Uint8Array) && value.some(({ kind }) => kind === 'variable'),
    );
    const problem = nameProblem([
      rdn.map(({ oid, value }) => ({
        type: oid,
        tag: 0,
        value:
          value instanceof Uint8Array ? value : value.map((part) => (part.kind === 'text' ? part.text : 'x')).join(''),
      })),
    ]);
    if (problem === undefined || (open && problem.code === 'country-not-two-letters')) return [];
    return [placed(subjectPath, { detail: problem.detail, offset: rdn[0]?.offset ?? 0 })];
  });
}

function distinguishedNameProblems(subject: SubjectTemplate | null): Problem[] {
  if (subject?.kind === 'directoryName')
    return [
      {
        path: subjectPath,
        detail:
          'The directory’s whole distinguished name becomes the subject. In quotes it would be one common name: CN="{{OnPrem_Distinguished_Name}}".',
      },
    ];
  const bare = subject?.rdns
    .flat()
    .some(
      ({ quoted, value }) =>
        !quoted &&
        !(value instanceof Uint8Array) &&
        value.some((part) => part.kind === 'variable' && part.variable === 'OnPrem_Distinguished_Name'),
    );
  if (bare !== true) return [];
  return [
    {
      path: subjectPath,
      severity: 'warning',
      detail:
        'Beside other parts {{OnPrem_Distinguished_Name}} is one value, commas and all; elsewhere it would fall apart into several.',
      fix: 'Put it in quotes: CN="{{OnPrem_Distinguished_Name}}".',
    },
  ];
}

const hasAt: readonly string[] = ['emailaddress', 'userprincipalname', 'onpremisesuserprincipalname'];

/** A row without variables comes out the same on every device. */
function fixedProblems(type: RuleSubject['rows'][number]['type'], value: string, path: string): Problem[] {
  const problem = /[{}|;]/.test(value) ? undefined : checkAlternativeName(type, value);
  return problem === undefined ? [] : [{ path, detail: problem.detail }];
}

function rowProblems(type: RuleSubject['rows'][number]['type'], value: string, path: string): Problem[] {
  if (value.trim() === '')
    return [{ path, detail: 'The row has no value.', fix: 'Give it a value or remove the row.' }];
  if (type === 'email' || type === 'upn') {
    const variables = [...value.matchAll(/\{\{([^{}]*)\}\}/g)].map((match) => (match[1] ?? '').toLowerCase());
    if (value.includes('@') || variables.some((name) => hasAt.includes(name))) return [];
    return [
      {
        path,
        ...(type === 'upn' ? { severity: 'warning' as const } : {}),
        detail: `“${value}” has no @.`,
        fix: 'Write for example {{AAD_Device_ID}}@contoso.com.',
      },
    ];
  }
  if (type !== 'dns') return [];
  const written = value.replace(/\{\{[^{}]*\}\}/g, 'x');
  if (written.includes('@')) return [{ path, detail: 'A DNS name has no @.' }];
  return /[A-Za-z0-9]$/.test(written) ? [] : [{ path, detail: 'A DNS name ends with a letter or a digit.' }];
}
