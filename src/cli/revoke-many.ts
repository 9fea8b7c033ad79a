/** Revocation of many: first whom it hits, then the job. */
import { segment } from './api.ts';
import type { ApiClient } from './api-client.ts';
import { mayLose } from './ask-first.ts';
import type { ExitCode } from './exit-code.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { type JobView, jobText, watchJob } from './watch-job.ts';

type Impact = {
  readonly total: number;
  readonly current: number;
  readonly devices: number | null;
  readonly profiles: readonly { profile: string | null; name: string | null; count: number }[] | null;
  readonly job: JobView | null;
};

export async function revokeMany(
  terminal: Terminal,
  api: ApiClient,
  asked: {
    /** Of the body: which. */
    readonly selection: Readonly<Record<string, unknown>>;
    readonly reason: unknown;
    readonly rate: unknown;
    readonly dryRun: boolean;
    readonly asks: boolean;
    readonly waits: boolean;
  },
): Promise<ExitCode> {
  const { selection, reason, rate } = asked;
  const call = (dryRun: boolean) =>
    api.call<Impact>('/certificates/revoke', { method: 'POST', body: { ...selection, reason, rate, dryRun } });
  if (asked.dryRun || asked.asks) {
    const impact = await call(true);
    if (asked.dryRun || impact.total === 0) {
      terminal.result(impact, impactText);
      return 0;
    }
    terminal.say(impactText(impact));
    const stopped = await mayLose(terminal, true, {});
    if (stopped !== null) return stopped;
  }
  const started = await call(false);
  if (started.job === null) {
    terminal.result(started, impactText);
    return 0;
  }
  const job = asked.waits ? await watchJob(terminal, api, started.job.id) : started.job;
  terminal.result({ ...started, job }, () => jobText(job));
  return job.failed > 0 ? 1 : 0;
}

function impactText({ total, current, devices, profiles }: Impact): string {
  if (total === 0) return 'No valid certificate of a device is meant: nothing is to be revoked.';
  const on = devices === null ? '' : ` on ${devices} ${devices === 1 ? 'device' : 'devices'}`;
  const head = `${total} ${total === 1 ? 'certificate' : 'certificates'}${on} would be revoked, for good; ${current} of them ${current === 1 ? 'is' : 'are'} in use.`;
  if (profiles === null) return head;
  const rows = table(profiles, {
    profile: ({ profile, name }) => profile ?? name ?? '(deleted)',
    certificates: ({ count }) => count,
  });
  return `${head}\n${rows}`;
}

/** A value as a body says it that takes what an address takes. */
export function inBody(value: string | number | boolean | null | undefined): string | number | null | undefined {
  return typeof value === 'boolean' ? String(value) : value;
}

/** Serial numbers and thumbprints are looked up; the server takes ids. */
export async function idsOf(api: ApiClient, texts: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const text of texts) ids.push((await api.call<{ id: string }>(`/certificates/${segment(text)}`)).id);
  return ids;
}
