/** The impact of a change in numbers, with the first names of each kind. */
import type { ProfileId } from '../profiles/profile-id.ts';
import { type ImpactEffect, type ImpactEnd, type ImpactItem, impactEffects } from './impact.ts';

export type ProfileImpact = {
  readonly profileId: ProfileId;
  /** Deployments. */
  readonly counts: Readonly<Record<ImpactEffect, number>>;
  /** Those of them whose device has a certificate now. */
  readonly certificates: Readonly<Record<ImpactEffect, number>>;
  /** Why there can be no certificate; one of these for each variable without a value. */
  readonly blocked: readonly BlockedCount[];
  /** Of what is removed, revoked or replaced, by occasion and rule. */
  readonly removals: readonly RemovalCount[];
  /** The first ones of each effect. */
  readonly first: readonly ImpactItem[];
};

export type RemovalCount = ImpactEnd & { readonly count: number };

export type BlockedCount = {
  readonly code: string;
  readonly variable: string | null;
  readonly reason: string | null;
  readonly count: number;
};

/** Takes items as they come and holds no more than it shows. `limit`: names per profile and effect. */
export function impactSummary(limit: number): {
  add(items: readonly ImpactItem[]): void;
  /** One for each of the profiles, in that order, also where nothing happens. */
  result(profileIds: readonly ProfileId[]): readonly ProfileImpact[];
} {
  const byProfile = new Map<ProfileId, Tally>();
  const tallyOf = (profileId: ProfileId): Tally => {
    const known = byProfile.get(profileId);
    if (known !== undefined) return known;
    const tally = newTally();
    byProfile.set(profileId, tally);
    return tally;
  };
  return {
    add(items) {
      for (const item of items) count(tallyOf(item.profileId), item, limit);
    },
    result: (profileIds) =>
      profileIds.map((profileId) => {
        const { blocked, removals, ...tally } = byProfile.get(profileId) ?? newTally();
        const most = <Each extends { readonly count: number }>(counts: Iterable<Each>) =>
          [...counts].sort((a, b) => b.count - a.count);
        return { profileId, ...tally, blocked: most(blocked.values()), removals: most(removals.values()) };
      }),
  };
}

type Tally = {
  readonly counts: Record<ImpactEffect, number>;
  readonly certificates: Record<ImpactEffect, number>;
  readonly blocked: Map<string, BlockedCount>;
  readonly removals: Map<string, RemovalCount>;
  readonly first: ImpactItem[];
};

function newTally(): Tally {
  const none = () => Object.fromEntries(impactEffects.map((effect) => [effect, 0])) as Tally['counts'];
  return { counts: none(), certificates: none(), blocked: new Map(), removals: new Map(), first: [] };
}

function count({ counts, certificates, blocked, removals, first }: Tally, item: ImpactItem, limit: number): void {
  const { effect, problem, holdsCertificate, removal } = item;
  if (counts[effect]++ < limit) first.push(item);
  if (holdsCertificate) certificates[effect]++;
  if (removal !== null) {
    const key = JSON.stringify(removal);
    removals.set(key, { ...removal, count: (removals.get(key)?.count ?? 0) + 1 });
  }
  if (effect !== 'blocked' || problem === null) return;
  const missing = problem.unresolved.length > 0 ? problem.unresolved : [{ variable: null, reason: null }];
  for (const { variable, reason } of missing) {
    const key = `${problem.code} ${variable ?? ''} ${reason ?? ''}`;
    blocked.set(key, { code: problem.code, variable, reason, count: (blocked.get(key)?.count ?? 0) + 1 });
  }
}
