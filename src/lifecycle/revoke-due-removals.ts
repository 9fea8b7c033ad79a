/** Revokes what removed deployments had, when the time of their rule has come. */
import type { CertificateId } from '../authority/certificate.ts';
import type { CertificateStore } from '../authority/certificate-store.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { entered, move } from '../deployments/state-table.ts';
import type { Cause } from '../events/event.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { Removal } from './removal.ts';
import type { RemovalStore } from './removal-store.ts';
import type { RevokeCertificate } from './remove.ts';

export type RevokeDueDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly removals: Pick<RemovalStore, 'due' | 'ofDevices' | 'save' | 'end'>;
  readonly deployments: Pick<DeploymentStore, 'lockByDevices' | 'save'>;
  readonly certificates: Pick<CertificateStore, 'list'>;
  readonly revoke: RevokeCertificate;
};

/**
 * At most `limit` deployments, in one transaction: a deployment whose certificates are revoked is due no more, whenever this
 * process ends. 0: none was due.
 */
export async function revokeDueRemovals(
  deps: RevokeDueDeps,
  input: { readonly limit: number; readonly cause: Cause },
): Promise<number> {
  if ((await deps.removals.due(deps.clock.now(), 1)).length === 0) return 0;
  return deps.transact(async () => {
    const now = deps.clock.now();
    const found = await deps.removals.due(now, input.limit);
    // The lock first: whoever makes one wanted again ends its removal under the same lock.
    const deviceIds = [...new Set(found.map(({ deviceId }) => deviceId))].sort();
    const deployments = new Map((await deps.deployments.lockByDevices(deviceIds)).map((each) => [each.id, each]));
    const still = new Map((await deps.removals.ofDevices(deviceIds)).map((removal) => [removal.id, removal]));
    const done: Removal[] = [];
    const ended: Deployment[] = [];
    const moot: Removal[] = [];
    for (const { id } of found) {
      const removal = still.get(id);
      const deployment = deployments.get(id);
      if (removal === undefined || removal.revokeAt === null) continue;
      if (deployment === undefined || deployment.wanted) {
        moot.push(removal);
        continue;
      }
      await revokeAll(deps, removal, input.cause);
      done.push({ ...removal, revokeAt: null });
      if (move(deployment.state, 'revoked') !== null && deployment.currentCertificateId !== null)
        ended.push({ ...deployment, ...entered(deployment, 'revoked', now), updatedAt: now });
    }
    await deps.removals.save(done);
    await deps.deployments.save(ended);
    // Wanted again, or gone: nothing may be revoked by it any more.
    await deps.removals.end(moot.map(({ id }) => id));
    return found.length;
  });
}

async function revokeAll(deps: RevokeDueDeps, { id, rule }: Removal, cause: Cause): Promise<void> {
  const query = { deploymentId: id, deviceId: null, profileId: null, search: null, status: 'valid' } as const;
  const valid: CertificateId[] = [];
  let cursor: string | null = null;
  do {
    const page = await deps.certificates.list(query, deps.clock.now(), { limit: 100, cursor });
    for (const certificate of page.items) valid.push(certificate.id);
    cursor = page.next;
  } while (cursor !== null);
  for (const certificateId of valid) await deps.revoke({ certificateId, reason: rule.reason, cause });
}
