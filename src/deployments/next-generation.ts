/** How the next certificate of a deployment becomes due. Pure. */
import type { Deployment } from './deployment.ts';
import type { DeploymentMove } from './deployment-store.ts';
import { dueCause } from './due-cause.ts';
import { firstPossible } from './state-table.ts';

/**
 * A renewal while the old one serves, else a fresh request. Where none can be made (a variable has no value) the deployment
 * says so and why, until the directory is mended. `fillable`: it has an expectation.
 */
export function nextGeneration(
  { state, problem, generation }: Pick<Deployment, 'state' | 'problem' | 'generation'>,
  { renewal, fillable }: { readonly renewal: boolean; readonly fillable: boolean },
): Required<Pick<DeploymentMove, 'cause' | 'problem' | 'generation'>> {
  if (!fillable) return { cause: firstPossible(state, dueCause(problem)), problem, generation: generation + 1 };
  const cause = firstPossible(state, ...(renewal ? (['renewal-due'] as const) : []), 'due');
  return { cause, problem: null, generation: generation + 1 };
}
