import { Failure } from '../lib/failure.ts';
import { parseSubjectTemplate, type SubjectTemplate } from './parse-subject-template.ts';
import { parseTemplate, type Template } from './parse-template.ts';
import type { ScepSettings, SubjectAlternativeNameType } from './scep-settings.ts';

export type SettingsTemplates = {
  readonly subject: SubjectTemplate;
  readonly alternativeNames: readonly { readonly type: SubjectAlternativeNameType; readonly value: Template }[];
};

type TemplateSettings = Pick<ScepSettings, 'subjectNameFormat' | 'subjectAlternativeNames'>;

const parsed = new WeakMap<TemplateSettings, SettingsTemplates>();

/**
 * The templates of settings that were saved, so they parse; the same object is parsed once. Throws `Failure` `invalid`,
 * code `template-invalid`, when they do not.
 */
export function parseSettingsTemplates(settings: TemplateSettings): SettingsTemplates {
  const known = parsed.get(settings);
  if (known !== undefined) return known;
  const subject = parseSubjectTemplate(settings.subjectNameFormat);
  if (!subject.ok) throw invalid('subjectNameFormat', subject.error);
  const alternativeNames = settings.subjectAlternativeNames.map(({ type, value }, i) => {
    const template = parseTemplate(value);
    if (!template.ok) throw invalid(`subjectAlternativeNames.${i}.value`, template.error);
    return { type, value: template.template };
  });
  const templates = { subject: subject.subject, alternativeNames };
  parsed.set(settings, templates);
  return templates;
}

function invalid(path: string, error: { readonly offset: number; readonly detail: string }): Failure {
  return new Failure('invalid', 'template-invalid', `${path}: ${error.detail}`, { path, offset: error.offset });
}
