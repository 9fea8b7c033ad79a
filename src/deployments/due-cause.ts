import type { DeploymentCause, DeploymentProblem } from './deployment.ts';

/** The seed: "a device must have also received the trusted certificate profile". It resolves by itself once it has. */
export const rootNotAssigned: DeploymentProblem = {
  code: 'root-not-assigned',
  detail:
    'The trusted certificate profile that this SCEP profile refers to does not reach this device. Assign both to the same groups.',
  unresolved: [],
};

/** What an enrolment that is due begins with: what has no value is an error, what waits for the root is not. */
export function dueCause(problem: DeploymentProblem | null): DeploymentCause {
  return problem !== null && problem.code !== rootNotAssigned.code ? 'expectation-failed' : 'due';
}
