/**
 * A device has the next certificate in place, by its own word: what came before it is superseded. Whether that is revoked,
 * and when, is the profile's policy; `lifecycle/revoke-superseded.ts` does it.
 */
import type { Deployment } from '../deployments/deployment.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { day } from '../lib/clock.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { deploymentSubjects } from './deployment-subjects.ts';
import type { InstalledCertificates } from './installed-certificates.ts';

export type SupersedeDeps = {
  readonly certificates: Pick<InstalledCertificates, 'supersede'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly events: Pick<EventLog, 'append'>;
};

/** Joins the transaction in which the current certificate of `deployment` was found installed. `now` in ms. */
export async function supersede(
  deps: SupersedeDeps,
  { deployment, now, cause }: { readonly deployment: Deployment; readonly now: number; readonly cause: Cause },
): Promise<void> {
  if (deployment.issuedGeneration < 2) return;
  const profile = await deps.profiles.get(deployment.profileId);
  const policy = profile?.kind === 'scep' ? profile.settings.server.supersededCertificates : null;
  const revokeAt = policy?.action === 'revoke' ? now + policy.afterDays * day : null;
  const superseded = await deps.certificates.supersede(deployment, { at: now, revokeAt });
  if (superseded.length === 0) return;
  await deps.events.append([
    {
      type: 'certificate.superseded',
      cause,
      subjects: [...deploymentSubjects(deployment), ...superseded.map((id) => ({ kind: 'certificate', id }) as const)],
      data: { by: deployment.currentCertificateId, revokeAt },
    },
  ]);
}
