import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { findTrustedProfileAmong } from './find-trusted-profile.ts';
import { type Finding, hasErrors } from './finding.ts';
import type { IssuerFacts } from './issuer-facts.ts';
import { firstProfile, identityFindings, nextProfile } from './next-profile.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';
import type { DraftAssignment, ProfileDraft } from './profile-draft.ts';
import type { ProfileHistory } from './profile-history.ts';
import type { ProfileId, ProfileSlug } from './profile-id.ts';
import { slugFromName } from './profile-slug.ts';
import type { ProfileStore } from './profile-store.ts';
import { readOwnRoot } from './read-own-root.ts';
import { ruleFacts } from './rule-facts.ts';
import type { ScopeTagRule } from './scope-tag-rule.ts';
import { profileVersionFailure, storeVersion } from './store-version.ts';
import { bySeverity, draftFindings } from './validate-profile.ts';

export type SaveProfileDeps = {
  readonly transact: Transact;
  readonly profiles: ProfileStore;
  readonly profileHistory: Pick<ProfileHistory, 'record'>;
  readonly dirtyQueue: DirtyQueue;
  readonly events: EventLog;
  readonly issuers: IssuerFacts;
  readonly clock: Clock;
  /** Left out: whatever is wanted. */
  readonly scopeTagRule?: ScopeTagRule;
};

export type SaveProfileResult =
  | {
      readonly kind: 'saved';
      readonly profile: Profile;
      readonly outcome: 'created' | 'changed' | 'unchanged';
      readonly findings: readonly Finding[];
      /** As the document says; storing them is for `assignments`. */
      readonly assignments: readonly DraftAssignment[] | null;
    }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/**
 * Creates a profile (`id` null) or replaces one, from a document (`parse-profile.ts`). Refused, with every finding, when a
 * rule finds an error. Throws `Failure`: `profile-not-found`, `profile-version` when `version` (If-Match) is not the
 * stored one, `slug-taken`.
 */
export async function saveProfile(
  deps: SaveProfileDeps,
  input: {
    readonly id: ProfileId | null;
    readonly version: number | null;
    readonly document: unknown;
    /** The earlier version that the document is. */
    readonly restoredFrom?: number;
    readonly cause: Cause;
  },
): Promise<SaveProfileResult> {
  const now = deps.clock.now();
  return deps.transact(async () => {
    const all = await deps.profiles.all();
    const stored = input.id === null ? null : (all.find(({ id }) => id === input.id) ?? null);
    if (input.id !== null) expectVersion(stored, input.version);
    const { draft: read, findings: shape } = parseProfile(await readOwnRoot(deps.issuers, input.document), {
      now,
      findTrustedProfile: findTrustedProfileAmong(all),
    });
    const tags = read && deps.scopeTagRule && (await deps.scopeTagRule(stored?.scopeTags ?? null, read.scopeTags));
    const draft = read && { ...read, scopeTags: tags ?? read.scopeTags };
    const findings = bySeverity([...shape, ...(await judge(deps, { draft, shape, stored, all, now }))]);
    if (draft === null || hasErrors(findings)) return { kind: 'refused', findings };
    const { restoredFrom = null, cause } = input;
    const { profile, outcome } = await write(deps, { draft, stored, all, now, restoredFrom, cause });
    return { kind: 'saved', profile, outcome, findings, assignments: draft.assignments };
  });
}

type Judged = {
  readonly draft: ProfileDraft | null;
  readonly shape: readonly Finding[];
  readonly stored: Profile | null;
  readonly all: readonly Profile[];
  readonly now: number;
};

async function judge(deps: SaveProfileDeps, { draft, shape, stored, all, now }: Judged): Promise<Finding[]> {
  if (draft === null) return [];
  const facts = await ruleFacts(deps.issuers, draft, all, stored);
  return [
    ...(stored === null ? [] : identityFindings(stored, draft)),
    ...draftFindings(draft, { now, ...facts }, shape),
  ];
}

async function write(
  deps: SaveProfileDeps,
  {
    draft,
    stored,
    all,
    now,
    restoredFrom,
    cause,
  }: {
    readonly draft: ProfileDraft;
    readonly stored: Profile | null;
    readonly all: readonly Profile[];
    readonly now: number;
    readonly restoredFrom: number | null;
    readonly cause: Cause;
  },
): Promise<{ profile: Profile; outcome: 'created' | 'changed' | 'unchanged' }> {
  const next =
    stored === null
      ? {
          profile: firstProfile(draft, { id: newId(deps.clock), slug: slugFor(draft, all), now }),
          changed: true,
          changes: [],
        }
      : nextProfile(stored, draft, now);
  if (!next.changed) return { profile: next.profile, outcome: 'unchanged' };
  const { profile, changes } = next;
  await storeVersion(deps, { profile, stored, changes, restoredFrom, cause });
  // Nothing finer is known here: who has the profile is the assignments' business. A new one is nobody's yet.
  if (changes.some(({ path }) => !isHeader(path))) await deps.dirtyQueue.markAll(profile.settings.platform, profile.id);
  return { profile, outcome: stored === null ? 'created' : 'changed' };
}

/** Names, descriptions and scope tags concern no device. */
function isHeader(path: string): boolean {
  return path === 'name' || path === 'description' || path === 'scopeTags';
}

function expectVersion(stored: Profile | null, version: number | null): asserts stored is Profile {
  if (stored === null) throw new Failure('not-found', 'profile-not-found', 'There is no such profile.');
  if (version !== null && version !== stored.version) throw profileVersionFailure(version, stored.version);
}

function slugFor(draft: ProfileDraft, all: readonly Profile[]): ProfileSlug {
  const taken = (slug: string) => all.some((profile) => profile.slug === slug);
  if (draft.slug === null) return slugFromName(draft.name, taken);
  if (taken(draft.slug))
    throw new Failure('conflict', 'slug-taken', `Another profile has the slug “${draft.slug}”: choose another.`, {
      slug: draft.slug,
    });
  return draft.slug as ProfileSlug;
}
