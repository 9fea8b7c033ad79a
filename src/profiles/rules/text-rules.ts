import type { Mend } from '../finding.ts';
import { previewSubject, previewTemplate } from '../format-template.ts';
import type { SubjectTemplateError } from '../parse-subject-template.ts';
import { mendTemplate, type TemplateError } from '../parse-template.ts';
import { textFlaws, withoutFlaws } from '../text-flaws.ts';
import { straightQuotes, withoutQuotes } from './mend-quotes.ts';
import { type Problem, type Rule, type RuleSubject, rowPath, subjectPath } from './rule.ts';

/** The rules on the texts themselves, before anybody asks what they mean (intune-domain 2.1). */
export const textRules: readonly Rule[] = [
  {
    code: 'V2',
    severity: 'error',
    title: 'Variables stand in double braces',
    path: subjectPath,
    fix: 'Write `{{Name}}`; braces are no text.',
    source: 'seed, step 7',
    check: (subject) => templateProblems(subject, (code) => code === 'unbalanced-braces'),
  },
  {
    code: 'V4',
    severity: 'error',
    title: 'Every variable is known, and has no invisible character in its name',
    path: subjectPath,
    fix: 'Take a variable of the list in the reference; where one is close, the finding names it.',
    source: 'intune-domain 2.1',
    check: (subject) => templateProblems(subject, (code) => code !== 'unbalanced-braces'),
  },
  {
    code: 'Q1',
    severity: 'warning',
    title: 'No invisible characters, and nothing that a wrong decoding left',
    path: rowPath,
    fix: 'Take the text without them, unless they are meant.',
    source: 'intune-domain 2.1, `{{AzureADDeviceIdâ€‹}}` in the seed',
    check: (subject) =>
      texts(subject).flatMap(({ path, text, preview }) => {
        const flaws = textFlaws(text);
        const [first] = flaws;
        if (first === undefined) return [];
        const shown = flaws.slice(0, 3).map(({ shown, offset }) => `${shown} at character ${offset + 1}`);
        const more = flaws.length > 3 ? ` and ${flaws.length - 3} more` : '';
        const detail = `The text holds ${shown.join(', ')}${more}.`;
        const mended = withoutFlaws(text);
        const mends = [{ label: 'Remove or decode them', text: mended, preview: preview(mended) }];
        return [{ path, detail, offset: first.offset, mends }];
      }),
  },
  {
    code: 'Q2',
    severity: 'warning',
    title: 'Only straight quotes keep a value together',
    path: subjectPath,
    fix: 'Use `"`.',
    source: 'intune-domain 2.4',
    check: ({ settings, subject }) => {
      const mended = subject.ok ? straightQuotes(settings.subjectNameFormat) : null;
      if (mended === null) return [];
      const detail = 'The curly quotes around a value would stand in the name.';
      return [{ detail, mends: [subjectMend('Use straight quotes', mended)] }];
    },
  },
  {
    code: 'Q2',
    severity: 'warning',
    title: 'The value of a row stands without quotes',
    path: rowPath,
    fix: 'Remove the quotes.',
    source: 'intune-domain 1.5',
    check: ({ rows }) =>
      rows.flatMap(({ path, value, template }) => {
        const text = withoutQuotes(value);
        if (text === null || !template.ok) return [];
        const detail = 'The quotes around the value would stand in the name.';
        return [{ path, detail, mends: [{ label: 'Remove the quotes', text, preview: previewTemplate(text) }] }];
      }),
  },
];

export function isTemplateError(error: SubjectTemplateError): error is TemplateError {
  return 'mended' in error;
}

export function placed({ detail, offset }: { readonly detail: string; readonly offset: number }) {
  return { detail: `${detail} (character ${offset + 1})`, offset };
}

export function subjectMend(label: string, text: string): Mend {
  return { label, text, preview: previewSubject(text) };
}

type RuleText = { readonly path: string; readonly text: string; readonly preview: (text: string) => string | null };

/** All that an author writes freely; names of variables with something hidden in them are for V4. */
function texts({ name, settings, subject, rows }: RuleSubject): RuleText[] {
  const plain = (text: string) => text;
  const hidden = (error: { readonly code: string }) => error.code === 'hidden-character-in-variable';
  return [
    { path: 'name', text: name, preview: plain },
    ...(subject.ok || !hidden(subject.error)
      ? [{ path: subjectPath, text: settings.subjectNameFormat, preview: previewSubject }]
      : []),
    ...rows.flatMap(({ path, value, template }) =>
      template.ok || !hidden(template.error) ? [{ path, text: value, preview: previewTemplate }] : [],
    ),
    ...settings.scepServerUrls.map((text, i) => ({ path: `settings.scepServerUrls.${i}`, text, preview: plain })),
    ...apps(settings).map((text, i) => ({ path: `settings.certificateAccess.apps.${i}`, text, preview: plain })),
  ];
}

function apps(settings: RuleSubject['settings']): readonly string[] {
  const access = 'certificateAccess' in settings ? settings.certificateAccess : undefined;
  return access?.mode === 'specificApps' ? access.apps : [];
}

function templateProblems(
  { settings, subject, rows }: RuleSubject,
  wanted: (code: TemplateError['code']) => boolean,
): Problem[] {
  const problems: Problem[] = [];
  if (!subject.ok && isTemplateError(subject.error) && wanted(subject.error.code))
    problems.push(templateProblem(subjectPath, settings.subjectNameFormat, subject.error, previewSubject));
  for (const { path, value, template } of rows)
    if (!template.ok && wanted(template.error.code))
      problems.push(templateProblem(path, value, template.error, previewTemplate));
  return problems;
}

function templateProblem(
  path: string,
  text: string,
  error: TemplateError,
  preview: (text: string) => string | null,
): Problem {
  const hidden = error.code === 'hidden-character-in-variable';
  const mended = mendTemplate(hidden ? withoutFlaws(text) : text) ?? (hidden ? withoutFlaws(text) : null);
  return {
    path,
    ...placed(error),
    ...(mended !== null && {
      fix: hidden ? 'Take the text without it.' : 'Take the variable that was meant.',
      mends: [
        { label: hidden ? 'Remove what nobody sees' : 'Name the variable', text: mended, preview: preview(mended) },
      ],
    }),
  };
}
