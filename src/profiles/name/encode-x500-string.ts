import { tag } from '../../formats/asn1/tag.ts';
import type { Name, NameAttribute } from '../../formats/x509/name.ts';
import { offsetInText, parseX500Syntax, type X500Options, type X500Pair } from './parse-x500-syntax.ts';
import { type X500Error, x500Error } from './x500-error.ts';
import { misfit, x500Attribute } from './x500-key.ts';

export type X500Result = { readonly ok: true; readonly name: Name } | { readonly ok: false; readonly error: X500Error };

/**
 * CertStrToName: the name that a text in the X.500 string grammar stands for (intune-domain 2.4), RDNs in the order
 * written. Upper bounds are not looked at: `boundViolations`. `encodeName` of formats makes the DER.
 */
export function encodeX500String(text: string, options: X500Options = {}): X500Result {
  const syntax = parseX500Syntax(text, options);
  if (!syntax.ok) return syntax;
  const name: NameAttribute[][] = [];
  for (const rdn of syntax.rdns) {
    const attributes: NameAttribute[] = [];
    for (const pair of rdn) {
      const error = valueError(text, pair);
      if (error !== undefined) return { ok: false, error };
      attributes.push(attributeOf(pair, options));
    }
    name.push(attributes);
  }
  return { ok: true, name };
}

function attributeOf({ oid, value }: X500Pair, options: X500Options): NameAttribute {
  if (value.form === 'hex') return { type: oid, tag: tag.octetString, value: value.bytes };
  return x500Attribute(oid, value.text, options);
}

function valueError(text: string, { key, oid, value }: X500Pair): X500Error | undefined {
  if (value.form === 'hex') return undefined;
  const lone = loneSurrogate(value.text);
  if (lone >= 0) return x500Error('invalid-x500-string', offsetInText(text, value, lone), halfCharacterDetail(key));
  const found = misfit(oid, value.text);
  if (found === undefined) return undefined;
  return x500Error(found.code, offsetInText(text, value, found.index), misfitDetail(key, value.text, found));
}

/** Where half of a character stands, which no encoding can hold; -1 in a well-formed text. */
export function loneSurrogate(text: string): number {
  return text.isWellFormed() ? -1 : text.search(/\p{Surrogate}/u);
}

export function halfCharacterDetail(key: string): string {
  return `${key} holds half of a character.`;
}

export function misfitDetail(key: string, value: string, found: { code: X500Error['code']; index: number }): string {
  const character = String.fromCodePoint(value.codePointAt(found.index) ?? 0);
  switch (found.code) {
    case 'invalid-numeric-string':
      return `${key} takes digits and spaces only; “${character}” is neither.`;
    case 'invalid-printable-string':
      return `${key} takes only letters A to Z, digits, space and ' ( ) + , - . / : = ?; “${character}” is none of them.`;
    default:
      return `${key} takes ASCII characters only; “${character}” is not ASCII.`;
  }
}
