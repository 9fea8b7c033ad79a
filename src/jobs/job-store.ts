import type { Page, PageRequest } from '../lib/page.ts';
import type { Job, JobFailure, JobId, JobState } from './job.ts';

export type JobStore = {
  /** `to-change`: inside a transaction, and nobody else writes it until that ends. */
  get(id: JobId, purpose?: 'to-change'): Promise<Job | null>;
  /** Newest first. */
  list(query: { readonly state: JobState | null }, page: PageRequest): Promise<Page<Job>>;
  /** Insert, or replace by id. */
  save(job: Job): Promise<void>;
  addFailures(id: JobId, failures: readonly JobFailure[]): Promise<void>;
  /** In the order in which they failed. */
  failures(id: JobId, page: PageRequest): Promise<Page<JobFailure>>;
};
