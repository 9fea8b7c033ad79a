import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../jobs/job.ts';
import { segment } from './api.ts';
import type { ApiClient } from './api-client.ts';
import { startProgress } from './progress.ts';
import { facts } from './show.ts';
import type { Terminal } from './terminal.ts';

export type JobView = Omit<Job, 'input' | 'cursor'>;

/** Shows progress until the job runs no more: it ended, or somebody paused it. */
export async function watchJob(terminal: Terminal, api: ApiClient, id: string): Promise<JobView> {
  const path = `/jobs/${segment(id)}`;
  let job = await api.call<JobView>(path);
  if (job.state !== 'running') return job;
  const progress = startProgress(terminal, job.title);
  while (job.state === 'running') {
    progress.update(job.done + job.skipped + job.failed, job.total, numbersOf(job));
    await sleep(500);
    job = await api.call<JobView>(path);
  }
  progress.end(`${job.title}: ${job.state}, ${numbersOf(job)}`);
  return job;
}

export function jobText(job: JobView): string {
  const { title, state, rate, actor, createdAt, finishedAt, id } = job;
  return facts({
    title,
    state,
    'seen to': numbersOf(job),
    rate: rate === null ? null : `${rate} a minute`,
    'started by': actor.name,
    createdAt,
    finishedAt,
    id,
  });
}

function numbersOf({ done, skipped, failed, total }: JobView): string {
  const rest = [skipped > 0 && `${skipped} needed nothing`, failed > 0 && `${failed} failed`].filter(Boolean);
  return [`${done + skipped + failed} of ${total}`, ...rest].join(', ');
}
