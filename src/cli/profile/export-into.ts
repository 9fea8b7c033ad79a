/** Files of profiles made to say what the server has, as their author wrote them where that is the same. */
import { carriedScopeTags } from '../../access/scope-tag.ts';
import { filterDocument, isFilterDocument, parseFilterDocument } from '../../assignments/filter/filter-document.ts';
import { systemClock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { canonical } from '../../profiles/canonical.ts';
import { findTrustedProfileAmong, type TrustedCandidate } from '../../profiles/find-trusted-profile.ts';
import { type Finding, hasErrors } from '../../profiles/finding.ts';
import { usesOwnRoot, withOwnRoot } from '../../profiles/own-root.ts';
import { parseProfile } from '../../profiles/parse-profile.ts';
import { profileDocument } from '../../profiles/profile-document.ts';
import type { ProfileId, ProfileSlug } from '../../profiles/profile-id.ts';
import { identityOf, profilesMeant } from '../../profiles/profile-meant.ts';
import { readProfileFile } from '../../profiles/read-profile-file.ts';
import { type DocumentUpdate, updateProfileFile } from '../../profiles/update-profile-file.ts';
import type { ApiClient } from '../api-client.ts';
import { serverRoot } from '../default-authority.ts';
import { type ProfileFile, readProfileFiles } from '../profile-files.ts';
import { readTextFile } from '../read-text-file.ts';
import { writeTextFile } from '../write-text-file.ts';

type ProfileDocument = Readonly<Record<string, unknown>>;

/**
 * `all` are the documents of the server; `wanted` those to export, empty: what the files hold. `files` are those that were
 * changed, `kept` the documents that the server does not have, `missing` what was wanted and is in no file.
 */
export async function exportInto(
  api: ApiClient,
  path: string,
  {
    wanted,
    all,
    filters,
  }: {
    readonly wanted: readonly ProfileDocument[];
    readonly all: readonly ProfileDocument[];
    readonly filters: readonly ProfileDocument[];
  },
): Promise<{
  readonly files: string[];
  readonly kept: readonly string[];
  readonly missing: readonly ProfileDocument[];
}> {
  const opened = readProfileFiles([path]).filter(({ format }) => format === 'profile');
  const root = opened.some(({ document }) => usesOwnRoot(document)) ? await serverRoot(api) : '';
  const context = { root, candidates: all.map(asCandidate) };
  const found = new Set<unknown>();
  const kept: string[] = [];
  const files: string[] = [];
  for (const [file, documents] of Map.groupBy(opened, (each) => each.file)) {
    const updates = new Map<number, DocumentUpdate>();
    for (const [i, each] of documents.entries()) {
      if (isFilterDocument(each.document)) {
        const stored = filters.find(({ name }) => sameName(name, each.document));
        if (stored === undefined) kept.push(each.source);
        else updates.set(i, { before: normalForm(each.source, each.document, context), after: stored });
        continue;
      }
      const [stored, ...others] = profilesMeant(each.document, context.candidates);
      if (others.length > 0) throw ambiguous(each, [stored, ...others]);
      if (stored === undefined) kept.push(each.source);
      else if (wanted.length === 0 || wanted.some(({ slug }) => slug === stored.slug)) {
        found.add(stored.slug);
        updates.set(i, updateOf(each, stored.document, context));
      }
    }
    if (rewrite(file, updates, context)) files.push(file);
  }
  return { files, kept: wanted.length === 0 ? kept : [], missing: wanted.filter(({ slug }) => !found.has(slug)) };
}

type Candidate = TrustedCandidate & { readonly document: ProfileDocument };
type Context = { readonly root: string; readonly candidates: readonly Candidate[] };

function asCandidate(document: ProfileDocument): Candidate {
  const { slug, name, kind, platform } = document as ProfileDocument &
    Pick<Candidate, 'slug' | 'name' | 'kind'> &
    Candidate['settings'];
  return { id: slug as string as ProfileId, slug: slug as ProfileSlug, name, kind, settings: { platform }, document };
}

/** What the author left out on purpose, the slug and the assignments, stays out. */
function updateOf(file: ProfileFile, stored: ProfileDocument, context: Context): DocumentUpdate {
  const before = normalForm(file.source, file.document, context);
  const { slug, assignments, ...rest } = stored;
  return {
    before,
    after: { ...rest, ...('slug' in before && { slug }), ...('assignments' in before && { assignments }) },
  };
}

/** Filters are told apart without regard to case. */
function sameName(name: unknown, document: unknown): boolean {
  return String(name).toLowerCase() === identityOf(document).name?.toLowerCase();
}

function normalForm(source: string, document: unknown, { root, candidates }: Context): ProfileDocument {
  if (isFilterDocument(document)) {
    const { draft, findings } = parseFilterDocument(document);
    if (draft === null) throw invalid(source, findings);
    return filterDocument({ ...draft, scopeTags: carriedScopeTags(draft.scopeTags) });
  }
  const { draft, findings } = parseProfile(withOwnRoot(document, root), {
    now: systemClock.now(),
    findTrustedProfile: findTrustedProfileAmong(candidates),
  });
  if (draft === null || hasErrors(findings)) throw invalid(source, findings);
  const { slug, ...form } = profileDocument(draft, { rootSlug: null, assignments: draft.assignments });
  return slug === null ? form : { ...form, slug };
}

function invalid(source: string, findings: readonly Finding[]): Failure {
  const message = `${source} has errors; see \`profile validate\`. Mend them first, or use --output.`;
  return new Failure('invalid', 'file-invalid', message, { findings });
}

/** False when the file says it already. Failure `file-not-updatable` when its own aliases are in the way. */
function rewrite(file: string, updates: ReadonlyMap<number, DocumentUpdate>, context: Context): boolean {
  const text = readTextFile(file) ?? '';
  const changed = updateProfileFile(text, updates);
  if (changed === text) return false;
  const { documents } = readProfileFile(changed);
  for (const [i, { after }] of updates) {
    if (canonical(normalForm(file, documents[i]?.value, context)) !== canonical(after)) {
      const message = `${file} cannot be updated in place: its aliases say one thing in several places. Write them out, or use --output.`;
      throw new Failure('invalid', 'file-not-updatable', message, { file });
    }
  }
  writeTextFile(file, changed);
  return true;
}

function ambiguous({ source }: ProfileFile, profiles: readonly (Candidate | undefined)[]): Failure {
  const slugs = profiles.map((profile) => profile?.slug).join(', ');
  return new Failure('conflict', 'ambiguous-name', `${source} could be ${slugs}: write its slug.`, { source });
}
