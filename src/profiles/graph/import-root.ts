import type { Platform } from '../../directory/platform.ts';
import { type Fields, openFields, pathTo, take } from '../document-reader.ts';
import type { GraphImportOptions } from './graph-import.ts';

/** A trusted certificate profile that a reference may mean. */
export type RootCandidate = {
  readonly graphId: string | null;
  readonly name: string;
  readonly platform: Platform;
  readonly slug: string;
};

/** The navigation property, when it is expanded. */
export function expandedRoot(fields: Fields): Fields | undefined {
  const value = take(fields, 'rootCertificate');
  return value === undefined ? undefined : openFields(value, pathTo(fields, 'rootCertificate'), fields.findings);
}

/**
 * The slug of the trusted certificate profile that a SCEP certificate profile refers to: as the administrator says, else
 * by the id of the reference among what is imported and stored, else by the name of the expanded root, else the one that
 * the administrator gives for the platform. Null with a finding (V16) when nothing answers.
 */
export function importRoot(
  fields: Fields,
  platform: Platform,
  imported: readonly RootCandidate[],
  { known, roots }: Pick<GraphImportOptions, 'known' | 'roots'>,
): string | null {
  const bound = take(fields, bindProperty);
  const expanded = expandedRoot(fields);
  const id = boundId(bound) ?? textAt(expanded, 'id');
  const stored = (known ?? []).filter(({ kind }) => kind === 'trustedCertificate');
  const named = textAt(expanded, 'displayName');
  const ofPlatform = [...imported, ...stored.map((each) => ({ ...each, platform: each.settings.platform }))].filter(
    (each) => each.platform === platform,
  );
  const bySlug = (slug: string | undefined) =>
    slug === undefined ? undefined : ofPlatform.find((each) => each.slug === slug)?.slug;
  const slugs = new Set(
    ofPlatform.filter(({ name }) => named !== null && sameName(name, named)).map(({ slug }) => slug),
  );
  const forPlatform = new Set(roots.flatMap(({ graphId, slug }) => (graphId === null ? (bySlug(slug) ?? []) : [])));
  const found =
    (id === null ? undefined : roots.find(({ graphId }) => graphId?.toLowerCase() === id)?.slug) ??
    (id === null ? undefined : imported.find(({ graphId }) => graphId === id)?.slug) ??
    (id === null ? undefined : stored.find((each) => each.id === id)?.slug) ??
    (slugs.size === 1 ? [...slugs][0] : undefined) ??
    (forPlatform.size === 1 ? [...forPlatform][0] : undefined);
  if (found !== undefined) return found;
  fields.findings.push({
    rule: 'V16',
    severity: 'error',
    ...missing({ fields, id, named, ambiguous: [...slugs], bound }),
  });
  return null;
}

export const bindProperty = 'rootCertificate@odata.bind';

function missing({
  fields,
  id,
  named,
  ambiguous,
  bound,
}: {
  readonly fields: Fields;
  readonly id: string | null;
  readonly named: string | null;
  readonly ambiguous: readonly string[];
  readonly bound: unknown;
}) {
  const choose = (root: string) => `Import that profile as well, or say which one it is here: --root ${root}<slug>.`;
  if (ambiguous.length > 1)
    return {
      path: pathTo(fields, 'rootCertificate'),
      detail: `Several trusted certificate profiles are called “${named}”: ${ambiguous.join(', ')}.`,
      fix: `Say which one it is: --root ${id === null ? '' : `${id}=`}<slug>.`,
    };
  if (id !== null)
    return {
      path: pathTo(fields, bound === undefined ? 'rootCertificate.id' : bindProperty),
      detail: `The root certificate refers to ${id}, which is neither in this import nor on this server.`,
      fix: choose(`${id}=`),
    };
  if (bound !== undefined)
    return {
      path: pathTo(fields, bindProperty),
      detail: "This is no reference to a profile: deviceConfigurations('<id>') was expected.",
      fix: choose(''),
    };
  return {
    path: pathTo(fields, 'rootCertificate'),
    detail: 'The root certificate is missing: a plain GET of Microsoft Graph leaves it out.',
    fix: `Export again with $expand=rootCertificate. Or: ${choose('')}`,
  };
}

/** In lower case; `…/deviceConfigurations('<id>')` or `…/deviceConfigurations/<id>`. */
function boundId(reference: unknown): string | null {
  if (typeof reference !== 'string') return null;
  const match = /deviceConfigurations(?:\(\s*'([^']+)'\s*\)|\/([^/?#\s]+))/i.exec(reference);
  return (match?.[1] ?? match?.[2])?.toLowerCase() ?? null;
}

function textAt(fields: Fields | undefined, name: string): string | null {
  const value = fields === undefined ? undefined : take(fields, name);
  if (typeof value !== 'string' || value.trim() === '') return null;
  return name === 'id' ? value.trim().toLowerCase() : value.trim();
}

function sameName(a: string, b: string): boolean {
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}
