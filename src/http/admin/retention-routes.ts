/** `/api/v1/settings/retention`: how long things are kept after they have served. */
import { z } from 'zod';
import type { Cause } from '../../events/event.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Pruned } from '../../lifecycle/retention/apply-retention.ts';
import type { RetentionStore } from '../../lifecycle/retention/retention.ts';
import type { saveRetention } from '../../lifecycle/retention/save-retention.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';

export type RetentionUseCases = {
  readonly retention: Pick<RetentionStore, 'get'>;
  readonly saveRetention: Bound<typeof saveRetention>;
  readonly applyRetention: (cause: Cause) => Promise<Pruned>;
};

const days = z.number().int().min(0);
const count = z.number().int();
const fields = <T extends z.ZodType>(of: (text: string) => T) => ({
  events: of('after they happened, the audit log among them'),
  scepTransactions: of('after they happened'),
  challenges: of('after they expired'),
  certificates: of('after their end of validity; never while they are needed'),
});
const settingSchema = z.object(fields((text) => days.describe(`Days ${text}; 0: for ever`))).meta({ id: 'Retention' });
const changeSchema = z.strictObject(fields((text) => days.exactOptional().describe(`Days ${text}; 0: for ever`)));
const prunedSchema = z.object(fields(() => count)).meta({ id: 'Pruned' });
const tag = 'settings';

export function registerRetentionRoutes(scope: AdminScope, useCases: RetentionUseCases): void {
  scope.get(
    '/settings/retention',
    documented(
      { permission: 'settings.read', tag, summary: 'How long things are kept' },
      { response: { 200: settingSchema } },
    ),
    () => useCases.retention.get(),
  );

  scope.patch(
    '/settings/retention',
    documented(
      {
        permission: 'settings.write',
        tag,
        summary: 'Change how long things are kept',
        detail: 'Only what is said changes. What is older goes within six hours, or at once by a run.',
      },
      { body: changeSchema, response: { 200: settingSchema } },
    ),
    (request) => useCases.saveRetention({ change: request.body, cause: causeOf(request) }),
  );

  scope.post(
    '/settings/retention/run',
    documented(
      {
        permission: 'settings.write',
        tag,
        summary: 'Remove now what is old enough',
        detail:
          'Answers how many of each. A repeat goes on where one was interrupted. 409 `retention-running` while another runs.',
      },
      { response: { 200: prunedSchema } },
    ),
    (request) => useCases.applyRetention(causeOf(request)),
  );
}
