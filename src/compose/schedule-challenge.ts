import { isDue } from '../deployments/deployment.ts';
import { firstPossible } from '../deployments/state-table.ts';
import type { ScheduleChallenge } from '../enrollment/renew.ts';
import type { Foundation } from './foundation.ts';

/** The next check-in makes a challenge for what is due: here it becomes due, unless it is already. */
export function scheduleChallenge({ store, clock }: Foundation): ScheduleChallenge {
  return async (deployment, by) => {
    if (isDue(deployment)) return;
    await store.transact(async () => {
      const generation = deployment.generation + 1;
      const cause = firstPossible(deployment.state, 'renewal-due');
      if (!(await store.deployments.move(deployment, { cause, generation, at: clock.now() }))) return;
      await store.events.append([
        {
          type: 'deployment.changed',
          cause: by,
          subjects: [
            { kind: 'deployment', id: deployment.id },
            { kind: 'device', id: deployment.deviceId },
            { kind: 'profile', id: deployment.profileId },
          ],
          data: { finding: 'expectation-changed', generation },
        },
      ]);
    });
  };
}
