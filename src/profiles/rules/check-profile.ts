import type { Finding } from '../finding.ts';
import { parseSubjectTemplate, variablesInSubject } from '../parse-subject-template.ts';
import { offsetOfVariable, parseTemplate, variablesIn } from '../parse-template.ts';
import type { ScepSettings } from '../scep-settings.ts';
import { alternativeNameRules } from './alternative-name-rules.ts';
import { headerRules } from './header-rules.ts';
import { issuerRules } from './issuer-rules.ts';
import { purposeRules } from './purpose-rules.ts';
import { rootRules } from './root-rules.ts';
import { applyRules, type Rule, type RuleFacts, type RuleSubject, subjectPath } from './rule.ts';
import { settingRules } from './setting-rules.ts';
import { subjectRules } from './subject-rules.ts';
import { textRules } from './text-rules.ts';
import { variableRules } from './variable-rules.ts';

/** Every authoring rule for a SCEP profile, in the order of their findings. API, command line and console read this one table. */
export const rules: readonly Rule[] = [
  ...headerRules,
  ...textRules,
  ...subjectRules,
  ...alternativeNameRules,
  ...variableRules,
  ...purposeRules,
  ...settingRules,
  ...issuerRules,
  ...rootRules,
];

/**
 * What the rules find in a SCEP profile. `already` are findings from reading it: a path that was misread is not judged
 * again. Pure.
 */
export function checkProfile(
  profile: { readonly name: string; readonly settings: ScepSettings },
  facts: RuleFacts,
  already: readonly Finding[] = [],
): Finding[] {
  const misread = new Set(already.filter(({ severity }) => severity === 'error').map(({ path }) => path));
  return applyRules(rules, ruleSubject(profile, facts)).filter(({ path }) => !misread.has(path));
}

function ruleSubject({ name, settings }: { name: string; settings: ScepSettings }, facts: RuleFacts): RuleSubject {
  const subject = parseSubjectTemplate(settings.subjectNameFormat);
  const rows = settings.subjectAlternativeNames.map(({ type, value }, i) => ({
    type,
    value,
    path: `settings.subjectAlternativeNames.${i}.value`,
    template: parseTemplate(value),
  }));
  return {
    name,
    settings,
    subject,
    rows,
    uses: [
      ...subjectVariables(settings.subjectNameFormat, subject).map((variable) => ({
        variable,
        path: subjectPath,
        row: null,
        offset: offsetOfVariable(settings.subjectNameFormat, variable),
      })),
      ...rows.flatMap(({ type, path, value, template }) =>
        template.ok
          ? variablesIn(template.template).map((variable) => ({
              variable,
              path,
              row: type,
              offset: offsetOfVariable(value, variable),
            }))
          : [],
      ),
    ],
    facts,
  };
}

/** Also those of a subject whose structure is wrong, so that one mistake does not hide another. */
function subjectVariables(text: string, subject: RuleSubject['subject']) {
  if (subject.ok) return variablesInSubject(subject.subject);
  const template = parseTemplate(text);
  return template.ok ? variablesIn(template.template) : [];
}
