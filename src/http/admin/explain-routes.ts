/** Which profiles a device or a user gets, which not, and why. */
import { z } from 'zod';
import type { Explanation } from '../../assignments/explain.ts';
import type { explainDevice } from '../../assignments/explain-device.ts';
import type { explainUser } from '../../assignments/explain-user.ts';
import type { DeploymentStore } from '../../deployments/deployment-store.ts';
import type { DeviceId } from '../../directory/device.ts';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { UserStore } from '../../directory/user-store.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AdminScope } from './admin-scope.ts';
import { deploymentSchema } from './deployment-schemas.ts';
import { findDevice, findUser } from './directory-names.ts';
import { documented } from './documented.ts';
import { platformSchema } from './fact-schemas.ts';
import { nameParam } from './find-named.ts';
import { list } from './list-schema.ts';
import { type NamedDeployment, type NamesOfDeployments, nameDeployments } from './name-deployments.ts';

export type ExplainUseCases = Omit<NamesOfDeployments, 'devices'> & {
  readonly devices: Pick<DeviceStore, 'get' | 'findByName' | 'getMany'>;
  readonly deployments: Pick<DeploymentStore, 'byDevices'>;
  readonly users: Pick<UserStore, 'get' | 'findByPrincipalName'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly explainDevice: Bound<typeof explainDevice>;
  readonly explainUser: Bound<typeof explainUser>;
};

const explanation = {
  profile: z.object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['scep', 'trustedCertificate']),
  }),
  status: z
    .enum(['applies', 'pending', 'error', 'not-applicable', 'excluded', 'not-assigned', 'no-device'])
    .describe('error: it should be there, and cannot be filled in; no-device: the user would get it'),
  sentence: z.string().describe('What decides, for people'),
  applies: z.boolean(),
  reasons: list(
    z.looseObject({
      code: z.string(),
      path: list(z.string()).describe('Names of groups, from the one with the device or user to the assigned one'),
      text: z.string(),
    }),
  ),
  deployment: deploymentSchema
    .nullable()
    .describe('What became of it: when it renews, what of it drifts; null: the device never had it'),
  rootNotAssigned: z.boolean().describe('Its trusted certificate profile does not reach the device: it stays pending'),
};
const explanationSchema = z.object(explanation).meta({ id: 'Explanation' });
const userExplanationSchema = z
  .object({
    device: z
      .object({ id: z.string(), deviceName: z.string(), platform: platformSchema })
      .nullable()
      .describe('null: the user has none'),
    ...explanation,
  })
  .meta({ id: 'UserExplanation' });

export function registerExplainRoutes(scope: AdminScope, useCases: ExplainUseCases): void {
  scope.get(
    '/devices/:device/explain',
    documented(
      {
        permission: 'directory.read',
        tag: 'devices',
        summary: 'Which profiles a device gets and why, which not and why not',
      },
      {
        params: z.strictObject({ device: nameParam('Id or exact name') }),
        response: { 200: z.object({ items: list(explanationSchema), next: z.null() }) },
      },
    ),
    async ({ params: { device } }) => {
      const { id } = await findDevice(useCases, device);
      const deployed = await deploymentsOn(useCases, [id]);
      const items = await useCases.explainDevice({ deviceId: id });
      return {
        items: items.map((each) => view(each, deployed(id, each.profile.id), useCases.clock.now())),
        next: null,
      };
    },
  );

  scope.get(
    '/users/:user/explain',
    documented(
      {
        permission: 'directory.read',
        tag: 'users',
        summary: 'Which profiles a user gets and why, device by device',
        detail: 'Devices are those whose primary user this is. For a user without any: what would be.',
      },
      {
        params: z.strictObject({ user: nameParam('Id or user principal name') }),
        response: { 200: z.object({ items: list(userExplanationSchema), next: z.null() }) },
      },
    ),
    async ({ params: { user } }) => {
      const { id } = await findUser(useCases, user);
      const items = await useCases.explainUser({ userId: id });
      const deviceIds = items.flatMap(({ device }) => device?.id ?? []);
      const deployed = await deploymentsOn(useCases, [...new Set(deviceIds)]);
      return {
        items: items.map((each) =>
          view(each, deployed(each.device?.id ?? null, each.profile.id), useCases.clock.now()),
        ),
        next: null,
      };
    },
  );
}

/** By device and profile: the wanted one, else the latest. */
async function deploymentsOn(
  useCases: ExplainUseCases,
  deviceIds: readonly DeviceId[],
): Promise<(deviceId: DeviceId | null, profileId: string) => NamedDeployment | null> {
  const named = await nameDeployments(useCases, await useCases.deployments.byDevices(deviceIds));
  const found = Map.groupBy(named, ({ deviceId, profileId }) => `${deviceId} ${profileId}`);
  return (deviceId, profileId) => {
    const all = found.get(`${deviceId} ${profileId}`) ?? [];
    return all.find(({ wanted }) => wanted) ?? all.at(-1) ?? null;
  };
}

/** Of one that had its certificate before something came in the way. */
function keptText(deployment: NamedDeployment | null, now: number): string {
  if (deployment === null || !deployment.wanted || deployment.state === 'revoked') return '';
  const { certificateNotAfter } = deployment;
  if (certificateNotAfter === null || certificateNotAfter <= now) return '';
  const until = new Date(certificateNotAfter).toISOString().replace(/\.\d+Z$/, 'Z');
  return ` The device keeps the certificate that it has, until ${until}, and is issued no other meanwhile.`;
}

/** Reasons of every kind with all they know. */
function view<Each extends Explanation>(each: Each, deployment: NamedDeployment | null, now: number) {
  const kept = each.status === 'pending' || each.status === 'error' ? keptText(deployment, now) : '';
  return {
    ...each,
    sentence: `${each.sentence}${kept}`,
    deployment,
    reasons: each.reasons.map((reason) => ({ ...reason }) as typeof reason & Record<string, unknown>),
  };
}
