import { tag } from '../formats/asn1/tag.ts';
import type { Name, NameAttribute } from '../formats/x509/name.ts';
import { parseNameText } from '../formats/x509/name-text.ts';
import { isFailure } from '../lib/failure.ts';
import { nameProblem } from './name/name-problem.ts';
import { x500Attribute } from './name/x500-key.ts';
import type { SubjectTemplate } from './parse-subject-template.ts';
import type { Template } from './parse-template.ts';
import type { VariableName } from './variable.ts';

export type FilledSubject =
  | { readonly ok: true; readonly name: Name }
  | { readonly ok: false; readonly code: string; readonly detail: string };

/** `value` answers for every variable that the template uses. */
export function fillTemplate(template: Template, value: (variable: VariableName) => string): string {
  return template.map((part) => (part.kind === 'text' ? part.text : value(part.variable))).join('');
}

/**
 * The subject with its variables filled in: RDNs in the order of the text, as CertStrToName and Windows have it; so a
 * directory's name is encoded leaf first, as it is written. Values that their attribute cannot hold are refused.
 */
export function fillSubject(subject: SubjectTemplate, value: (variable: VariableName) => string): FilledSubject {
  if (subject.kind === 'directoryName') {
    const name = directoryName(value('OnPrem_Distinguished_Name'));
    return name.ok ? checked(name.name) : name;
  }
  const name = subject.rdns.map((rdn) =>
    rdn.map(({ oid, value: template }): NameAttribute => {
      if (template instanceof Uint8Array) return { type: oid, tag: tag.octetString, value: template };
      return x500Attribute(oid, fillTemplate(template, value));
    }),
  );
  return checked(name);
}

function directoryName(text: string): FilledSubject {
  try {
    const leafFirst = parseNameText(escapeNumberSigns(text)).toReversed();
    return { ok: true, name: leafFirst.map((rdn) => rdn.map(reencoded)) };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return {
      ok: false,
      code: 'invalid-distinguished-name',
      detail: `The directory's distinguished name “${text}” does not parse: ${error.message}`,
    };
  }
}

/** Directories leave a leading # bare when it starts no hexadecimal value. */
function escapeNumberSigns(text: string): string {
  return text.replace(/=( *)#(?!(?:[0-9a-f]{2})+ *(?:[,+]|$))/gi, '=$1\\#');
}

/** In the string type that CertStrToName would choose. */
function reencoded(attribute: NameAttribute): NameAttribute {
  const { type, value } = attribute;
  return typeof value === 'string' ? x500Attribute(type, value) : attribute;
}

function checked(name: Name): FilledSubject {
  const problem = nameProblem(name);
  return problem === undefined ? { ok: true, name } : { ok: false, ...problem };
}
