import { isDue } from '../deployments/deployment.ts';
import { move } from '../deployments/state-table.ts';
import type { ScheduleChallenge } from '../enrollment/renew.ts';
import type { Foundation } from './foundation.ts';

/** The next check-in makes a challenge for what is due: here it becomes due, unless it is already. */
export function scheduleChallenge({ store, clock }: Foundation): ScheduleChallenge {
  return async (deployment, cause) => {
    if (isDue(deployment)) return;
    await store.transact(async () => {
      const generation = deployment.generation + 1;
      const state = move(deployment.state, 'renewal-due') ?? deployment.state;
      if (!(await store.deployments.move(deployment, { state, generation, updatedAt: clock.now() }))) return;
      await store.events.append([
        {
          type: 'deployment.changed',
          cause,
          subjects: [
            { kind: 'deployment', id: deployment.id },
            { kind: 'device', id: deployment.deviceId },
          ],
          data: { finding: 'expectation-changed', generation },
        },
      ]);
    });
  };
}
