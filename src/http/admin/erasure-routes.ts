/** `/api/v1/users/{user}/erasure`: a person is taken out of what is kept. */
import { z } from 'zod';
import type { Cause } from '../../events/event.ts';
import type { Erasure } from '../../lifecycle/erasure/erasure.ts';
import type { Person } from '../../lifecycle/erasure/find-person.ts';
import { type PersonalName, textPlaces } from '../../lifecycle/erasure/personal-texts.ts';
import { causeOf, demand, demandEverything } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { nameParam } from './find-named.ts';
import { time } from './list-schema.ts';

export type ErasureUseCases = {
  readonly previewErasure: (user: string) => Promise<
    Person & {
      readonly pseudonym: string;
      readonly counts: Readonly<Record<string, number>>;
      readonly stays: readonly PersonalName[];
    }
  >;
  readonly eraseUser: (input: {
    readonly user: string;
    readonly confirm: string;
    readonly cause: Cause;
  }) => Promise<Erasure>;
};

const countsSchema = z.record(z.string(), z.number().int()).describe(`Rows by place: events, ${textPlaces.join(', ')}`);
const previewSchema = z
  .object({
    userId: z.string(),
    userPrincipalName: z.string().nullable().describe('null: removed from the directory before'),
    pseudonym: z.string().describe('What will stand where their names stand'),
    devices: z.number().int(),
    counts: countsSchema,
    stays: z
      .array(z.object({ kind: z.string(), id: z.string(), name: z.string() }))
      .readonly()
      .describe('What people wrote that names the person and stays as it is: change it first. At most 100'),
  })
  .meta({ id: 'ErasurePreview' });
const erasureSchema = z
  .object({
    id: z.string(),
    userId: z.string(),
    pseudonym: z.string(),
    changed: countsSchema,
    begunAt: time,
    endedAt: time.nullable().describe('null: begun, and finished within minutes'),
  })
  .meta({ id: 'Erasure' });
const params = z.strictObject({ user: nameParam('Id or user principal name, also of one that was removed') });
const tag = 'users';
const detail =
  'Also needs `settings.write`. The DER of certificates stays until their retention: it is signed. Device names stay: change them first where they name a person.';

export function registerErasureRoutes(scope: AdminScope, useCases: ErasureUseCases): void {
  scope.get(
    '/users/:user/erasure',
    documented(
      { permission: 'directory.write', tag, summary: 'What an erasure of a person would change', detail },
      { params, response: { 200: previewSchema } },
    ),
    async (request) => {
      demand(request, 'settings.write');
      demandEverything('An erasure');
      const { userId, user, traces, pseudonym, counts, stays } = await useCases.previewErasure(request.params.user);
      const userPrincipalName = user?.userPrincipalName ?? null;
      return { userId, userPrincipalName, pseudonym, devices: traces.deviceIds.length, counts, stays };
    },
  );

  scope.post(
    '/users/:user/erasure',
    documented(
      {
        permission: 'directory.write',
        tag,
        summary: 'Erase a person: the directory forgets them, a pseudonym takes the place of their names',
        detail: `${detail} It cannot be undone, and seals over events hold. A repeat is not needed: what was begun is finished.`,
      },
      {
        params,
        body: z.strictObject({ confirm: z.string().min(1).max(400).describe('The user principal name once more') }),
        response: { 200: erasureSchema },
      },
    ),
    async (request) => {
      demand(request, 'settings.write');
      demandEverything('An erasure');
      const input = { user: request.params.user, confirm: request.body.confirm, cause: causeOf(request) };
      const { id, userId, pseudonym, progress, begunAt, endedAt } = await useCases.eraseUser(input);
      return { id, userId, pseudonym, changed: progress, begunAt, endedAt };
    },
  );
}
