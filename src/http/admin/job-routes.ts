/** `/api/v1/jobs`: long work, how far it is, what of it failed and why. */
import { z } from 'zod';
import { type Job, type JobFailure, type JobId, jobStates } from '../../jobs/job.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import { jobSteers, type steerJob } from '../../jobs/steer-job.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { actorSchema } from './event-schemas.ts';
import { time } from './list-schema.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';
import { lineType, sendLines } from './send-lines.ts';

export type JobUseCases = {
  readonly jobs: Pick<JobStore, 'get' | 'list' | 'failures'>;
  readonly steerJob: Bound<typeof steerJob>;
};

const count = z.number().int();

export const jobSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    state: z.enum(jobStates).describe('`done`: all was tried'),
    total: count.describe('As counted at the start'),
    done: count,
    skipped: count.describe('Nothing was to be done'),
    failed: count,
    rate: count.nullable().describe('Items a minute at most; null: as quick as it goes'),
    actor: actorSchema,
    createdAt: time,
    updatedAt: time,
    finishedAt: time.nullable(),
  })
  .meta({ id: 'Job' });

const failureSchema = z
  .object({
    id: z.string(),
    item: z.string().describe('Id, such as that of a deployment'),
    name: z.string(),
    code: z.string(),
    detail: z.string(),
    at: time,
  })
  .meta({ id: 'JobFailure' });

const params = z.strictObject({ job: z.string().min(1).max(100) });
const tag = 'jobs';

const steerSummaries = {
  pause: ['Pause a job', 'After the batch that is under way.'],
  resume: ['Go on with a job that is paused', 'Where it stopped.'],
  cancel: ['End a job', 'After the batch that is under way; what is done stays done.'],
} as const;

export function registerJobRoutes(scope: AdminScope, useCases: JobUseCases): void {
  scope.get(
    '/jobs',
    documented(
      { permission: 'jobs.read', tag, summary: 'List jobs, newest first' },
      {
        querystring: pageQuery.extend({ state: z.enum(jobStates).optional() }),
        response: { 200: pageSchema(jobSchema) },
      },
    ),
    async ({ query }) => {
      const { items, next } = await useCases.jobs.list({ state: query.state ?? null }, pageOf(query));
      return { items: items.map(jobView), next };
    },
  );

  scope.get(
    '/jobs/:job',
    documented({ permission: 'jobs.read', tag, summary: 'How far a job is' }, { params, response: { 200: jobSchema } }),
    async ({ params: { job } }) => jobView(await find(useCases, job)),
  );

  scope.get(
    '/jobs/:job/failures',
    documented(
      {
        permission: 'jobs.read',
        tag,
        summary: 'What of a job failed, and why',
        detail: '`Accept: application/x-ndjson` answers all of them as a stream, a line each.',
      },
      { params, querystring: pageQuery, response: { 200: pageSchema(failureSchema) } },
    ),
    async (request, reply) => {
      const { id } = await find(useCases, request.params.job);
      if (request.headers.accept === lineType) return sendLines(reply, allFailures(useCases, id));
      return useCases.jobs.failures(id, pageOf(request.query));
    },
  );

  for (const steer of jobSteers) {
    const [summary, detail] = steerSummaries[steer];
    scope.post(
      `/jobs/:job/${steer}`,
      documented({ permission: 'jobs.write', tag, summary, detail }, { params, response: { 200: jobSchema } }),
      async (request) => {
        const jobId = request.params.job as JobId;
        return jobView(await useCases.steerJob({ jobId, steer, cause: causeOf(request) }));
      },
    );
  }
}

/** Without what is the kind's own. */
export function jobView({ input: _, cursor: __, ...job }: Job): Omit<Job, 'input' | 'cursor'> {
  return job;
}

async function* allFailures({ jobs }: Pick<JobUseCases, 'jobs'>, id: JobId): AsyncGenerator<readonly JobFailure[]> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<JobStore['failures']>> = await jobs.failures(id, { limit: 1000, cursor });
    yield page.items;
    cursor = page.next;
  } while (cursor !== null);
}

async function find({ jobs }: Pick<JobUseCases, 'jobs'>, id: string): Promise<Job> {
  const job = await jobs.get(id as JobId);
  if (job !== null) return job;
  throw new Failure('not-found', 'job-not-found', 'There is no such job.', { job: id });
}
