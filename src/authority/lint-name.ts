import { tag } from '../formats/asn1/tag.ts';
import { attributeLabel } from '../formats/x509/attribute-type.ts';
import type { Name, NameAttribute } from '../formats/x509/name.ts';
import type { Report } from './lint-finding.ts';

/** Characters at most: the upper bounds of RFC 5280 appendix A.1, E by its ub-emailaddress-length, DC by RFC 1034. */
const upperBounds: Readonly<Record<string, number>> = {
  '2.5.4.3': 64, // CN
  '2.5.4.4': 64, // SN, ub-name of X.520
  '2.5.4.5': 64, // serialNumber
  '2.5.4.6': 2, // C
  '2.5.4.7': 128, // L
  '2.5.4.8': 128, // ST
  '2.5.4.9': 128, // street
  '2.5.4.10': 64, // O
  '2.5.4.11': 64, // OU
  '2.5.4.12': 64, // title
  '2.5.4.17': 40, // postalCode
  '2.5.4.42': 64, // G, X.520 has 16, which real given names pass
  '2.5.4.65': 128, // pseudonym
  '1.2.840.113549.1.9.1': 255, // E
  '1.2.840.113549.1.9.2': 255, // unstructuredName
  '0.9.2342.19200300.100.1.1': 256, // UID, RFC 4524
  '0.9.2342.19200300.100.1.25': 63, // DC
};
const otherBound = 32_768;

const printableTypes = new Set(['2.5.4.5', '2.5.4.6', '2.5.4.46']);
const ia5Types = new Set(['0.9.2342.19200300.100.1.3', '1.2.840.113549.1.9.1', '0.9.2342.19200300.100.1.25']);

/** RFC 5280 §4.1.2.4 and appendix A. */
export function lintName(name: Name, report: Report): void {
  for (const rdn of name) {
    if (rdn.length > 1 && new Set(rdn.map(({ type }) => type)).size !== rdn.length)
      report('lint-name-attribute-twice', 'One RDN of the subject has the same attribute twice.');
    for (const attribute of rdn) lintAttribute(attribute, report);
  }
}

function lintAttribute({ type, tag: octet, value }: NameAttribute, report: Report): void {
  const label = attributeLabel(type);
  if (typeof value !== 'string') {
    // Other types may be of any syntax (RFC 5280 §4.1.2.4).
    if (type in upperBounds) report('lint-name-not-text', `${label} in the subject is not text.`);
    return;
  }
  const bound = upperBounds[type] ?? otherBound;
  if (value.length === 0) report('lint-name-empty', `${label} in the subject is empty.`);
  // Code units are at least as many as characters.
  const length = value.length > bound ? [...value].length : value.length;
  if (length > bound)
    report('lint-name-too-long', `${label} in the subject has ${length} characters; ${bound} are allowed.`);
  if (![tag.utf8String, tag.printableString, tag.ia5String, tag.numericString].some((allowed) => allowed === octet))
    report('lint-name-encoding', `${label} in the subject is neither UTF8String nor PrintableString.`);
  if (printableTypes.has(type) && octet !== tag.printableString)
    report(
      'lint-name-encoding',
      `${label} in the subject must be PrintableString: letters, digits and '()+,-./:=? only.`,
    );
  if (ia5Types.has(type) !== (octet === tag.ia5String))
    report('lint-name-encoding', `${label} in the subject ${ia5Types.has(type) ? 'must be ASCII' : 'is IA5String'}.`);
  if (type === '2.5.4.6' && !/^[A-Za-z]{2}$/.test(value))
    report('lint-name-country', `C in the subject must be two letters (ISO 3166), not "${value}".`);
  if (/\p{Cc}/u.test(value)) report('lint-name-control', `${label} in the subject has a control character.`);
}
