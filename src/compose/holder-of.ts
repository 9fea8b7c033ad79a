import type { RevokeDeps } from '../authority/revoke.ts';
import type { DeploymentId } from '../deployments/deployment.ts';
import type { Store } from '../store/store.ts';

/** Device and profile of a certificate, which the authority knows by its deployment only. */
export function holderOf({ deployments }: Pick<Store, 'deployments'>): RevokeDeps['holderOf'] {
  return async (deploymentId) => {
    const deployment = await deployments.get(deploymentId as DeploymentId);
    return deployment === null
      ? []
      : [
          { kind: 'device', id: deployment.deviceId },
          { kind: 'profile', id: deployment.profileId },
        ];
  };
}
