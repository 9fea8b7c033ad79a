import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { move } from '../deployments/state-table.ts';
import type { Device } from '../directory/device.ts';
import type { EventLog } from '../events/event-log.ts';
import type { HeldItem } from '../formats/agent/check-in-message.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import { deploymentSubjects } from './deployment-subjects.ts';
import { deviceCause } from './device-cause.ts';
import type { InstalledCertificates } from './installed-certificates.ts';

export type TakeInventoryDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly deployments: DeploymentStore;
  readonly certificates: InstalledCertificates;
  readonly events: EventLog;
};

export type InventoryFinding =
  | 'in-place'
  /** A certificate of ours that should be there is not: the next one is due. */
  | 'missing'
  /** Nothing of an unwanted deployment is left on the device. */
  | 'gone'
  | 'nothing-new';

/** What the inventory says about one deployment. Pure. `thumbprint256`: of the current certificate; null: none, or revoked. */
export function judgeHeld(
  deployment: Deployment,
  held: HeldItem | undefined,
  thumbprint256: string | null,
): InventoryFinding {
  // A revoked certificate's deployment says so for good.
  if (!deployment.wanted)
    return held === undefined && deployment.state !== 'deleted' && deployment.state !== 'revoked'
      ? 'gone'
      : 'nothing-new';
  // Trusted certificates go out with every check-in, so one that is missing comes back by itself.
  if (deployment.kind !== 'scep' || thumbprint256 === null) return 'nothing-new';
  if (deployment.issuedGeneration !== deployment.generation) return 'nothing-new';
  if (held?.thumbprint256 === thumbprint256) return deployment.state === 'installed' ? 'nothing-new' : 'in-place';
  return held?.underWay?.generation === deployment.generation ? 'nothing-new' : 'missing';
}

/**
 * Compares what the device holds with what it should hold (intune-domain 5.4: found missing, issued again). `deployments`:
 * all of the device, as they were just now; answers what they are then.
 */
export async function takeInventory(
  deps: TakeInventoryDeps,
  input: {
    readonly device: Device;
    readonly held: readonly HeldItem[];
    readonly deployments: readonly Deployment[];
    readonly requestId: string | null;
  },
): Promise<readonly Deployment[]> {
  const held = new Map(input.held.map((item) => [item.deploymentId, item]));
  const cause = deviceCause(input.device, input.requestId);
  const again = () => deps.deployments.byDevices([input.device.id]);
  const look = async (deployments: readonly Deployment[]) => {
    const ids = deployments.map(({ currentCertificateId }) => currentCertificateId).filter((id) => id !== null);
    const certificates = await deps.certificates.getMany(ids);
    return deployments
      .map((deployment) => {
        const certificate = certificates.get(deployment.currentCertificateId ?? '');
        const thumbprint =
          certificate === undefined || certificate.revokedAt !== null ? null : certificate.thumbprint256;
        return { deployment, finding: judgeHeld(deployment, held.get(deployment.id), thumbprint) };
      })
      .filter((found): found is Found => found.finding !== 'nothing-new');
  };
  // Most devices hold what they should, and take no turn of the writer for that.
  if ((await look(input.deployments)).length === 0) return input.deployments;
  return deps.transact(async () => {
    const now = deps.clock.now();
    for (const { deployment, finding } of await look(await again())) {
      const { currentCertificateId } = deployment;
      if (!(await deps.deployments.move(deployment, { ...after(deployment, finding), updatedAt: now }))) continue;
      if (finding === 'in-place' && currentCertificateId !== null)
        await deps.certificates.markInstalled(currentCertificateId, now);
      const type = finding === 'missing' ? 'deployment.changed' : 'deployment.reported';
      await deps.events.append([{ type, cause, subjects: deploymentSubjects(deployment), data: { finding } }]);
    }
    return again();
  });
}

type Found = { readonly deployment: Deployment; readonly finding: Exclude<InventoryFinding, 'nothing-new'> };

function after(
  deployment: Deployment,
  finding: Exclude<InventoryFinding, 'nothing-new'>,
): Partial<Pick<Deployment, 'state' | 'problem' | 'generation'>> {
  const { state, generation } = deployment;
  switch (finding) {
    case 'in-place':
      return { state: move(state, 'installed') ?? state, problem: null };
    case 'gone':
      return { state: move(state, 'deleted') ?? state, problem: null };
    case 'missing':
      return {
        state: move(state, 'renewal-due') ?? move(state, 'due') ?? state,
        problem: null,
        generation: generation + 1,
      };
  }
}
