/** `POST /api/v1/deployments/re-issue`: many at once, as a job. */
import { z } from 'zod';
import type { startJob } from '../../jobs/start-job.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Clock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { type ReIssueScope, reIssueJobKind } from '../../lifecycle/re-issue-job.ts';
import type { AdminScope } from './admin-scope.ts';
import { type DirectoryNames, findDevice } from './directory-names.ts';
import { documented } from './documented.ts';
import { type FilterNames, findFilter } from './find-filter.ts';
import { nameParam } from './find-named.ts';
import { findProfile, type ProfileNames } from './find-profile.ts';
import { jobSchema, jobView } from './job-routes.ts';
import { type Once, postOnce } from './post-once.ts';

export type ReIssueUseCases = Pick<DirectoryNames, 'devices'> &
  ProfileNames &
  FilterNames & {
    readonly clock: Pick<Clock, 'now'>;
    readonly countReIssue: (scope: ReIssueScope) => Promise<number>;
    readonly startJob: Bound<typeof startJob>;
    readonly once: Once;
  };

export const rateSchema = z.number().int().min(1).max(1_000_000).describe('At most so many a minute');

const bodySchema = z.strictObject({
  device: nameParam('Id or exact name').optional(),
  profile: nameParam('Id, slug or exact name').optional(),
  filter: nameParam('Id or exact name: devices that answer to it').optional(),
  all: z.literal(true).optional().describe('Everybody'),
  rate: rateSchema.optional(),
  dryRun: z.boolean().default(false).describe('Only say how many there are'),
});

const answerSchema = z.object({
  total: z.number().int().describe('Certificates that devices are to have'),
  job: jobSchema.nullable().describe('null: a dry run'),
});

export function registerReIssueRoutes(scope: AdminScope, useCases: ReIssueUseCases): void {
  scope.post(
    '/deployments/re-issue',
    documented(
      {
        permission: 'deployments.write',
        tag: 'deployments',
        summary: 'Have new certificates issued for many, as a job',
        headers: ['idempotency-key'],
        detail:
          'Of a device, of a profile, of the devices that answer to a filter (together: of what fits all of them), or of everybody. Each device fetches its own at its next check-in; until then the old one serves.',
      },
      { body: bodySchema, response: { 201: answerSchema } },
    ),
    async (request, reply) => {
      const { scope: asked, title } = await scopeOf(useCases, request.body);
      const { rate = null, dryRun } = request.body;
      // Ahead of the transaction: a filter looks at every device.
      const total = await useCases.countReIssue(asked);
      return postOnce(useCases.once, request, reply, { status: 201 }, async (cause) => {
        if (dryRun) return { total, job: null };
        const job = await useCases.startJob({ kind: reIssueJobKind, title, input: asked, total, rate, cause });
        return { total, job: jobView(job) };
      });
    },
  );
}

async function scopeOf(
  useCases: ReIssueUseCases,
  { device, profile, filter, all }: z.infer<typeof bodySchema>,
): Promise<{ readonly scope: ReIssueScope; readonly title: string }> {
  const narrowed = device !== undefined || profile !== undefined || filter !== undefined;
  if (narrowed === (all === true))
    throw new Failure(
      'malformed',
      'bad-request',
      'Give a `device`, a `profile` or a `filter`, or `all` for everybody.',
    );
  const found = {
    device: device === undefined ? null : await findDevice(useCases, device),
    profile: profile === undefined ? null : await findProfile(useCases, profile),
    filter: filter === undefined ? null : await findFilter(useCases, filter),
  };
  if (found.profile?.kind === 'trustedCertificate')
    throw new Failure(
      'invalid',
      'profile-issues-nothing',
      `${found.profile.slug} is a trusted certificate profile: it is delivered and not issued. Name a SCEP profile.`,
    );
  const words = [
    found.profile && `profile ${found.profile.slug}`,
    found.device && `device ${found.device.deviceName}`,
    found.filter && `filter ${found.filter.name}`,
  ].filter((word) => word !== null);
  return {
    scope: {
      profileId: found.profile?.id ?? null,
      deviceId: found.device?.id ?? null,
      filterId: found.filter?.id ?? null,
      until: useCases.clock.now(),
    },
    title: `Re-issue: ${words.length === 0 ? 'everybody' : words.join(', ')}`,
  };
}
