/**
 * A device leaves: what it had is taken back, its challenges end, its certificates are revoked as the rules of the profiles
 * say (`profiles/removal-rule.ts`), all in one transaction; a revocation that is to come later is noted in it.
 */
import type { CertificateId, RevocationReason } from '../authority/certificate.ts';
import type { CertificateStore } from '../authority/certificate-store.ts';
import { type CancelReason, cancelChallenges } from '../challenges/cancel-challenges.ts';
import type { ChallengeStore } from '../challenges/challenge-store.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { entered, move } from '../deployments/state-table.ts';
import type { Device, DeviceId, Retirement } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import { removeDevices } from '../directory/remove-devices.ts';
import { retireDevice } from '../directory/retire-device.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { type Clock, day } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { ProfileHistory } from '../profiles/profile-history.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { type RemovalOccasion, type RemovalRule, removalRule } from '../profiles/removal-rule.ts';
import { leavingRules } from './leaving-rules.ts';
import type { Removal } from './removal.ts';
import { retirementOccasion } from './removal-occasion.ts';
import type { RemovalStore } from './removal-store.ts';
import { validCertificates } from './valid-certificates.ts';

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
  readonly removals: Pick<RemovalStore, 'ofDevices' | 'save' | 'end'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly profileHistory: Pick<ProfileHistory, 'latest'>;
  readonly revoke: RevokeCertificate;
};

/**
 * The device stays known and may call to be told what to remove; `unenrol`: it said itself that it leaves. Fails with
 * `device-not-found`.
 */
export async function retire(
  deps: RemoveDeps,
  input: { readonly deviceId: DeviceId; readonly action: Retirement; readonly cause: Cause },
): Promise<{ readonly device: Device; readonly revoked: number }> {
  return deps.transact(async () => {
    const device = await retireDevice(deps, input);
    const revoked = await takeBack(
      deps,
      device.id,
      { reason: 'retired', occasion: retirementOccasion[input.action] },
      input.cause,
    );
    return { device, revoked };
  });
}

/** The device is forgotten; its deployments and certificates stay as a record. Answers how many devices there were. */
export async function deleteDevices(
  deps: RemoveDeps,
  input: { readonly deviceIds: readonly DeviceId[]; readonly cause: Cause },
): Promise<number> {
  return deps.transact(async () => {
    for (const id of input.deviceIds)
      await takeBack(deps, id, { reason: 'device-deleted', occasion: 'deviceDeleted' }, input.cause);
    return removeDevices(deps, input);
  });
}

/** Answers how many certificates were revoked. */
async function takeBack(
  deps: RemoveDeps,
  deviceId: DeviceId,
  { reason, occasion }: { readonly reason: CancelReason; readonly occasion: RemovalOccasion },
  cause: Cause,
): Promise<number> {
  const known = await deps.deployments.lockByDevices([deviceId]);
  const now = deps.clock.now();
  const rules = await leavingRules(deps, known, occasion);
  const ruleOf = ({ id, kind }: Deployment) => rules.get(id) ?? removalRule(occasion, kind, null);
  const ended = known.flatMap((deployment) => {
    const { removeFromDevice, revoke, afterDays } = ruleOf(deployment);
    const state = endOf(deployment, revoke && afterDays === 0, now);
    const removal = removeFromDevice ? null : 'left';
    if (!deployment.wanted && state.state === deployment.state && removal === deployment.removal) return [];
    const after = { ...deployment, ...state, removal, problem: null, driftedAt: null } satisfies Deployment;
    return [{ ...after, wanted: false, updatedAt: now }];
  });
  if (ended.length > 0) await deps.deployments.save(ended);
  await cancelChallenges(deps, { deploymentIds: known.map(({ id }) => id), reason, cause });
  await deps.events.append(
    ended.map((deployment) => ({
      type: 'deployment.removed',
      cause,
      subjects: [
        { kind: 'deployment', id: deployment.id },
        { kind: 'device', id: deviceId },
        { kind: 'profile', id: deployment.profileId },
      ],
      data: { reason, occasion, rule: ruleOf(deployment) },
    })),
  );
  await noteRevocations(deps, known, (deployment) => ({ occasion, rule: ruleOf(deployment) }), now);
  return revokeAtOnce(deps, deviceId, { rules, fallback: removalRule(occasion, 'scep', null) }, now, cause);
}

/** Revoked where there is a certificate, unless the device removed it already; else simply removed. */
function endOf(
  deployment: Deployment,
  revokes: boolean,
  now: number,
): Pick<Deployment, 'state' | 'stateSince' | 'stateCause'> {
  const removed = entered(deployment, deployment.wanted ? 'unwanted' : null, now);
  const revoked = revokes && deployment.currentCertificateId !== null && move(removed.state, 'revoked') !== null;
  return entered(removed, revoked ? 'revoked' : null, now);
}

/** What is to be revoked later, by this or by an earlier removal, whichever comes first; the rest has nothing left to come. */
async function noteRevocations(
  { removals }: Pick<RemoveDeps, 'removals'>,
  known: readonly Deployment[],
  endFor: (deployment: Deployment) => Pick<Removal, 'occasion' | 'rule'>,
  now: number,
): Promise<void> {
  const earlier = new Map(
    (await removals.ofDevices([...new Set(known.map(({ deviceId }) => deviceId))])).map((each) => [each.id, each]),
  );
  const noted: Removal[] = [];
  const over: Deployment['id'][] = [];
  for (const deployment of known) {
    const { id, deviceId, profileId, issuedGeneration } = deployment;
    const { occasion, rule } = endFor(deployment);
    const before = earlier.get(id);
    const atOnce = rule.revoke && rule.afterDays === 0;
    const revokeAt = rule.revoke && !atOnce && issuedGeneration > 0 ? now + rule.afterDays * day : null;
    if (!atOnce && before?.state === 'removed' && before.revokeAt !== null && before.revokeAt <= (revokeAt ?? Infinity))
      continue;
    if (revokeAt === null) over.push(id);
    else
      noted.push({
        id,
        deviceId,
        profileId,
        occasion,
        state: 'removed',
        caseId: null,
        rule,
        at: now,
        counts: false,
        revokeAt,
      });
  }
  await removals.end(over);
  await removals.save(noted);
}

async function revokeAtOnce(
  deps: RemoveDeps,
  deviceId: DeviceId,
  { rules, fallback }: { readonly rules: ReadonlyMap<string, RemovalRule>; readonly fallback: RemovalRule },
  now: number,
  cause: Cause,
): Promise<number> {
  const valid = await validCertificates(deps.certificates, deviceId, now);
  let revoked = 0;
  for (const { id, deploymentId } of valid) {
    const rule = rules.get(deploymentId ?? '') ?? fallback;
    if (!rule.revoke || rule.afterDays > 0) continue;
    await deps.revoke({ certificateId: id, reason: rule.reason, cause });
    revoked += 1;
  }
  return revoked;
}
