/** `/api/v1/held-changes`: what waits for a second administrator, and its setting. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  type concludeHeldChange,
  type decideHeldChange,
  expectHeldChange,
  type HeldDecision,
} from '../../access/decide-held-change.ts';
import {
  type HeldChange,
  type HeldChangeId,
  type HeldChangeStore,
  heldChangeStates,
  type SecondApprovalStore,
} from '../../access/held-change.ts';
import { mostWaiting } from '../../access/hold-change.ts';
import type { Principal } from '../../access/principal.ts';
import type { saveSecondApproval } from '../../access/save-second-approval.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Clock } from '../../lib/clock.ts';
import { callerOf, causeOf, demandEverything } from '../caller.ts';
import { carryOutAs } from '../carried-out.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { actorSchema } from './event-schemas.ts';
import { list, time } from './list-schema.ts';
import { fingerprintNow, type SecondApprovalUseCases } from './second-approval.ts';

export type HeldChangeUseCases = SecondApprovalUseCases & {
  readonly clock: Pick<Clock, 'now'>;
  readonly heldChanges: Pick<HeldChangeStore, 'get' | 'newest'>;
  readonly secondApproval: Pick<SecondApprovalStore, 'get'>;
  readonly decideHeldChange: Bound<typeof decideHeldChange>;
  readonly concludeHeldChange: Bound<typeof concludeHeldChange>;
  readonly saveSecondApproval: Bound<typeof saveSecondApproval>;
  /** As who asked is now; null: they are not there any more. */
  askerNow(change: HeldChange): Promise<Principal | null>;
};

const states = [...heldChangeStates, 'expired'] as const;
const changeSchema = z
  .object({
    id: z.string(),
    operation: z.string().describe('Such as `delete-profile`'),
    askedBy: actorSchema.describe('Carried out it is their change'),
    own: z.boolean().describe('Whoever asks for this list, or a token of theirs, asked for it'),
    request: z.object({ method: z.string(), url: z.string() }),
    deployments: z
      .number()
      .int()
      .nullable()
      .describe('Issued anew, revoked or taken away, as it was when it was asked for; null: not counted'),
    state: z.enum(states).describe('stale: what it is about had changed meanwhile, and nothing was done'),
    decidedBy: actorSchema.nullable(),
    decidedAt: time.nullable(),
    outcome: z
      .object({ status: z.number().int(), code: z.string().nullable(), detail: z.string().nullable() })
      .nullable(),
    createdAt: time,
    expiresAt: time,
  })
  .meta({ id: 'HeldChange' });
const shownSchema = changeSchema
  .extend({ request: z.object({ method: z.string(), url: z.string(), body: z.unknown() }) })
  .meta({ id: 'ShownHeldChange' });
const settingSchema = z
  .strictObject({
    deployments: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .nullable()
      .describe('So many or more need a second administrator; null: none ever do'),
    hours: z.number().int().min(1).max(720).default(72).describe('How long a change waits'),
  })
  .meta({ id: 'SecondApproval' });
const params = z.strictObject({ heldChange: z.string().min(1).max(100) });
const tag = 'second approval';

