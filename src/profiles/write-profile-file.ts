import { Document, visit } from 'yaml';

/** Lines are as long as they are: folding would put line ends into names. */
export const yamlStyle = { lineWidth: 0 } as const;

/** Profile documents as the YAML text of one file, from which `readProfileFile` reads the same. Control characters are escaped. */
export function profileFileText(documents: readonly unknown[]): string {
  return documents.map(documentText).join('---\n');
}

/** What steers a terminal, or ends lines for some readers; the library leaves some of it as it is. */
const control = /[[\p{Cc}\u2028\u2029\ufeff]--[\t\n]]/v;
const controls = new RegExp(control, 'gv');

function documentText(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === 'string' && control.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString(yamlStyle)
    .replace(controls, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
