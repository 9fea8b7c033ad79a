import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentMove, DeploymentStore } from '../deployments/deployment-store.ts';
import { nextGeneration } from '../deployments/next-generation.ts';
import { firstPossible } from '../deployments/state-table.ts';
import type { Device } from '../directory/device.ts';
import type { EventLog } from '../events/event-log.ts';
import type { HeldItem } from '../formats/agent/check-in-message.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import { deploymentSubjects } from './deployment-subjects.ts';
import { deviceCause } from './device-cause.ts';
import type { InstalledCertificates } from './installed-certificates.ts';
import { type SupersedeDeps, supersede } from './supersede.ts';

export type TakeInventoryDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly deployments: DeploymentStore;
  readonly certificates: InstalledCertificates;
  readonly profiles: SupersedeDeps['profiles'];
  readonly events: EventLog;
};

export type InventoryFinding =
  | 'in-place'
  /** A certificate of ours that should be there is not: the next one is due. */
  | 'missing'
  /** The current one is to be renewed by now, and no sweep has come by since. */
  | 'renewal-due'
  /** Nothing of an unwanted deployment is left on the device. */
  | 'gone'
  | 'nothing-new';

/**
 * What the inventory says about one deployment, `now` in ms. Pure. `thumbprint256`: of the current certificate; null: none,
 * or revoked.
 */
export function judgeHeld(
  deployment: Deployment,
  held: HeldItem | undefined,
  thumbprint256: string | null,
  now: number,
): InventoryFinding {
  // A revoked certificate's deployment says so for good.
  if (!deployment.wanted)
    return held === undefined && deployment.state !== 'deleted' && deployment.state !== 'revoked'
      ? 'gone'
      : 'nothing-new';
  // Trusted certificates go out with every check-in, so one that is missing comes back by itself.
  if (deployment.kind !== 'scep' || deployment.issuedGeneration !== deployment.generation) return 'nothing-new';
  const { renewAt, expectation } = deployment;
  if (expectation !== null && renewAt !== null && renewAt <= now) return 'renewal-due';
  if (thumbprint256 === null) return 'nothing-new';
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
        return { deployment, finding: judgeHeld(deployment, held.get(deployment.id), thumbprint, deps.clock.now()) };
      })
      .filter((found): found is Found => found.finding !== 'nothing-new');
  };
  // Most devices hold what they should, and take no turn of the writer for that.
  if ((await look(input.deployments)).length === 0) return input.deployments;
  return deps.transact(async () => {
    const now = deps.clock.now();
    for (const { deployment, finding } of await look(await again())) {
      const { currentCertificateId } = deployment;
      const moved = { ...after(deployment, finding), at: now };
      if (!(await deps.deployments.move(deployment, moved))) continue;
      if (finding === 'in-place' && currentCertificateId !== null)
        if (await deps.certificates.markInstalled(currentCertificateId, now))
          await supersede(deps, { deployment, now, cause });
      const type = 'generation' in moved ? 'deployment.changed' : 'deployment.reported';
      const data = { finding, generation: moved.generation ?? deployment.generation, cause: moved.cause };
      await deps.events.append([{ type, cause, subjects: deploymentSubjects(deployment), data }]);
    }
    return again();
  });
}

type Found = { readonly deployment: Deployment; readonly finding: Exclude<InventoryFinding, 'nothing-new'> };

function after(
  deployment: Deployment,
  finding: Found['finding'],
): Required<Pick<DeploymentMove, 'cause' | 'problem'>> & Pick<DeploymentMove, 'generation'> {
  switch (finding) {
    case 'in-place':
      return { cause: firstPossible(deployment.state, 'installed'), problem: null };
    case 'gone':
      return { cause: firstPossible(deployment.state, 'deleted'), problem: null };
    case 'missing':
    case 'renewal-due':
      return nextGeneration(deployment, { renewal: true, fillable: deployment.expectation !== null });
  }
}
