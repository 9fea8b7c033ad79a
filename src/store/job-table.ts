import type { Job, JobFailure } from '../jobs/job.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { lockFor, type Sql } from './sql.ts';

const records = recordTable<Job>('job', {
  id: 'plain',
  kind: 'plain',
  title: 'plain',
  input: 'json',
  state: 'plain',
  total: 'plain',
  done: 'plain',
  skipped: 'plain',
  failed: 'plain',
  cursor: 'plain',
  rate: 'plain',
  actor: 'json',
  createdAt: 'plain',
  updatedAt: 'plain',
  finishedAt: 'plain',
});

type FailureRow = JobFailure & { readonly jobId: string };

const failureRecords = recordTable<FailureRow>('job_failure', {
  id: 'plain',
  jobId: 'plain',
  item: 'plain',
  name: 'plain',
  code: 'plain',
  detail: 'plain',
  at: 'plain',
});

export function jobTable(sql: Sql): JobStore {
  const select = `SELECT ${records.select()} FROM job`;
  return {
    async get(id, purpose) {
      const row = await sql.one(`${select} WHERE id = $1${lockFor(sql, purpose)}`, [id]);
      return row && records.read(row);
    },
    list({ state }, page) {
      return pageOf<Job>(
        sql,
        {
          select,
          where: [['state = $?', state]],
          order: ['id'],
          descending: true,
          read: (row) => records.read(row),
          key: ({ id }) => [id],
        },
        page,
      );
    },
    async save(job) {
      await sql.run(records.upsert, records.values(job));
    },
    async addFailures(jobId, failures) {
      if (failures.length === 0) return;
      await sql.runMany(
        failureRecords.insert,
        failures.map((failure) => failureRecords.values({ jobId, ...failure })),
      );
    },
    async failures(id, page) {
      const { items, next } = await pageOf<FailureRow>(
        sql,
        {
          select: `SELECT ${failureRecords.select()} FROM job_failure`,
          where: [['job_id = $?', id]],
          order: ['id'],
          read: (row) => failureRecords.read(row),
          key: (failure) => [failure.id],
        },
        page,
      );
      return { items: items.map(({ jobId: _, ...failure }) => failure), next };
    },
  };
}
