/** What retiring, wiping or deleting a device would take from it, before anybody does it: what `remove.ts` does. */
import type { CertificateStore } from '../authority/certificate-store.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { Device } from '../directory/device.ts';
import type { UserStore } from '../directory/user-store.ts';
import type { Clock } from '../lib/clock.ts';
import { type RemovalOccasion, removalRule } from '../profiles/removal-rule.ts';
import type { ImpactItem } from './impact.ts';
import { leavingRules } from './leaving-rules.ts';
import { validCertificates } from './valid-certificates.ts';

export type LeavingImpactDeps = {
  readonly clock: Pick<Clock, 'now'>;
  readonly deployments: Pick<DeploymentStore, 'byDevices'>;
  readonly certificates: Pick<CertificateStore, 'list'>;
  readonly users: Pick<UserStore, 'getMany'>;
  readonly rules: Parameters<typeof leavingRules>[0];
};

export type LeavingImpact = {
  readonly items: readonly ImpactItem[];
  /** In force, and revoked at once or later: those that were superseded are among them. */
  readonly certificates: number;
};

export async function leavingImpact(
  deps: LeavingImpactDeps,
  { device, occasion }: { readonly device: Pick<Device, 'id' | 'deviceName'>; readonly occasion: RemovalOccasion },
): Promise<LeavingImpact> {
  const known = await deps.deployments.byDevices([device.id]);
  const rules = await leavingRules(deps.rules, known, occasion);
  const fallback = removalRule(occasion, 'scep', null);
  const wanted = known.filter((deployment) => deployment.wanted);
  const userIds = wanted.flatMap(({ userId }) => (userId === null ? [] : [userId]));
  const users = new Map((await deps.users.getMany([...new Set(userIds)])).map((user) => [user.id, user]));
  const items = wanted.map((deployment): ImpactItem => {
    const { id, profileId, userId, kind, currentCertificateId, issuedGeneration } = deployment;
    const rule = rules.get(id) ?? removalRule(occasion, kind, null);
    const user = userId === null ? undefined : users.get(userId);
    return {
      effect: rule.revoke && issuedGeneration > 0 ? 'revoke' : 'remove',
      profileId,
      device: { id: device.id, deviceName: device.deviceName },
      user: user === undefined ? null : { id: user.id, userPrincipalName: user.userPrincipalName },
      holdsCertificate: currentCertificateId !== null,
      subject: null,
      problem: null,
      removal: { occasion, rule, countedFrom: 'change' },
    };
  });
  const valid = await validCertificates(deps.certificates, device.id, deps.clock.now());
  const certificates = valid.filter(({ deploymentId }) => (rules.get(deploymentId ?? '') ?? fallback).revoke).length;
  return { items, certificates };
}
