import { type Fields, openFields, pathTo, take, takeTexts } from '../document-reader.ts';
import type { Finding } from '../finding.ts';
import { slugFromName } from '../profile-slug.ts';
import {
  type GraphImport,
  type GraphImportOptions,
  type ImportedProfile,
  leaveOut,
  tell,
  unknownProperty,
} from './graph-import.ts';
import { type GraphObject, graphObjects } from './graph-objects.ts';
import { findGraphType, type GraphType, otherTypeText } from './graph-type.ts';
import { importApplicability } from './import-applicability.ts';
import { importAssignments } from './import-assignments.ts';
import { bindProperty, expandedRoot, importRoot, type RootCandidate } from './import-root.ts';
import { importScepSettings } from './import-scep-settings.ts';
import { importTrustedSettings } from './import-trusted-settings.ts';

/** An object of a type that has a counterpart here. */
type Opened = { readonly fields: Fields; readonly type: GraphType; readonly graphId: string | null };

/**
 * Profiles that were exported from Microsoft Graph (intune-domain 6), as parsed JSON: an object, a list, or
 * `{ value: [] }`. Nothing of the input is dropped without a finding.
 */
export function importGraph(input: unknown, options: GraphImportOptions): GraphImport {
  const findings: Finding[] = [];
  const objects = graphObjects(input, findings);
  const opened = withoutRepeats(objects.flatMap((object) => openObject(object, findings)));
  if (opened.length === 0 && findings.every(({ severity }) => severity !== 'error')) {
    const detail = 'There is no SCEP or trusted certificate profile in this.';
    findings.push({ rule: 'graph-object', severity: 'error', path: '', detail, fix: null });
  }
  findings.push(...unknownRoots(options));
  const slugFor = slugs(options);
  const context = { options, slugFor };
  const scep = opened.filter(({ type }) => type.kind === 'scep');
  const trusted = [...opened.filter(({ type }) => type.kind === 'trustedCertificate')];
  const roots = trusted.map((each) => importTrusted(each, context));
  for (const each of scep) {
    const root = rootWithin(each, { options, roots });
    if (root !== null) roots.push(importTrusted(root, context));
  }
  const candidates = roots.map(({ candidate }) => candidate);
  const profiles = scep.map((each) => importScep(each, candidates, context));
  return { profiles: [...roots.map(({ profile }) => profile), ...profiles], findings };
}

function openObject({ path, value, contextType }: GraphObject, findings: Finding[]): readonly Opened[] {
  const fields = openFields(value, path, findings);
  if (fields === undefined) return [];
  const odataType = take(fields, '@odata.type') ?? contextType ?? undefined;
  if (typeof odataType !== 'string') {
    const fix = Object.hasOwn(fields.values, 'AdditionalProperties')
      ? 'PowerShell’s objects hide it: export with Invoke-MgGraphRequest -OutputType Json.'
      : 'Export the profile as Microsoft Graph answers it.';
    const detail = 'What kind of profile this is cannot be told: @odata.type is missing.';
    findings.push({ rule: 'graph-type', severity: 'error', path: pathTo(fields, '@odata.type'), detail, fix });
    return [];
  }
  const type = findGraphType(odataType);
  const id = take(fields, 'id');
  if (type !== undefined) return [{ fields, type, graphId: typeof id === 'string' ? id.trim().toLowerCase() : null }];
  const name = fields.values.displayName;
  const called = typeof name === 'string' ? `“${name.slice(0, 100)}” is` : 'This is';
  leaveOut(fields, path, `${called} ${otherTypeText(odataType)}.`);
  return [];
}

/** The same object twice, as in overlapping files of one export, is one; a copy under another name is another. */
function withoutRepeats(opened: readonly Opened[]): readonly Opened[] {
  const first = new Map<string, Fields>();
  return opened.filter(({ fields, type, graphId }) => {
    if (graphId === null || /^[0-]*$/.test(graphId)) return true;
    const key = JSON.stringify([type.name, graphId, fields.values.displayName]);
    const before = first.get(key);
    if (before === undefined) first.set(key, fields);
    else if (JSON.stringify(before.values) === JSON.stringify(fields.values))
      leaveOut(fields, fields.path, `This is the object at ${before.path}, a second time.`);
    else {
      const detail = `This is the object at ${before.path} (${graphId}) with other settings.`;
      const fix = 'Leave out the one that is not meant, or give it another name.';
      fields.findings.push({ rule: 'profile-twice', severity: 'error', path: fields.path, detail, fix });
    }
    return before === undefined;
  });
}

