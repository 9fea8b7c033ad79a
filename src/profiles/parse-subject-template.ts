import { halfCharacterDetail, loneSurrogate, misfitDetail } from './name/encode-x500-string.ts';
import { offsetInText, parseX500Syntax, type X500Pair } from './name/parse-x500-syntax.ts';
import { type X500Error, x500Error } from './name/x500-error.ts';
import { misfit } from './name/x500-key.ts';
import { parseTemplate, type Template, type TemplateError, variablesIn } from './parse-template.ts';
import type { VariableName } from './variable.ts';

export type SubjectAttributeTemplate = {
  readonly key: string;
  /** Dotted. */
  readonly oid: string;
  readonly value: Template | Uint8Array;
  readonly quoted: boolean;
  /** Of the key, in UTF-16 units from the start of the text. */
  readonly offset: number;
};

/** The structure of a subject is fixed before any value is known, so a value can never add an RDN. */
export type SubjectTemplate =
  | { readonly kind: 'rdns'; readonly rdns: readonly (readonly SubjectAttributeTemplate[])[] }
  /** Unquoted `CN={{OnPrem_Distinguished_Name}}` and nothing else: the directory's whole name. */
  | { readonly kind: 'directoryName' };

export type SubjectTemplateError = TemplateError | X500Error;

export type SubjectTemplateResult =
  | { readonly ok: true; readonly subject: SubjectTemplate }
  | { readonly ok: false; readonly error: SubjectTemplateError };

/** A subject name format: a text in the CertStrToName grammar whose values may hold variables (V2, V4, V5). */
export function parseSubjectTemplate(text: string): SubjectTemplateResult {
  const braces = parseTemplate(text);
  if (!braces.ok) return braces;
  const syntax = parseX500Syntax(text);
  if (!syntax.ok) return syntax;
  const rdns: SubjectAttributeTemplate[][] = [];
  for (const rdn of syntax.rdns) {
    const attributes: SubjectAttributeTemplate[] = [];
    for (const pair of rdn) {
      const error = staticTextError(text, pair);
      if (error !== undefined) return { ok: false, error };
      const value = valueTemplate(pair);
      if (!value.ok) return value;
      attributes.push({
        key: pair.key,
        oid: pair.oid,
        value: value.template,
        quoted: pair.value.form === 'quoted',
        offset: pair.offset,
      });
    }
    rdns.push(attributes);
  }
  return { ok: true, subject: isDirectoryName(rdns) ? { kind: 'directoryName' } : { kind: 'rdns', rdns } };
}

/** Which variables a subject uses, each once, in order. */
export function variablesInSubject(subject: SubjectTemplate): VariableName[] {
  if (subject.kind === 'directoryName') return ['OnPrem_Distinguished_Name'];
  return [
    ...new Set(subject.rdns.flat().flatMap(({ value }) => (value instanceof Uint8Array ? [] : variablesIn(value)))),
  ];
}

function isDirectoryName(rdns: readonly (readonly SubjectAttributeTemplate[])[]): boolean {
  const [only, ...others] = rdns.flat();
  if (only === undefined || others.length > 0 || only.quoted || only.oid !== '2.5.4.3') return false;
  if (only.value instanceof Uint8Array || only.value.length !== 1) return false;
  const [part] = only.value;
  return part?.kind === 'variable' && part.variable === 'OnPrem_Distinguished_Name';
}

function valueTemplate({
  value,
}: X500Pair):
  | { readonly ok: true; readonly template: Template | Uint8Array }
  | { readonly ok: false; readonly error: TemplateError } {
  return value.form === 'hex' ? { ok: true, template: value.bytes } : parseTemplate(value.text);
}

/** What the author wrote must fit the attribute whatever the variables bring. */
function staticTextError(text: string, { key, oid, value }: X500Pair): X500Error | undefined {
  if (value.form === 'hex') return undefined;
  const lone = loneSurrogate(value.text);
  if (lone >= 0) return x500Error('invalid-x500-string', offsetInText(text, value, lone), halfCharacterDetail(key));
  // Same length, so that positions stay true; 0 belongs to every string type.
  const withoutVariables = value.text.replace(/\{\{[^{}]*\}\}/g, (variable) => '0'.repeat(variable.length));
  const found = misfit(oid, withoutVariables);
  if (found === undefined) return undefined;
  return x500Error(found.code, offsetInText(text, value, found.index), misfitDetail(key, withoutVariables, found));
}
