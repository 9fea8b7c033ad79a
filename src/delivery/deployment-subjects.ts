import type { Deployment } from '../deployments/deployment.ts';
import type { Subject } from '../events/event.ts';

/** What an event about a deployment concerns. */
export function deploymentSubjects(deployment: Pick<Deployment, 'id' | 'deviceId' | 'profileId'>): Subject[] {
  return [
    { kind: 'deployment', id: deployment.id },
    { kind: 'device', id: deployment.deviceId },
    { kind: 'profile', id: deployment.profileId },
  ];
}
