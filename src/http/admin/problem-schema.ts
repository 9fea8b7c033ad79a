import { z } from 'zod';
import { list } from './list-schema.ts';

/** RFC 9457, as `http/problem.ts` writes it. */
export const problemSchema = z
  .object({
    type: z.string().describe('`urn:scepward:problem:<code>`'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('What is wrong and what to do, for people'),
    code: z.string().describe('Stable, kebab-case'),
    params: z.record(z.string(), z.unknown()).describe('Values that belong to the code'),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused (RFC 9457)' });

/** In `params.candidates` of the code `ambiguous-name`. */
export const candidateSchema = z.object({ id: z.string(), name: z.string(), detail: z.string() });

/** One thing to know about a profile: `params.findings` of the code `profile-invalid`. */
export const findingSchema = z
  .object({
    rule: z.string(),
    severity: z.enum(['error', 'warning', 'information']),
    path: z.string().describe('Where in the document; empty for the whole'),
    detail: z.string(),
    fix: z.string().nullable(),
    offset: z.number().int().optional().describe('Where in the text, from 0'),
    mends: list(
      z.object({
        label: z.string(),
        text: z.string().describe('The whole text for `path`'),
        preview: z.string().nullable().describe('The name that comes of it; null while it is still wrong'),
      }),
    )
      .optional()
      .describe('Ways to mend the text; the author chooses'),
  })
  .meta({ id: 'Finding' });

export const findingsSchema = list(findingSchema);
