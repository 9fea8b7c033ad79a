import { z } from 'zod';
import { list, time } from './list-schema.ts';

const subjectSchema = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string().exactOptional().describe('As it was called then, where that was written down'),
});
export const actorSchema = z.object({
  kind: z.string(),
  id: z.string().nullable(),
  name: z.string(),
  address: z.string().exactOptional().describe('Where an administrator’s request came from'),
});

export const eventSchema = z
  .object({
    id: z.string(),
    at: time,
    node: z.string(),
    type: z.string().describe('`<noun>.<what-happened>`'),
    cause: z.object({ actor: actorSchema, requestId: z.string().nullable() }),
    subjects: list(subjectSchema),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });

export const scepTransactionSchema = z
  .object({
    id: z.string(),
    at: time,
    node: z.string(),
    requestId: z.string(),
    clientAddress: z.string(),
    operation: z.enum(['GetCACaps', 'GetCACert', 'GetNextCACert', 'PKIOperation']),
    messageType: z.number().int().nullable().describe('RFC 8894 §3.2.1.2'),
    transactionID: z.string().nullable(),
    profileId: z.string().nullable(),
    deploymentId: z.string().nullable(),
    certificateId: z.string().nullable(),
    outcome: z.enum(['success', 'pending', 'failure', 'error']),
    reason: z.string().nullable().describe('Code of a failure'),
    algorithms: z.record(z.string(), z.union([z.string(), z.number()])),
    detail: z.record(z.string(), z.unknown()).describe('Expected beside received, by field'),
    timings: z.record(z.string(), z.number()).describe('Milliseconds per step'),
  })
  .meta({ id: 'ScepTransaction' });
