/** `/api/v1/deployments`: what is pending, issued, renewed, in error, removed. */
import { z } from 'zod';
import type { Deployment, DeploymentId, DeploymentState } from '../../deployments/deployment.ts';
import type { DeploymentStore } from '../../deployments/deployment-store.ts';
import type { ScepTransactionLog } from '../../events/scep-transaction.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import type { reIssue } from '../../lifecycle/re-issue.ts';
import type { deploymentTimeline } from '../../reporting/deployment-timeline.ts';
import type { AdminScope } from './admin-scope.ts';
import { deploymentSchema, deploymentStateSchema } from './deployment-schemas.ts';
import { type DirectoryNames, findDevice } from './directory-names.ts';
import { documented } from './documented.ts';
import { scepTransactionSchema } from './event-schemas.ts';
import { nameParam } from './find-named.ts';
import { findProfile, type ProfileNames } from './find-profile.ts';
import { list } from './list-schema.ts';
import { type NamedDeployment, type NamesOfDeployments, nameDeployments } from './name-deployments.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import { deploymentTimelineSchema } from './timeline-schemas.ts';

export type DeploymentUseCases = Pick<DirectoryNames, 'devices'> &
  NamesOfDeployments &
  ProfileNames & {
    readonly deployments: Pick<DeploymentStore, 'get' | 'list'>;
    readonly scepTransactions: Pick<ScepTransactionLog, 'listByDeployment'>;
    readonly deploymentTimeline: Bound<typeof deploymentTimeline>;
    readonly reIssue: Bound<typeof reIssue>;
    readonly once: Once;
  };

const statesSchema = z
  .string()
  .max(1000)
  .transform((text, context): DeploymentState[] => {
    const states: DeploymentState[] = [];
    for (const name of text.split(',')) {
      const state = deploymentStateSchema.safeParse(name.trim());
      if (state.success) states.push(state.data);
      else context.addIssue({ code: 'custom', message: `There is no state “${name.trim()}”` });
    }
    return states;
  })
  .describe('States, separated by commas');

const query = pageQuery.extend({
  profile: nameParam('Id, slug or exact name').optional(),
  device: nameParam('Id or exact name').optional(),
  states: statesSchema.optional(),
  drifted: z.literal('true').optional().describe('Those whose certificate says something else than the directory'),
});
const params = z.strictObject({ deployment: z.string().min(1).max(100) });
const tag = 'deployments';

export function registerDeploymentRoutes(scope: AdminScope, useCases: DeploymentUseCases): void {
  scope.get(
    '/deployments',
    documented(
      { permission: 'deployments.read', tag, summary: 'List deployments, newest first' },
      { querystring: query, response: { 200: pageSchema(deploymentSchema) } },
    ),
    async ({ query }) => {
      const { profile, device, states = null } = query;
      const drifted = query.drifted !== undefined;
      const profileId = profile === undefined ? null : (await findProfile(useCases, profile)).id;
      const deviceId = device === undefined ? null : (await findDevice(useCases, device)).id;
      const { items, next } = await useCases.deployments.list({ profileId, deviceId, states, drifted }, pageOf(query));
      return { items: await nameDeployments(useCases, items), next };
    },
  );

  scope.get(
    '/deployments/:deployment',
    documented(
      { permission: 'deployments.read', tag, summary: 'Show a deployment' },
      { params, response: { 200: deploymentSchema } },
    ),
    async ({ params: { deployment } }) => named(useCases, await find(useCases, deployment)),
  );

  scope.get(
    '/deployments/:deployment/timeline',
    documented(
      {
        permission: 'events.read',
        tag,
        summary: 'What happened to a deployment, step by step',
        detail:
          'From the policy that was delivered to the certificate that was installed, renewed or revoked: with node, duration, client address and algorithms, and on a failure expected beside received, the reason and what to do. `findings` say what is wrong by what is missing. The latest 400 events and SCEP requests.',
      },
      { params, response: { 200: deploymentTimelineSchema } },
    ),
    async ({ params: { deployment } }) => {
      const found = await useCases.deploymentTimeline({ deploymentId: deployment as DeploymentId });
      return { ...found, deployment: await named(useCases, found.deployment) };
    },
  );

  scope.get(
    '/deployments/:deployment/transactions',
    documented(
      { permission: 'events.read', tag, summary: 'The latest SCEP requests of a deployment, newest first' },
      { params, response: { 200: z.object({ items: list(scepTransactionSchema), next: z.null() }) } },
    ),
    async ({ params: { deployment } }) => {
      const { id } = await find(useCases, deployment);
      return { items: await useCases.scepTransactions.listByDeployment(id, 200), next: null };
    },
  );

  scope.post(
    '/deployments/:deployment/re-issue',
    documented(
      {
        permission: 'deployments.write',
        tag,
        summary: 'Have a new certificate issued',
        headers: ['idempotency-key'],
        detail:
          'At the next check-in; until then the old one serves. Where one is due already nothing changes, unless its request was rejected: then the device asks anew.',
      },
      { params, response: { 200: deploymentSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 200 }, async (cause) => {
        const deploymentId = request.params.deployment as DeploymentId;
        return named(useCases, await useCases.reIssue({ deploymentId, cause }));
      }),
  );
}

async function find({ deployments }: Pick<DeploymentUseCases, 'deployments'>, id: string) {
  const deployment = await deployments.get(id as DeploymentId);
  if (deployment !== null) return deployment;
  throw new Failure('not-found', 'deployment-not-found', 'There is no such deployment.', { deployment: id });
}

async function named(names: NamesOfDeployments, deployment: Deployment): Promise<NamedDeployment> {
  const [found] = await nameDeployments(names, [deployment]);
  return found as NamedDeployment;
}
