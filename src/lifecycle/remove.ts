/**
 * A device leaves: what it had is taken back, its challenges end, its certificates are revoked, all in one transaction.
 * Which removals revoke, when and why, becomes a policy later; leaving for good always does (intune-domain 5.6).
 */
import type { CertificateId, RevocationReason } from '../authority/certificate.ts';
import type { CertificateStore } from '../authority/certificate-store.ts';
import { type CancelReason, cancelChallenges } from '../challenges/cancel-challenges.ts';
import type { ChallengeStore } from '../challenges/challenge-store.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { entered, move } from '../deployments/state-table.ts';
import type { Device, DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import { removeDevices } from '../directory/remove-devices.ts';
import { retireDevice } from '../directory/retire-device.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';

/** Joins the transaction; signs nothing there. A certificate that is revoked already stays as it is. */
export type RevokeCertificate = (input: {
  readonly certificateId: CertificateId;
  readonly reason: RevocationReason;
  readonly cause: Cause;
}) => Promise<unknown>;

export type RemoveDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly devices: Pick<DeviceStore, 'get' | 'getMany' | 'save' | 'remove'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  readonly deployments: Pick<DeploymentStore, 'lockByDevices' | 'save'>;
  readonly challenges: Pick<ChallengeStore, 'cancel'>;
  readonly certificates: Pick<CertificateStore, 'list'>;
  readonly revoke: RevokeCertificate;
};

/** The device stays known and may call to be told what to remove. Fails with `device-not-found`. */
export async function retire(
  deps: RemoveDeps,
  input: { readonly deviceId: DeviceId; readonly action: 'retire' | 'wipe'; readonly cause: Cause },
): Promise<{ readonly device: Device; readonly revoked: number }> {
  return deps.transact(async () => {
    const device = await retireDevice(deps, input);
    const revoked = await takeBack(deps, device.id, 'retired', input.cause);
    return { device, revoked };
  });
}

/** The device is forgotten; its deployments and certificates stay as a record. Answers how many devices there were. */
export async function deleteDevices(
  deps: RemoveDeps,
  input: { readonly deviceIds: readonly DeviceId[]; readonly cause: Cause },
): Promise<number> {
  return deps.transact(async () => {
    for (const id of input.deviceIds) await takeBack(deps, id, 'device-deleted', input.cause);
    return removeDevices(deps, input);
  });
}

/** Answers how many certificates were revoked. */
async function takeBack(deps: RemoveDeps, deviceId: DeviceId, reason: CancelReason, cause: Cause): Promise<number> {
  const known = await deps.deployments.lockByDevices([deviceId]);
  const now = deps.clock.now();
  const ended = known.flatMap((deployment) => {
    const state = endOf(deployment, now);
    if (!deployment.wanted && state.state === deployment.state) return [];
    return [{ ...deployment, wanted: false, ...state, problem: null, driftedAt: null, updatedAt: now }];
  });
  if (ended.length > 0) await deps.deployments.save(ended);
  await cancelChallenges(deps, { deploymentIds: known.map(({ id }) => id), reason, cause });
  await deps.events.append(
    ended.map(({ id, profileId }) => ({
      type: 'deployment.removed',
      cause,
      subjects: [
        { kind: 'deployment', id },
        { kind: 'device', id: deviceId },
        { kind: 'profile', id: profileId },
      ],
      data: { reason },
    })),
  );
  return revokeAll(deps, deviceId, now, cause);
}

/** Revoked where there is a certificate, unless the device removed it already; else simply removed. */
function endOf(deployment: Deployment, now: number): Pick<Deployment, 'state' | 'stateSince' | 'stateCause'> {
  const removed = entered(deployment, deployment.wanted ? 'unwanted' : null, now);
  const revoked = deployment.currentCertificateId !== null && move(removed.state, 'revoked') !== null;
  return entered(removed, revoked ? 'revoked' : null, now);
}

async function revokeAll(deps: RemoveDeps, deviceId: DeviceId, now: number, cause: Cause): Promise<number> {
  const query = { deploymentId: null, deviceId, profileId: null, search: null, status: 'valid' } as const;
  const valid: CertificateId[] = [];
  let cursor: string | null = null;
  do {
    const page = await deps.certificates.list(query, now, { limit: 100, cursor });
    for (const { id } of page.items) valid.push(id);
    cursor = page.next;
  } while (cursor !== null);
  for (const certificateId of valid) await deps.revoke({ certificateId, reason: 'cessationOfOperation', cause });
  return valid.length;
}
