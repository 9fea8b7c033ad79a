/** `/api/v1/authorities/{authority}/rollover`: from one issuer to the next, step by step. */
import { z } from 'zod';
import type { AuthorityStore } from '../../authority/authority-store.ts';
import { type PlannedStep, rolloverSteps } from '../../authority/rollover/rollover-plan.ts';
import type { showRollover, takeRolloverStep } from '../../authority/rollover/take-rollover-step.ts';
import type { Bound } from '../../lib/bound.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { findAuthority } from './find-authority.ts';
import { nameParam } from './find-named.ts';
import { list } from './list-schema.ts';

export type RolloverUseCases = {
  readonly authorities: Pick<AuthorityStore, 'all'>;
  readonly showRollover: Bound<typeof showRollover>;
  readonly takeRolloverStep: Bound<typeof takeRolloverStep>;
};

const params = z.strictObject({ authority: nameParam('Id or slug') });
const tag = 'authorities';
const step = z.enum(rolloverSteps);

const rolloverSchema = z
  .object({
    steps: list(
      z.object({
        step,
        state: z.enum(['done', 'ready', 'blocked']),
        detail: z.string().describe('What the step does, or did'),
        lacks: z.string().nullable().describe('Why it cannot be taken yet, and what to do'),
      }),
    ),
  })
  .meta({ id: 'Rollover', description: 'The steps from one issuer of an authority to the next' });

const body = z.strictObject({
  step,
  key: z
    .enum(['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384'])
    .optional()
    .describe('Of the next issuer, for the step `next`; default: as before'),
  years: z.number().int().min(1).max(50).optional().describe('Of the next issuer; default 10, never beyond the root'),
});

export function registerRolloverRoutes(scope: AdminScope, useCases: RolloverUseCases): void {
  scope.get(
    '/authorities/:authority/rollover',
    documented(
      { permission: 'authority.read', tag, summary: 'Show how far a rollover is, and what its next step would do' },
      { params, response: { 200: rolloverSchema } },
    ),
    async ({ params }) => view(await useCases.showRollover((await findAuthority(useCases, params.authority)).id)),
  );

  scope.post(
    '/authorities/:authority/rollover',
    documented(
      {
        permission: 'authority.write',
        tag,
        summary: 'Take one step of a rollover',
        detail:
          'In order: `next` makes the next issuer, `announce` tells SCEP clients, `distribute` makes trusted certificate profiles, `switch` issues with it from then on, `finish` removes the old key. A step that was taken is left alone, so that it may be repeated; one that lacks something is refused with `rollover-blocked`.',
      },
      { params, body, response: { 200: rolloverSchema } },
    ),
    async (request) => {
      const { id } = await findAuthority(useCases, request.params.authority);
      const { step, key, years } = request.body;
      return view(
        await useCases.takeRolloverStep({
          authorityId: id,
          step,
          ...(key !== undefined && { key }),
          ...(years !== undefined && { years }),
          cause: causeOf(request),
        }),
      );
    },
  );
}

function view(steps: readonly PlannedStep[]) {
  return { steps: [...steps] };
}
