/** Carries out a mass removal that was confirmed. What is wanted again by now stays. */
import type { DeploymentId } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { Cause } from '../events/event.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { Removal, RemovalCaseId } from './removal.ts';
import type { RemovalCaseStore } from './removal-case-store.ts';

export const removalJobKind = 'removal';

export type RemovalJobDeps = {
  readonly removalCases: Pick<RemovalCaseStore, 'items' | 'sizes'>;
  readonly deployments: Pick<DeploymentStore, 'get'>;
  /** `reconcileConfirmed`, bound: answers which of them are removed. */
  readonly carryOut: (
    removals: readonly Pick<Removal, 'id' | 'deviceId'>[],
    cause: Cause,
  ) => Promise<ReadonlySet<DeploymentId>>;
  /** Revocations are due. */
  readonly afterBatch: () => void;
};

export function removalJob(deps: RemovalJobDeps): JobKind {
  const { removalCases } = deps;
  const caseOf = (input: unknown) => (input as { readonly caseId: RemovalCaseId }).caseId;
  return {
    count: async (input) => (await removalCases.sizes([caseOf(input)])).get(caseOf(input)) ?? 0,
    async next(input, cursor, limit) {
      const items = await removalCases.items(caseOf(input), cursor as DeploymentId | null, limit);
      return items.map(({ id }) => ({ id, cursor: id }));
    },
    async work(_input, items, cause) {
      const held: Pick<Removal, 'id' | 'deviceId'>[] = [];
      for (const { id } of items) {
        const deployment = await deps.deployments.get(id as DeploymentId);
        if (deployment?.removal === 'held') held.push(deployment);
      }
      const removed = await deps.carryOut(held, cause);
      return items.map(({ id }) => ({ kind: removed.has(id as DeploymentId) ? 'done' : 'skipped' }));
    },
    afterBatch: deps.afterBatch,
  };
}
