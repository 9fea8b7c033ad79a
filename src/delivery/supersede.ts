/**
 * A device has the next certificate in place, by its own word: what came before it is superseded. Whether that is revoked,
 * and when, says the profile: after an edit its rule for `profileChanged`, after a renewal `supersededCertificates`;
 * `lifecycle/revoke-superseded.ts` does it.
 */
import type { Deployment } from '../deployments/deployment.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { day } from '../lib/clock.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { removalRule } from '../profiles/removal-rule.ts';
import { deploymentSubjects } from './deployment-subjects.ts';
import type { InstalledCertificates } from './installed-certificates.ts';

export type SupersedeDeps = {
  readonly certificates: Pick<InstalledCertificates, 'supersede' | 'supersedeEdited'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly events: Pick<EventLog, 'append'>;
};

/** Joins the transaction in which the current certificate of `deployment` was found installed. `now` in ms. */
export async function supersede(
  deps: SupersedeDeps,
  { deployment, now, cause }: { readonly deployment: Deployment; readonly now: number; readonly cause: Cause },
): Promise<void> {
  const { issuedGeneration, editedGeneration } = deployment;
  if (issuedGeneration < 2) return;
  const profile = await deps.profiles.get(deployment.profileId);
  // Where it is gone, the deployment is removed, and that says what becomes of all its certificates.
  const server = profile?.kind === 'scep' ? profile.settings.server : null;
  const superseded: Superseded[] = [];
  if (profile !== null && editedGeneration !== null && editedGeneration <= issuedGeneration) {
    const { revoke, afterDays, reason } = removalRule('profileChanged', deployment.kind, profile);
    const revokeAt = revoke ? now + afterDays * day : null;
    const edited = { id: deployment.id, editedGeneration };
    const ids = await deps.certificates.supersedeEdited(edited, { at: now, revokeAt, reason });
    superseded.push({ ids, data: { occasion: 'profileChanged', revokeAt, reason: revoke ? reason : null } });
  }
  const policy = server?.supersededCertificates;
  const revokeAt = policy?.action === 'revoke' ? now + policy.afterDays * day : null;
  const ids = await deps.certificates.supersede(deployment, { at: now, revokeAt });
  superseded.push({ ids, data: { occasion: 'renewed', revokeAt, reason: revokeAt === null ? null : 'superseded' } });
  await deps.events.append(
    superseded
      .filter(({ ids }) => ids.length > 0)
      .map(({ ids, data }) => ({
        type: 'certificate.superseded',
        cause,
        subjects: [...deploymentSubjects(deployment), ...ids.map((id) => ({ kind: 'certificate', id }) as const)],
        data: { by: deployment.currentCertificateId, ...data },
      })),
  );
}

type Superseded = {
  readonly ids: readonly string[];
  readonly data: {
    readonly occasion: 'profileChanged' | 'renewed';
    readonly revokeAt: number | null;
    readonly reason: string | null;
  };
};
