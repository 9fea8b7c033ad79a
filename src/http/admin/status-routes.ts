/** `/api/v1/status`: the numbers of an overview. */
import { z } from 'zod';
import type { DirtyQueue } from '../../directory/dirty-queue.ts';
import type { PendingRequestStore } from '../../enrollment/pending-request.ts';
import type { Clock } from '../../lib/clock.ts';
import type { CertificateInventory } from '../../reporting/certificate-inventory.ts';
import type { OverviewStore } from '../../reporting/overview-store.ts';
import type { AdminScope } from './admin-scope.ts';
import { deploymentStateSchema } from './deployment-schemas.ts';
import { documented } from './documented.ts';
import { platformSchema } from './fact-schemas.ts';
import { list } from './list-schema.ts';

export type StatusUseCases = {
  readonly overview: OverviewStore;
  readonly certificateInventory: Pick<CertificateInventory, 'summary'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'size'>;
  readonly pendingRequests: Pick<PendingRequestStore, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
};

const everything = { profileId: null, platform: null };
const count = z.number().int();
const statusSchema = z
  .object({
    deployments: list(
      z.object({ profileId: z.string(), state: deploymentStateSchema, wanted: z.boolean(), count }),
    ).describe('By profile and state'),
    devices: list(z.object({ platform: platformSchema, count })).describe('Not the retired ones'),
    certificates: z.object({ valid: count, expired: count, revoked: count }).describe('Of devices'),
    reconciling: count.describe('Devices whose deployments are being brought up to date'),
    waitingApprovals: count.describe('At most 1000'),
  })
  .meta({ id: 'Status' });

export function registerStatusRoutes(scope: AdminScope, useCases: StatusUseCases): void {
  scope.get(
    '/status',
    documented(
      { permission: 'deployments.read', tag: 'status', summary: 'Counts for an overview' },
      { response: { 200: statusSchema } },
    ),
    async () => ({
      deployments: await useCases.overview.deployments(),
      devices: await useCases.overview.devices(),
      certificates: (await useCases.certificateInventory.summary(everything, useCases.clock.now(), [])).states,
      reconciling: await useCases.dirtyQueue.size(),
      waitingApprovals: (await useCases.pendingRequests.list('waiting', 1000)).length,
    }),
  );
}
