import { toHex } from '../lib/bytes.ts';
import { quoteX500Value } from './name/format-x500-string.ts';
import { keyOfOid } from './name/x500-key.ts';
import { parseSubjectTemplate } from './parse-subject-template.ts';
import { parseTemplate, type Template } from './parse-template.ts';

/** How a text of a row reads once understood, variables by their canonical names; null when it is no template. */
export function previewTemplate(text: string): string | null {
  const parsed = parseTemplate(text);
  return parsed.ok ? formatTemplate(parsed.template) : null;
}

/** The name that a subject name format comes to, as CertNameToStr writes it, variables in braces; null when it is none. */
export function previewSubject(text: string): string | null {
  const parsed = parseSubjectTemplate(text);
  if (!parsed.ok) return null;
  if (parsed.subject.kind === 'directoryName') return '{{OnPrem_Distinguished_Name}}';
  return parsed.subject.rdns
    .map((rdn) =>
      rdn
        .map(({ oid, value }) => {
          const written =
            value instanceof Uint8Array ? `#${toHex(value).toUpperCase()}` : quoteX500Value(formatTemplate(value));
          return `${keyOfOid(oid)}=${written}`;
        })
        .join(' + '),
    )
    .join(', ');
}

function formatTemplate(template: Template): string {
  return template.map((part) => (part.kind === 'text' ? part.text : `{{${part.variable}}}`)).join('');
}
