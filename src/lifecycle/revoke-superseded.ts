/** Revokes certificates whose successor has been in place for as long as their profile says, or said when it was edited. */
import type { CertificateId, RevocationReason } from '../authority/certificate.ts';
import { type Cause, systemCause } from '../events/event.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { SupersededCertificates } from './superseded-certificates.ts';

export type RevokeSupersededDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly superseded: SupersededCertificates;
  readonly profiles: Pick<ProfileStore, 'get'>;
  /** Joins the transaction; signs nothing there. */
  readonly revoke: (input: {
    readonly certificateId: CertificateId;
    readonly reason: RevocationReason;
    readonly cause: Cause;
  }) => Promise<unknown>;
};

/**
 * One batch of at most `limit`, in one transaction; answers how many there were. What came before an edit is
 * revoked as was decided then. Of what came before a renewal: where the profile has changed its mind meanwhile they are left;
 * where it is gone, what it had decided is done.
 */
export async function revokeSuperseded(
  deps: RevokeSupersededDeps,
  { limit }: { readonly limit: number },
): Promise<number> {
  if ((await deps.superseded.due(deps.clock.now(), 1)).length === 0) return 0;
  return deps.transact(async () => {
    const due = await deps.superseded.due(deps.clock.now(), limit);
    const left: CertificateId[] = [];
    for (const { id, profileId, reason } of due) {
      const profile = profileId === null || reason !== null ? null : await deps.profiles.get(profileId);
      if (profile?.kind === 'scep' && profile.settings.server.supersededCertificates.action === 'leave') left.push(id);
      else await deps.revoke({ certificateId: id, reason: reason ?? 'superseded', cause: systemCause });
    }
    await deps.superseded.leave(left);
    return due.length;
  });
}
