/** The impact of a change in numbers, with the first names of each kind. */
import type { ProfileId } from '../profiles/profile-id.ts';
import { type ImpactEffect, type ImpactItem, impactEffects } from './impact.ts';

export type ProfileImpact = {
  readonly profileId: ProfileId;
  /** Deployments. */
  readonly counts: Readonly<Record<ImpactEffect, number>>;
  /** Those of them whose device has a certificate now. */
  readonly certificates: Readonly<Record<ImpactEffect, number>>;
  /** Why there can be no certificate; one of these for each variable without a value. */
  readonly blocked: readonly BlockedCount[];
  /** The first ones of each effect. */
  readonly first: readonly ImpactItem[];
};

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
        const { blocked, ...tally } = byProfile.get(profileId) ?? newTally();
        return { profileId, ...tally, blocked: [...blocked.values()].sort((a, b) => b.count - a.count) };
      }),
  };
}

type Tally = {
  readonly counts: Record<ImpactEffect, number>;
  readonly certificates: Record<ImpactEffect, number>;
  readonly blocked: Map<string, BlockedCount>;
  readonly first: ImpactItem[];
};

function newTally(): Tally {
  const none = () => Object.fromEntries(impactEffects.map((effect) => [effect, 0])) as Tally['counts'];
  return { counts: none(), certificates: none(), blocked: new Map(), first: [] };
}

function count({ counts, certificates, blocked, first }: Tally, item: ImpactItem, limit: number): void {
  const { effect, problem, holdsCertificate } = item;
  if (counts[effect]++ < limit) first.push(item);
  if (holdsCertificate) certificates[effect]++;
  if (effect !== 'blocked' || problem === null) return;
  const missing = problem.unresolved.length > 0 ? problem.unresolved : [{ variable: null, reason: null }];
  for (const { variable, reason } of missing) {
    const key = `${problem.code} ${variable ?? ''} ${reason ?? ''}`;
    blocked.set(key, { code: problem.code, variable, reason, count: (blocked.get(key)?.count ?? 0) + 1 });
  }
}
