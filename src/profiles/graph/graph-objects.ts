import type { Finding } from '../finding.ts';
import { leaveOut } from './graph-import.ts';

/** One object of an export, unread. */
export type GraphObject = {
  /** `value.3`; empty when the whole JSON is the object. */
  readonly path: string;
  readonly value: unknown;
  /** What `@odata.context` says the items are, for lists whose items do not say it. */
  readonly contextType: string | null;
};

/** More than any tenant has; a file with more is something else. */
const maxObjects = 1000;

/** An object, a list of them, or what Graph answers for a list: `{ value: [] }`. What else it is, is a finding. */
export function graphObjects(input: unknown, findings: Finding[]): readonly GraphObject[] {
  if (Array.isArray(input)) return limited(input, '', null, findings);
  if (!isMapping(input))
    return refuse(findings, '', 'Profiles of Microsoft Graph are an object, a list, or {value: []}.');
  const contextType = typeInContext(input['@odata.context']);
  if (isMapping(input.error)) return refuse(findings, 'error', errorText(input.error), 'Repeat the export.');
  if (!Object.hasOwn(input, 'value')) return [{ path: '', value: input, contextType }];
  if (!Array.isArray(input.value)) return refuse(findings, 'value', 'A list of profiles was expected here.');
  if (typeof input['@odata.nextLink'] === 'string')
    leaveOut(
      { findings },
      '@odata.nextLink',
      'This is one page of a list that goes on: what is on the others is not here.',
      {
        fix: 'Export again, and follow @odata.nextLink.',
      },
    );
  return limited(input.value, 'value.', contextType, findings);
}

function limited(
  items: readonly unknown[],
  prefix: string,
  contextType: string | null,
  findings: Finding[],
): readonly GraphObject[] {
  if (items.length > maxObjects) {
    const detail = `${items.length} objects are too many; at most ${maxObjects} are imported at once.`;
    return refuse(findings, prefix.slice(0, -1), detail, 'Import them in parts, trusted certificate profiles first.');
  }
  return items.map((value, i) => ({ path: `${prefix}${i}`, value, contextType }));
}

function refuse(findings: Finding[], path: string, detail: string, fix: string | null = null): readonly GraphObject[] {
  findings.push({ rule: 'graph-object', severity: 'error', path, detail, fix });
  return [];
}

function errorText({ code, message }: Readonly<Record<string, unknown>>): string {
  const said = [code, message].filter((part) => typeof part === 'string' && part !== '').map((part) => String(part));
  const text = said.join(': ').slice(0, 300);
  return `This is an error that Microsoft Graph answered with${text === '' ? '' : ` (${text})`}, and no profile.`;
}

/** `…/$metadata#deviceManagement/deviceConfigurations/microsoft.graph.iosScepCertificateProfile`. */
function typeInContext(context: unknown): string | null {
  const match = typeof context === 'string' ? /\/microsoft\.graph\.(\w+)(?:\/\$entity)?$/.exec(context) : null;
  return match?.[1] ?? null;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
