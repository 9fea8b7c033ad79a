import { isPlatform, platforms } from '../directory/platform.ts';
import { isOneLine } from '../lib/one-line.ts';
import {
  type Fields,
  fault,
  openFields,
  pathTo,
  refuseOthers,
  take,
  takeList,
  takeText,
  takeTexts,
  wrongType,
} from './document-reader.ts';
import type { FindTrustedProfile } from './find-trusted-profile.ts';
import type { Finding } from './finding.ts';
import { parseScepSettings } from './parse-scep-settings.ts';
import { parseTrustedCertificateSettings } from './parse-trusted-certificate-settings.ts';
import type { DraftAssignment, DraftTarget, ProfileDraft } from './profile-draft.ts';
import { isSlug } from './profile-slug.ts';

export type ParseProfileContext = {
  /** Milliseconds UTC; an expired CA certificate is refused. */
  readonly now: number;
  readonly findTrustedProfile: FindTrustedProfile;
};

/**
 * A profile from a document: what `profile apply` reads and the API takes.
 *
 *     kind: scep                      # or trustedCertificate
 *     name: Wi-Fi for iPhones
 *     platform: ios
 *     settings: { subjectNameFormat: 'CN={{UserName}}', rootCertificate: alder-root-ios, … }
 *     server: { challengeLifetime: 60, … }          # scep only
 *     assignments:
 *       - include: { group: Sales }
 *       - exclude: { user: jane@… }
 *       - include: allDevices
 *         filter: { include: Corporate iPhones }      # or exclude
 *
 * `slug`, `description`, `scopeTags`, `server` and `assignments` may be left out. The draft is there as far as it could be
 * read; with an error among the findings nothing but `checkProfile` may look at it.
 */
export function parseProfile(
  input: unknown,
  { now, findTrustedProfile }: ParseProfileContext,
): { readonly draft: ProfileDraft | null; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const fields = openFields(input, '', findings);
  if (fields === undefined) return { draft: null, findings };
  const kind = takeKind(fields);
  const platform = takeText(fields, 'platform', '');
  if (!isPlatform(platform))
    fault(fields, 'platform', 'unknown-value', `“${platform}” is not one of ${platforms.join(', ')}.`);
  const header = {
    name: takeName(fields),
    slug: takeSlug(fields),
    description: takeText(fields, 'description', ''),
    scopeTags: takeTexts(fields, 'scopeTags', 100, 'scope-tags'),
    assignments: takeAssignments(fields),
  };
  const settings = take(fields, 'settings');
  const server = kind === 'scep' ? take(fields, 'server') : undefined;
  refuseOthers(fields);
  if (kind === null || !isPlatform(platform)) return { draft: null, findings };
  if (kind === 'scep') {
    const parsed = parseScepSettings({ platform, settings, server, findTrustedProfile }, findings);
    return { draft: parsed === null ? null : { kind, ...header, settings: parsed }, findings };
  }
  const parsed = parseTrustedCertificateSettings({ platform, settings, now }, findings);
  return { draft: parsed === null ? null : { kind, ...header, settings: parsed }, findings };
}

function takeKind(fields: Fields): ProfileDraft['kind'] | null {
  const value = take(fields, 'kind');
  if (value === 'scep' || value === 'trustedCertificate') return value;
  fault(fields, 'kind', 'unknown-value', 'The kind of a profile is scep or trustedCertificate.');
  return null;
}

function takeName(fields: Fields): string {
  const name = takeText(fields, 'name', '').trim();
  if (!isOneLine(name))
    fault(
      fields,
      'name',
      'control-character',
      'The name holds a line break or another control character.',
      'Take it out.',
    );
  return name;
}

function takeSlug(fields: Fields): string | null {
  const slug = takeText(fields, 'slug', null);
  if (slug !== null && !isSlug(slug))
    fault(
      fields,
      'slug',
      'slug',
      `“${slug}” is no slug.`,
      'Use lower-case letters, digits and single hyphens, at most 63.',
    );
  return slug;
}

const maxAssignments = 1000;

function takeAssignments(fields: Fields): readonly DraftAssignment[] | null {
  if (take(fields, 'assignments') === undefined) return null;
  return takeList(fields, 'assignments', maxAssignments, 'assignments').flatMap((item, i) => {
    const line = openFields(item, `${pathTo(fields, 'assignments')}.${i}`, fields.findings);
    if (line === undefined) return [];
    const include = take(line, 'include');
    const exclude = take(line, 'exclude');
    const filter = takeFilter(line, exclude !== undefined);
    refuseOthers(line);
    if ((include === undefined) === (exclude === undefined)) {
      fault(fields, `assignments.${i}`, 'wrong-type', 'An assignment either includes or excludes one target.');
      return [];
    }
    const mode = include === undefined ? 'exclude' : 'include';
    const target = takeTarget(line, mode, include ?? exclude);
    return target === null ? [] : [{ mode, target, ...filter }];
  });
}

/** `filter: { include: <name> }` or `{ exclude: <name> }`, beside an inclusion (intune-domain 4.4). */
function takeFilter(line: Fields, excludes: boolean): Pick<DraftAssignment, 'filter'> {
  const value = take(line, 'filter');
  if (value === undefined) return {};
  const part = openFields(value, pathTo(line, 'filter'), line.findings);
  if (part === undefined) return {};
  const include = takeText(part, 'include', null);
  const exclude = takeText(part, 'exclude', null);
  refuseOthers(part);
  const name = (include ?? exclude ?? '').trim();
  if ((include === null) === (exclude === null) || name === '') {
    fault(line, 'filter', 'wrong-type', 'A filter is named once.', 'Write include: or exclude: and its name.');
    return {};
  }
  if (excludes) {
    const fix = 'Remove the filter, or use it on the inclusion.';
    fault(line, 'filter', 'filter-on-exclusion', 'An exclusion takes no filter: it holds for all whom it names.', fix);
  }
  return { filter: { mode: include === null ? 'exclude' : 'include', name } };
}

function takeTarget(line: Fields, mode: string, value: unknown): DraftTarget | null {
  if (value === 'allUsers' || value === 'allDevices') return { kind: value };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    line.findings.push(wrongType(pathTo(line, mode), value, 'allUsers, allDevices, or one of group, user, device'));
    return null;
  }
  const [name, ...others] = Object.keys(value);
  const target = openFields(value, pathTo(line, mode), line.findings);
  if (target === undefined || name === undefined || others.length > 0) {
    fault(line, mode, 'wrong-type', 'A target names one group, one user or one device.');
    return null;
  }
  const kind = takeChoiceOfKey(target, name);
  const text = kind === null ? '' : takeText(target, kind, '').trim();
  if (kind === null || text === '') {
    if (kind !== null) fault(target, kind, 'required', `The name of the ${kind} is missing.`);
    return null;
  }
  if (kind === 'group') return { kind, name: text };
  return kind === 'user' ? { kind, userPrincipalName: text } : { kind, deviceName: text };
}

function takeChoiceOfKey(target: Fields, name: string): 'group' | 'user' | 'device' | null {
  if (name === 'group' || name === 'user' || name === 'device') return name;
  fault(target, name, 'unknown-field', `There is no kind of target “${name}”.`, 'Write group, user or device.');
  return null;
}
