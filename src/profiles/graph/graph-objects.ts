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
/** A list of files, each of them an answer of Graph with a list of objects. */
const maxLists = 2;

/**
 * An object, a list of them, what Graph answers for a list (`{ value: [] }`), or a list of such answers. What else it is, is
 * a finding.
 */
export function graphObjects(input: unknown, findings: Finding[]): readonly GraphObject[] {
  const objects = expand({ path: '', value: input, contextType: null }, maxLists, findings);
  if (objects.length <= maxObjects) return objects;
  const detail = `${objects.length} objects are too many; at most ${maxObjects} are imported at once.`;
  return refuse(findings, '', detail, 'Import them in parts, trusted certificate profiles first.');
}

function expand(object: GraphObject, lists: number, findings: Finding[]): readonly GraphObject[] {
  const { path, value, contextType } = object;
  const within = (name: string) => (path === '' ? name : `${path}.${name}`);
  const items = (list: readonly unknown[], at: (name: string) => string, type: string | null) =>
    list.flatMap((each, i) => expand({ path: at(String(i)), value: each, contextType: type }, lists - 1, findings));
  if (Array.isArray(value) && lists > 0) return items(value, within, contextType);
  if (!isMapping(value))
    return refuse(findings, path, 'Profiles of Microsoft Graph are an object, a list, or {value: []}.');
  if (isMapping(value.error)) return refuse(findings, within('error'), errorText(value.error), 'Repeat the export.');
  const type = typeInContext(value['@odata.context']) ?? contextType;
  if (!Object.hasOwn(value, 'value') || typeof value['@odata.type'] === 'string')
    return [{ path, value, contextType: type }];
  if (!Array.isArray(value.value) || lists === 0)
    return refuse(findings, within('value'), 'A list of profiles was expected here.');
  if (typeof value['@odata.nextLink'] === 'string')
    leaveOut(
      { findings },
      within('@odata.nextLink'),
      'This is one page of a list, and what is on the others is not here.',
      {
        fix: 'Export again, and follow @odata.nextLink.',
      },
    );
  return items(value.value, (i) => within(`value.${i}`), type);
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