export function registerHeldChangeRoutes(scope: AdminScope, useCases: HeldChangeUseCases, app: FastifyInstance): void {
  scope.get(
    '/held-changes',
    documented(
      { permission: 'removals.decide', tag, summary: 'List changes that wait, or waited, for a second administrator' },
      { response: { 200: z.object({ items: list(changeSchema), next: z.null() }) } },
    ),
    async (request) => {
      demandEverything('What waits for a second administrator');
      const person = await useCases.personOf(callerOf(request));
      const items = await useCases.heldChanges.newest(mostWaiting);
      return { items: items.map((each) => view(useCases, each, person)), next: null };
    },
  );

  scope.get(
    '/held-changes/:heldChange',
    documented(
      {
        permission: 'removals.decide',
        tag,
        summary: 'Show a change that waits, or waited, with what exactly was asked for',
      },
      { params, response: { 200: shownSchema } },
    ),
    async (request) => {
      demandEverything('What waits for a second administrator');
      const found = await expectHeldChange(useCases.heldChanges, request.params.heldChange as HeldChangeId);
      const shown = view(useCases, found, await useCases.personOf(callerOf(request)));
      return { ...shown, request: { ...shown.request, body: found.request.body } };
    },
  );

  scope.post(
    '/held-changes/:heldChange/decision',
    documented(
      {
        permission: 'removals.decide',
        tag,
        summary: 'Approve a change that waits, and have it carried out; reject it; withdraw one’s own',
        detail:
          'Never by whoever asked, nor by a token of theirs (403 `own-change`). It is carried out at once as the asker’s, with what they may do now; where what it is about has changed since, nothing is done and its state is `stale`. The answer tells what became of it.',
      },
      {
        params,
        body: z.strictObject({ decision: z.enum(['approved', 'rejected', 'withdrawn']) }),
        response: { 200: changeSchema },
      },
    ),
    async (request) => {
      demandEverything('What waits for a second administrator');
      const by = callerOf(request);
      const person = await useCases.personOf(by);
      const cause = causeOf(request);
      const id = request.params.heldChange as HeldChangeId;
      const decision: HeldDecision = request.body.decision;
      const decided = await useCases.decideHeldChange({ id, decision, by, person, cause });
      if (decision !== 'approved') return view(useCases, decided, person);
      const { state, outcome } = await carryOut(app, useCases, decided, by);
      return view(useCases, await useCases.concludeHeldChange({ change: decided, state, outcome, cause }), person);
    },
  );

  scope.get(
    '/settings/second-approval',
    documented(
      { permission: 'settings.read', tag: 'settings', summary: 'From when on changes need a second administrator' },
      { response: { 200: settingSchema } },
    ),
    () => useCases.secondApproval.get(),
  );

  scope.put(
    '/settings/second-approval',
    documented(
      {
        permission: 'settings.write',
        tag: 'settings',
        summary: 'Change from when on changes need a second administrator',
        detail: 'Once it is on, this needs one as well.',
      },
      { body: settingSchema, response: { 200: settingSchema } },
    ),
    (request) => useCases.saveSecondApproval({ setting: request.body, cause: causeOf(request) }),
  );
}

type Outcome = {
  readonly state: 'done' | 'failed' | 'stale';
  readonly outcome: NonNullable<HeldChange['outcome']>;
};

/** POSTs carry a key of their own: what was interrupted and is approved again is done once. */
async function carryOut(
  app: FastifyInstance,
  useCases: HeldChangeUseCases,
  change: HeldChange,
  approver: Principal,
): Promise<Outcome> {
  const asker = await useCases.askerNow(change);
  if (asker === null)
    return failed('asker-gone', 'Whoever asked for it may not do anything here any more. Ask for it yourself.');
  if ((await fingerprintNow(app, change)) !== change.fingerprint) return stale;
  const { method, url, body, ifMatch } = change.request;
  const principal = { ...asker, name: `${asker.name} (approved by ${approver.name})` };
  const answer = await carryOutAs(principal, () =>
    app.inject({
      method: method as 'POST',
      url,
      headers: {
        ...(ifMatch !== null && { 'if-match': ifMatch }),
        ...(method === 'POST' && { 'idempotency-key': `held-change-${change.id}` }),
      },
      ...(body !== null && { payload: body as object }),
    }),
  );
  const status = answer.statusCode;
  if (status < 400) return { state: 'done', outcome: { status, code: null, detail: null } };
  const { code = null, detail = null } = answer.json<{ code?: string; detail?: string }>();
  return { state: status === 412 ? 'stale' : 'failed', outcome: { status, code, detail } };
}

const stale: Outcome = {
  state: 'stale',
  outcome: {
    status: 412,
    code: 'changed-meanwhile',
    detail: 'What it is about has changed since it was asked for, so nothing was done. Look at it again and ask anew.',
  },
};

function failed(code: string, detail: string): Outcome {
  return { state: 'failed', outcome: { status: 403, code, detail } };
}

function view(
  { clock }: Pick<HeldChangeUseCases, 'clock'>,
  { asker, request, fingerprint: _, ...change }: HeldChange,
  person: string,
) {
  const { method, url } = request;
  const { kind, id, name } = asker;
  const state = change.state === 'waiting' && change.expiresAt <= clock.now() ? ('expired' as const) : change.state;
  return {
    ...change,
    state,
    askedBy: { kind, id, name },
    own: asker.person === person,
    request: { method, url },
  };
}
