/** What a change did to deployments, in the words of impact: to hold what was said before against what came of it. */
import { type Deployment, isDue } from '../../src/deployments/deployment.ts';
import type { ImpactEffect, ImpactItem } from '../../src/lifecycle/impact.ts';

/** What really happened, by the deployments before and after. */
export function happened(before: Deployment | undefined, after: Deployment): ImpactEffect | null {
  if (!after.wanted) {
    if (before?.wanted !== true) return null;
    return after.kind === 'scep' && after.issuedGeneration > 0 ? 'revoke' : 'remove';
  }
  if (after.kind === 'scep' && after.expectation === null) return 'blocked';
  if (before?.wanted !== true) return 'gain';
  if (after.kind === 'scep' && before.expectation === null && before.issuedGeneration === 0) return 'gain';
  if (after.kind === 'scep' && after.generation !== before.generation) return 'reissue';
  if (after.deliveryVersion !== before.deliveryVersion || after.contentVersion !== before.contentVersion)
    return 'redeliver';
  return isDue(before) && after.revision !== before.revision ? 'redeliver' : 'keep';
}

export function lineOf(
  device: string,
  profile: string,
  user: string | null,
  effect: ImpactEffect,
  about: Pick<Deployment, 'wanted' | 'expectation' | 'problem'> | Pick<ImpactItem, 'subject' | 'problem'>,
): string {
  const subject = 'subject' in about ? about.subject : about.wanted ? (about.expectation?.subjectText ?? null) : null;
  // A user that is gone has a name no more.
  return JSON.stringify([
    device,
    profile,
    effect === 'remove' || effect === 'revoke' ? null : user,
    effect,
    subject,
    about.problem?.code,
  ]);
}
