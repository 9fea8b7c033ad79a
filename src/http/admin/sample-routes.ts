/** `/api/v1/sample-organisation`: an installation that has nothing yet, filled to look around in. */
import { z } from 'zod';
import { demandEverything } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';

type State = z.infer<typeof stateSchema>;

export type SampleUseCases = {
  readonly sample: { state(): Promise<State>; load(): Promise<State> };
};

const count = z.number().int();
const stateSchema = z
  .object({
    state: z
      .enum(['open', 'running', 'done', 'failed', 'closed'])
      .describe('`open`: it can be loaded; `closed`: something else is here already'),
    step: z.enum(['directory', 'devices']),
    done: count.describe('Devices that have called'),
    total: count,
    enrolled: count.describe('Certificates that were issued'),
    detail: z.string().nullable().describe('Why it failed'),
  })
  .meta({ id: 'SampleOrganisation' });

const tag = 'settings';

export function registerSampleRoutes(scope: AdminScope, useCases: SampleUseCases): void {
  scope.get(
    '/sample-organisation',
    documented(
      { permission: 'settings.read', tag, summary: 'Whether the sample organisation is here, or how far it is' },
      { response: { 200: stateSchema } },
    ),
    () => useCases.sample.state(),
  );

  scope.post(
    '/sample-organisation',
    documented(
      {
        permission: 'settings.write',
        tag,
        summary: 'Load the sample organisation',
        detail:
          'Into an installation with an authority and nothing else: users, groups, devices, profiles and assignments; then its devices, simulated, join and enrol over real HTTP and SCEP. It answers at once and goes on. Begun again after it was cut off, it goes on where it was.',
      },
      { response: { 202: stateSchema } },
    ),
    async (_request, reply) => {
      demandEverything('The sample organisation');
      const state = await useCases.sample.load();
      reply.code(202);
      return state;
    },
  );
}
