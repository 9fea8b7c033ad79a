/** A plan as a file: what was planned, to be carried out exactly so or not at all (`profile apply --plan`). */
import { z } from 'zod';
import { Failure } from '../../lib/failure.ts';
import { readTextFile } from '../read-text-file.ts';
import type { ApplyRequest } from './plan-files.ts';

const lines = z.array(z.record(z.string(), z.unknown()));
const schema = z.strictObject({
  scepwardPlan: z.literal(1),
  sources: z.array(z.string()),
  request: z.strictObject({
    documents: z.array(
      z.strictObject({
        document: z.record(z.string(), z.unknown()),
        planned: z.strictObject({
          version: z.number().int().nullable(),
          assignments: z.strictObject({ added: lines, removed: lines }).nullable(),
        }),
      }),
    ),
    prune: z
      .strictObject({ planned: z.array(z.strictObject({ slug: z.string(), version: z.number().int() })) })
      .optional(),
  }),
});

export type PlanRecord = { readonly sources: readonly string[]; readonly request: ApplyRequest };

export function planRecordText({ sources, request }: PlanRecord): string {
  return `${JSON.stringify({ scepwardPlan: 1, sources, request }, null, 2)}\n`;
}

/** Failures: `file-unreadable`, `plan-malformed`. */
export function readPlanRecord(file: string): PlanRecord {
  const text = readTextFile(file);
  if (text === null) throw new Failure('invalid', 'file-unreadable', `${file} cannot be read (ENOENT).`, { file });
  let parsed: z.infer<typeof schema>;
  try {
    parsed = schema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${file} is no plan: make one with \`profile plan <file...> --out ${file}\`.`;
    throw new Failure('malformed', 'plan-malformed', message, { file }, { cause });
  }
  const { documents, prune } = parsed.request;
  return { sources: parsed.sources, request: { documents, ...(prune && { prune }) } };
}
