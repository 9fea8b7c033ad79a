import { z } from 'zod';
import { stepNames } from '../../reporting/timeline-step.ts';
import { deploymentSchema } from './deployment-schemas.ts';
import { actorSchema } from './event-schemas.ts';
import { list, time } from './list-schema.ts';

const guidanceSchema = z.object({
  validationCode: z.string().describe('In the words of the big product’s validation interface'),
  meaning: z.string(),
  whatToDo: z.string(),
});

export const timelineStepSchema = z
  .object({
    name: z.enum(stepNames),
    stage: z
      .number()
      .int()
      .describe(
        '1 profile deployed, 2 device to SCEP server, 3 validation, 4 authority, 5 delivery to the device, 6 reporting',
      ),
    at: time,
    duration: z.number().nullable().describe('Milliseconds'),
    outcome: z.enum(['ok', 'waiting', 'failed']),
    node: z.string(),
    clientAddress: z.string().nullable(),
    actor: actorSchema.nullable(),
    requestId: z.string().nullable().describe('By which the server’s log names it'),
    algorithms: z.record(z.string(), z.union([z.string(), z.number()])),
    reason: z.string().nullable(),
    guidance: guidanceSchema.nullable(),
    differences: list(z.object({ field: z.string(), expected: z.unknown(), received: z.unknown() })),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'DeploymentStep' });

export const deploymentTimelineSchema = z
  .object({
    deployment: deploymentSchema,
    steps: list(timelineStepSchema).describe('Oldest first'),
    findings: list(
      z.object({
        code: z.string(),
        at: time,
        detail: z.string(),
        causes: list(
          z.object({
            cause: z.string(),
            whatToDo: z.string(),
            evidence: z.string().nullable().describe('What speaks for it; null: nothing that we know'),
          }),
        ).describe('The likeliest first'),
      }),
    ).describe('What is wrong by what is missing'),
    cut: z.boolean().describe('There is more, older than `steps`'),
  })
  .meta({ id: 'DeploymentTimeline' });
