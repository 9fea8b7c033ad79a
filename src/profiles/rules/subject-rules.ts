import type { Mend } from '../finding.ts';
import { nameProblem } from '../name/name-problem.ts';
import { parseSubjectTemplate, type SubjectTemplate } from '../parse-subject-template.ts';
import { hasEscapes, mendEscapes, withoutNeedlessBackslashes } from './mend-escapes.ts';
import { quoteTornValues, straightQuotes } from './mend-quotes.ts';
import { type Problem, type Rule, subjectPath } from './rule.ts';
import { isTemplateError, placed, subjectMend } from './text-rules.ts';

/** The rules on the subject name format (intune-domain 1.4, 1.14, 2.4). */
export const subjectRules: readonly Rule[] = [
  {
    code: 'V5',
    severity: 'error',
    title: 'The subject name format follows the CertStrToName grammar',
    path: subjectPath,
    fix: 'Write `key=value` pairs with commas between them, values with special characters in quotes: `CN={{UserName}},O="Alder, Finch"`.',
    source: 'seed, step 7; intune-domain 2.4',
    check: ({ settings, subject, rows }) => {
      if (hasEscapes(settings.subjectNameFormat)) return []; // V6
      if (subject.ok && subject.subject.kind === 'rdns' && subject.subject.rdns.length === 0 && rows.length === 0)
        return [
          {
            detail: 'The certificate would name nobody: the subject is empty, and there are no alternative names.',
            offset: 0,
          },
        ];
      if (subject.ok) return staticProblems(subject.subject);
      return isTemplateError(subject.error)
        ? []
        : [{ ...placed(subject.error), mends: grammarMends(settings.subjectNameFormat) }];
    },
  },
  {
    code: 'V6',
    severity: 'error',
    title: 'No escaped special characters in the subject',
    path: subjectPath,
    fix: 'Put the value in quotes, or remove the character.',
    source: 'seed, “Avoid certificate signing requests with escaped special characters”',
    check: ({ settings: { subjectNameFormat: text } }) => {
      if (!hasEscapes(text)) return [];
      const detail =
        'A backslash escapes nothing here: it would stand in the name, and without quotes the character after it would not.';
      return [{ ...placed({ detail, offset: text.search(/\\[+,;=]/) }), mends: escapeMends(text) }];
    },
  },
  {
    code: 'V6',
    severity: 'warning',
    title: 'No needless backslashes in the subject',
    path: subjectPath,
    fix: 'Remove the backslash.',
    source: 'intune-domain 2.4',
    check: ({ settings: { subjectNameFormat: text } }) => {
      const mended = hasEscapes(text) ? null : withoutNeedlessBackslashes(text);
      if (mended === null) return [];
      const detail = 'A backslash escapes nothing here: it would stand in the name.';
      const mends = working([subjectMend('Remove the backslash', mended.text)]);
      return [{ ...placed({ detail, offset: mended.offset }), mends }];
    },
  },
  {
    code: 'V7',
    severity: 'information',
    title: 'An on-premises distinguished name that stands alone is the whole subject',
    path: subjectPath,
    fix: 'In quotes it is one common name: `CN="{{OnPrem_Distinguished_Name}}"`.',
    source: 'seed, CN={{OnPrem_Distinguished_Name}}',
    check: ({ subject }) =>
      subject.ok && subject.subject.kind === 'directoryName'
        ? [{ detail: 'The directory’s whole distinguished name becomes the subject, part by part.' }]
        : [],
  },
  {
    code: 'V7',
    severity: 'warning',
    title: 'An on-premises distinguished name beside other parts stands in quotes',
    path: subjectPath,
    fix: 'Put it in quotes: `CN="{{OnPrem_Distinguished_Name}}"`.',
    source: 'seed, CN={{OnPrem_Distinguished_Name}}; intune-domain 1.14',
    check: ({ settings, subject }) => (subject.ok ? bareNameProblems(settings.subjectNameFormat, subject.subject) : []),
  },
  {
    code: 'V20',
    severity: 'warning',
    title: 'The managed device id is no Windows subject',
    path: subjectPath,
    fix: 'Use `CN={{AAD_Device_ID}}`.',
    source: 'intune-domain 1.14',
    check: ({ settings, subject }) => {
      const windows = settings.platform === 'windows10' || settings.platform === 'windows81';
      const common =
        subject.ok && subject.subject.kind === 'rdns'
          ? subject.subject.rdns.flat().find(({ oid }) => oid === '2.5.4.3')
          : undefined;
      const [part, ...others] = common === undefined || common.value instanceof Uint8Array ? [] : common.value;
      if (!windows || part?.kind !== 'variable' || part.variable !== 'DeviceId' || others.length > 0) return [];
      const detail =
        'A Windows certificate with the subject CN={{DeviceId}} looks like the one its MDM client uses, and can stop it from syncing.';
      return [{ detail }];
    },
  },
];

/** Those after which the text is a name. */
function working(mends: readonly Mend[]): readonly Mend[] {
  return mends.filter(({ preview }) => preview !== null);
}

function grammarMends(text: string): readonly Mend[] {
  const straight = straightQuotes(text);
  if (straight !== null) {
    const mends = working([subjectMend('Use straight quotes', straight)]);
    if (mends.length > 0) return mends;
  }
  const quoted = quoteTornValues(text);
  return quoted === null ? [] : working([subjectMend('Put the value in quotes', quoted)]);
}

/** The seed's two ways out. */
function escapeMends(text: string): readonly Mend[] {
  const mended = mendEscapes(text);
  if (mended === null) return [];
  return working([
    subjectMend('Put the value in quotes', mended.quoted),
    subjectMend('Remove the character', mended.removed),
  ]);
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
    const { detail } = problem;
    return [{ ...placed({ detail, offset: rdn[0]?.offset ?? 0 }), fix: 'Shorten or change the text.' }];
  });
}

function bareNameProblems(text: string, subject: SubjectTemplate): Problem[] {
  const bare =
    subject.kind === 'rdns' &&
    subject.rdns
      .flat()
      .some(
        ({ quoted, value }) =>
          !quoted &&
          !(value instanceof Uint8Array) &&
          value.some((part) => part.kind === 'variable' && part.variable === 'OnPrem_Distinguished_Name'),
      );
  if (!bare) return [];
  const detail =
    'Beside other parts {{OnPrem_Distinguished_Name}} is one value, commas and all; elsewhere it would fall apart into several.';
  const quoted = text.replace(
    /(=\s*)([^",;+={}\s](?:[^",;+={}]*[^",;+={}\s])?)?(\{\{onprem_distinguished_name\}\})([^",;+=]*[^",;+=\s])?/gi,
    (_, before: string, left = '', variable: string, right = '') => `${before}"${left}${variable}${right}"`,
  );
  const works = parseSubjectTemplate(quoted).ok && quoted !== text;
  return [{ detail, mends: works ? [subjectMend('Put the value in quotes', quoted)] : [] }];
}