/** Slugs that the administrator gave and that mean nothing. */
function unknownRoots({ roots, known }: GraphImportOptions): Finding[] {
  const trusted = (known ?? []).filter(({ kind }) => kind === 'trustedCertificate');
  return roots
    .filter(({ slug }) => known !== null && !trusted.some((each) => each.slug === slug))
    .map(({ slug }) => ({
      rule: 'V16',
      severity: 'error' as const,
      path: '',
      detail: `There is no trusted certificate profile with the slug “${slug}” to take as a root.`,
      fix: null,
    }));
}

type SlugFor = (fields: Fields, kind: GraphType['kind'], platform: ImportedProfile['platform'], name: string) => string;
type Context = { readonly options: GraphImportOptions; readonly slugFor: SlugFor };

/** The slug of the stored profile of the same kind, platform and name, which the import means; else a new one. */
function slugs({ known }: GraphImportOptions): SlugFor {
  const stored = known ?? [];
  const used = new Set<string>();
  const taken = new Set(stored.map(({ slug }) => slug as string));
  return (fields, kind, platform, name) => {
    const same = stored.filter(
      (each) => each.kind === kind && each.settings.platform === platform && each.name === name && !used.has(each.slug),
    );
    if (same.length > 1)
      fields.findings.push({
        rule: 'ambiguous-name',
        severity: 'error',
        path: pathTo(fields, 'displayName'),
        detail: `Several profiles here are called “${name}”: ${same.map(({ slug }) => slug).join(', ')}.`,
        fix: 'Rename all but the one that is meant.',
      });
    const slug = same[0]?.slug ?? slugFromName(name, (wanted) => taken.has(wanted) || used.has(wanted));
    used.add(slug);
    return slug;
  };
}

function importTrusted(
  { fields, type, graphId }: Opened,
  { options, slugFor }: Context,
): { readonly profile: ImportedProfile; readonly candidate: RootCandidate } {
  const settings = importTrustedSettings(fields, type);
  const profile = importHeader({ fields, type }, settings, { options, slugFor });
  const { name, platform, slug } = profile;
  return { profile, candidate: { graphId, name, platform, slug } };
}

function importScep({ fields, type }: Opened, candidates: readonly RootCandidate[], context: Context): ImportedProfile {
  const { options } = context;
  const platform = platformOf(type, options);
  const settings = importScepSettings(fields, type, options.ownScepAddress);
  const rootCertificate = importRoot(fields, platform, candidates, options);
  return importHeader({ fields, type }, { ...settings, ...(rootCertificate !== null && { rootCertificate }) }, context);
}

/** The expanded root as a profile of its own, when nothing else in the import or on the server is it. */
function rootWithin(
  { fields, type }: Opened,
  {
    options,
    roots,
  }: { readonly options: GraphImportOptions; readonly roots: readonly { readonly candidate: RootCandidate }[] },
): Opened | null {
  const root = expandedRoot({ ...fields, taken: new Set(), findings: [] });
  const silent = { ...fields, taken: new Set<string>(), findings: [] };
  const candidates = roots.map(({ candidate }) => candidate);
  if (root === undefined || importRoot(silent, platformOf(type, options), candidates, options) !== null) return null;
  if (typeof root.values.trustedRootCertificate !== 'string') return null;
  const written = take(root, '@odata.type');
  const rootType = typeof written === 'string' ? findGraphType(written) : trustedTypeOf(type);
  if (rootType?.kind !== 'trustedCertificate') return null;
  const id = take(root, 'id') ?? null;
  const bound = fields.values[bindProperty];
  const graphId = typeof id === 'string' ? id.trim().toLowerCase() : (boundTo(bound) ?? null);
  return { fields: { ...root, findings: fields.findings }, type: rootType, graphId };
}

function boundTo(bound: unknown): string | undefined {
  return typeof bound === 'string' ? /'([^']+)'/.exec(bound)?.[1]?.toLowerCase() : undefined;
}

function trustedTypeOf({ name }: GraphType): GraphType | undefined {
  return findGraphType(name.replace(/scepCertificateProfile$/i, 'TrustedRootCertificate'));
}

function platformOf({ platform }: GraphType, { windows81 }: GraphImportOptions): ImportedProfile['platform'] {
  return platform === 'windows10' && windows81 ? 'windows81' : platform;
}

