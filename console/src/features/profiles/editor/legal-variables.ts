import { checkProfile } from '../../../../../src/profiles/rules/check-profile.ts';
import type { ScepSettings, SubjectAlternativeNameType } from '../../../../../src/profiles/scep-settings.ts';
import { type VariableName, variables } from '../../../../../src/profiles/variable.ts';

/** Of a subject alternative name its type; null: the subject. */
export type Place = SubjectAlternativeNameType | null;

/** The variables that may stand in a place of this profile and can have a value there: those that the rules let pass. */
export function legalVariables(settings: ScepSettings, place: Place): readonly VariableName[] {
  return variables
    .filter(({ name, platforms }) => platforms?.includes(settings.platform) !== false && passes(settings, place, name))
    .map(({ name }) => name);
}

function passes(settings: ScepSettings, place: Place, name: VariableName): boolean {
  const value = place === 'email' || place === 'upn' ? `{{${name}}}@example.org` : `{{${name}}}`;
  const tried = {
    ...settings,
    subjectNameFormat: place === null ? `CN="{{${name}}}"` : 'CN=x',
    subjectAlternativeNames: place === null ? [] : [{ type: place, value }],
  } as ScepSettings;
  const at = place === null ? 'settings.subjectNameFormat' : 'settings.subjectAlternativeNames.0';
  const findings = checkProfile({ name: 'x', settings: tried }, { now: 0 });
  return !findings.some(({ severity, path }) => severity === 'error' && path.startsWith(at));
}
