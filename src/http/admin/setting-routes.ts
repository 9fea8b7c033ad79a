/** `/api/v1/settings`: what concerns the whole installation. */
import { z } from 'zod';
import type { CadenceStore } from '../../delivery/cadence.ts';
import type { saveCadence } from '../../delivery/save-cadence.ts';
import type { Bound } from '../../lib/bound.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { list } from './list-schema.ts';

export type SettingUseCases = {
  readonly cadence: Pick<CadenceStore, 'get'>;
  readonly saveCadence: Bound<typeof saveCadence>;
};

const milliseconds = z.number().int().describe('Milliseconds');
const phase = { until: milliseconds.describe('Milliseconds after joining'), every: milliseconds };
const usual = 'null: as is usual on each platform';
const cadenceSchema = z.strictObject({
  cadence: z
    .strictObject({ early: z.array(z.strictObject(phase)).max(20), steady: milliseconds })
    .nullable()
    .describe(usual),
});
const answerSchema = z
  .object({
    cadence: z
      .object({ early: list(z.object(phase)), steady: milliseconds })
      .nullable()
      .describe(usual),
  })
  .meta({ id: 'CadenceSetting' });
const tag = 'settings';

export function registerSettingRoutes(scope: AdminScope, useCases: SettingUseCases): void {
  scope.get(
    '/settings/cadence',
    documented(
      { permission: 'settings.read', tag, summary: 'How often agents check in' },
      { response: { 200: answerSchema } },
    ),
    async () => ({ cadence: await useCases.cadence.get() }),
  );

  scope.put(
    '/settings/cadence',
    documented(
      {
        permission: 'settings.write',
        tag,
        summary: 'Change how often agents check in',
        detail: 'Agents that are connected learn it at once.',
      },
      { body: cadenceSchema, response: { 200: answerSchema } },
    ),
    async (request) => {
      const { cadence } = request.body;
      await useCases.saveCadence({ cadence, cause: causeOf(request) });
      return { cadence };
    },
  );
}