function importHeader(
  { fields, type }: Pick<Opened, 'fields' | 'type'>,
  settings: Readonly<Record<string, unknown>>,
  { options, slugFor }: Context,
): ImportedProfile {
  const { kind } = type;
  const platform = platformOf(type, options);
  const displayName = take(fields, 'displayName');
  const name = typeof displayName === 'string' ? displayName.trim() : '';
  const slug = slugFor(fields, kind, platform, name);
  const description = take(fields, 'description');
  tellPlatform(fields, type, options);
  const { rules, narrowed } = importApplicability(fields, platform);
  leaveOutScopeTags(fields);
  const exists = (options.known ?? []).some((each) => each.slug === slug);
  const assignments = importAssignments(fields, options, { exists, narrowed });
  reportOthers(fields, type);
  const document = {
    kind,
    name: displayName ?? '',
    slug,
    platform,
    ...(description !== undefined && { description }),
    settings: { ...settings, ...(rules !== undefined && { applicabilityRules: rules }) },
    ...(assignments !== undefined && { assignments }),
  };
  return { path: fields.path, type: type.name, kind, platform, name, slug, document };
}

function tellPlatform(fields: Fields, { name, platform }: GraphType, { windows81 }: GraphImportOptions): void {
  if (name.startsWith('androidForWork'))
    tell(fields, '@odata.type', `${name} is the older type for personal work profiles; both become the same here.`);
  if (platform !== 'windows10') return;
  if (windows81) tell(fields, '@odata.type', `${name} becomes a profile for Windows 8.1, as you asked.`);
  else
    tell(
      fields,
      '@odata.type',
      `${name} serves Windows 8.1 and all later; here it becomes a profile for Windows 10 and later.`,
      'For Windows 8.1 import it with --windows81.',
    );
}

/** “0” is the tag that everything has that has none. */
function leaveOutScopeTags(fields: Fields): void {
  const tags = takeTexts(fields, 'roleScopeTagIds', Number.POSITIVE_INFINITY, 'scope-tags').filter((id) => id !== '0');
  if (tags.length === 0) return;
  const detail = `The names of the scope tags ${tags.join(', ').slice(0, 200)} are not part of the export.`;
  leaveOut(fields, pathTo(fields, 'roleScopeTagIds'), detail, { fix: 'Add scopeTags to the profile here.' });
}

const ofTheOtherServer = ['id', 'version', 'createdDateTime', 'lastModifiedDateTime'];
const quiet = new Set(['supportsScopeTags', 'isAssigned', 'groupAssignments', ...ofTheOtherServer]);
const past = new Set([
  'managedDeviceCertificateStates',
  'deviceStatuses',
  'userStatuses',
  'deviceStatusOverview',
  'userStatusOverview',
  'deviceSettingStateSummaries',
]);
/** Properties that exist on some types, and mean nothing on others. */
const elsewhere = new Set([
  'customSubjectAlternativeNames',
  'certificateStore',
  'hashAlgorithm',
  'keyStorageProvider',
  'certificateAccessType',
  'silentCertificateAccessDetails',
  'allowAllAppsAccess',
  'deploymentChannel',
  'destinationStore',
]);

/** What nobody has asked for: annotations mean nothing here, the rest is told. */
function reportOthers(fields: Fields, type: GraphType): void {
  const own = ofTheOtherServer.filter((name) => (fields.values[name] ?? null) !== null);
  if (own.length > 0)
    leaveOut(fields, fields.path, `${own.join(', ')}: the profile begins here with its own.`, {
      severity: 'information',
    });
  for (const name of Object.keys(fields.values)) {
    if (fields.taken.has(name) || quiet.has(name) || name.includes('@odata.') || name.startsWith('#microsoft.graph'))
      continue;
    const value = fields.values[name] ?? null;
    const empty = value === null || (Array.isArray(value) && value.length === 0);
    if (past.has(name)) {
      if (!empty)
        leaveOut(
          fields,
          pathTo(fields, name),
          'What the other server did, and the certificates it had issued, stay there.',
          {
            severity: 'information',
          },
        );
    } else if (!elsewhere.has(name)) unknownProperty(fields, name);
    else if (!empty && value !== false)
      leaveOut(fields, pathTo(fields, name), `${name} does not exist on ${type.name}.`);
  }
}
