import { stringify } from 'yaml';

/** Lines are as long as they are: folding would put line ends into names. */
export const yamlStyle = { lineWidth: 0 } as const;

/** Profile documents as the YAML text of one file, from which `readProfileFile` reads the same. */
export function profileFileText(documents: readonly unknown[]): string {
  return documents.map((document) => stringify(document, yamlStyle)).join('---\n');
}
