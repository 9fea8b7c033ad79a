/** `/api/v1/events`: everything that happened, newest first. */
import { z } from 'zod';
import { type EventType, eventTypes, subjectKinds } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { Failure } from '../../lib/failure.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { eventSchema } from './event-schemas.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';

export type EventUseCases = { readonly events: Pick<EventLog, 'list'> };

export const eventTypesSchema = z
  .string()
  .max(2000)
  .transform((text, context) => {
    const names = text.split(',').map((name) => name.trim());
    for (const name of names)
      if (!(eventTypes as readonly string[]).includes(name))
        context.addIssue({ code: 'custom', message: `There is no event type “${name}”` });
    return names as EventType[];
  })
  .describe('Event types, separated by commas');

const query = pageQuery.extend({
  subjectKind: z.enum(subjectKinds).optional().describe('Together with `subjectId`'),
  subjectId: z.string().min(1).max(100).optional(),
  types: eventTypesSchema.optional(),
});

export function registerEventRoutes(scope: AdminScope, useCases: EventUseCases): void {
  scope.get(
    '/events',
    documented(
      { permission: 'events.read', tag: 'events', summary: 'List events, newest first' },
      { querystring: query, response: { 200: pageSchema(eventSchema) } },
    ),
    ({ query }) => {
      const { subjectKind: kind, subjectId: id, types = null } = query;
      if ((kind === undefined) !== (id === undefined))
        throw new Failure('malformed', 'bad-request', 'Give `subjectKind` and `subjectId` together, or neither.');
      const subject = kind === undefined || id === undefined ? null : { kind, id };
      return useCases.events.list({ subject, types }, pageOf(query));
    },
  );
}
