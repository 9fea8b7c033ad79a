/** What applying profile files would do to a server, without doing it. */

import { systemClock } from '../../lib/clock.ts';
import { isFailure } from '../../lib/failure.ts';
import { findTrustedProfileAmong } from '../../profiles/find-trusted-profile.ts';
import { type Finding, hasErrors } from '../../profiles/finding.ts';
import { parseProfile } from '../../profiles/parse-profile.ts';
import type { DraftAssignment, ProfileDraft } from '../../profiles/profile-draft.ts';
import type { ProfileId, ProfileSlug } from '../../profiles/profile-id.ts';
import { segment } from '../api.ts';
import type { ApiClient } from '../api-client.ts';
import { serverRoot } from '../default-authority.ts';
import { usesOwnRoot } from '../own-root.ts';
import type { ProfileFile } from '../profile-files.ts';
import { type CheckedFile, checkFiles, type KnownProfile } from './check-files.ts';
import { newTargetCheck } from './check-targets.ts';
import { standInRoot } from './stand-in-root.ts';

export type PlannedFile = CheckedFile & {
  readonly action: 'create' | 'change' | 'unchanged' | 'refused';
  /** The profile that is changed. */
  readonly stored: StoredProfile | null;
  /** Paths of the document that differ. */
  readonly changes: readonly string[];
};

export type StoredProfile = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly kind: KnownProfile['kind'];
  readonly platform: KnownProfile['settings']['platform'];
  readonly version: number;
  readonly document: Readonly<Record<string, unknown>>;
};

type ListedProfile = Omit<StoredProfile, 'document'>;

export async function planFiles(api: ApiClient, files: readonly ProfileFile[]): Promise<readonly PlannedFile[]> {
  const now = systemClock.now();
  const listed: ListedProfile[] = [];
  for await (const profile of api.list<ListedProfile>('/profiles')) listed.push(profile);
  const known = listed.map(asKnown);
  const root = files.some(({ document }) => usesOwnRoot(document))
    ? await serverRoot(api)
    : await standInRoot(systemClock);
  const planned: PlannedFile[] = [];
  for (const checked of checkFiles(files, { now, root, known })) {
    const { draft } = checked;
    if (draft === null) {
      planned.push({ ...checked, action: 'refused', stored: null, changes: [] });
      continue;
    }
    const match = listed.find((profile) => means(draft, profile));
    if (match === undefined) {
      planned.push({ ...checked, action: 'create', stored: null, changes: [] });
      continue;
    }
    const stored = await api.call<StoredProfile>(`/profiles/${segment(match.id)}`);
    const find = findTrustedProfileAmong(known);
    const before = parseProfile(stored.document, { now, findTrustedProfile: find }).draft;
    const changes = before === null ? ['settings'] : differences(before, draft);
    planned.push({ ...checked, action: changes.length > 0 ? 'change' : 'unchanged', stored, changes });
  }
  return addServerFindings(api, planned);
}

function asKnown({ id, slug, name, kind, platform }: ListedProfile): KnownProfile {
  return { id: id as ProfileId, slug: slug as ProfileSlug, name, kind, settings: { platform } };
}

/** A file means the profile with its slug; without a slug, the one of the same name, kind and platform. */
function means(draft: ProfileDraft, { slug, name, kind, platform }: ListedProfile): boolean {
  if (draft.slug !== null) return draft.slug === slug;
  return draft.name === name && draft.kind === kind && draft.settings.platform === platform;
}

/** What only the server can judge: authority, certificate template, whom it knows. Files that refer to new ones it cannot judge yet. */
async function addServerFindings(api: ApiClient, planned: readonly PlannedFile[]): Promise<readonly PlannedFile[]> {
  const created = planned.filter(({ action }) => action === 'create').map(({ draft }) => draft?.slug);
  const checkTargets = newTargetCheck(api);
  const judged: PlannedFile[] = [];
  for (const file of planned) {
    const { draft, document } = file;
    const root = (document as { settings?: { rootCertificate?: unknown } } | null)?.settings?.rootCertificate;
    const alone = draft === null || (draft.kind === 'scep' && created.includes(root as string));
    const found = alone ? file.findings : await serverFindings(api, document);
    const findings = [...found, ...(await checkTargets(draft?.assignments ?? null))];
    judged.push({ ...file, findings, ...(hasErrors(findings) && { action: 'refused' as const }) });
  }
  return judged;
}

async function serverFindings(api: ApiClient, document: unknown): Promise<readonly Finding[]> {
  try {
    return (await api.call<{ findings: Finding[] }>('/profiles/validate', { method: 'POST', body: document })).findings;
  } catch (error) {
    if (!isFailure(error, 'profile-invalid')) throw error;
    return (error.params.findings ?? []) as readonly Finding[];
  }
}

/** Paths at which two drafts differ; `assignments` only where the file has any. */
function differences(before: ProfileDraft, after: ProfileDraft): string[] {
  const header = (['name', 'description', 'scopeTags'] as const).filter((name) => !same(before[name], after[name]));
  const settings = Object.keys({ ...before.settings, ...after.settings }).flatMap((name) => {
    const [a, b] = [before.settings, after.settings].map((each) => (each as Record<string, unknown>)[name]);
    return same(a, b) ? [] : [name === 'server' ? name : `settings.${name}`];
  });
  const assigned = after.assignments === null || same(sorted(before.assignments), sorted(after.assignments));
  return [...header, ...settings, ...(assigned ? [] : ['assignments'])];
}

function sorted(assignments: readonly DraftAssignment[] | null): string[] {
  return [...new Set((assignments ?? []).map((each) => JSON.stringify(each)))].sort();
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
