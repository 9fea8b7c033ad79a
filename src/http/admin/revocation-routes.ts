/** `POST /api/v1/certificates/revoke`: many at once, as a job. */
import { z } from 'zod';
import { type CertificateId, type RevocationReason, revocationReasons } from '../../authority/certificate.ts';
import type { CertificateStore } from '../../authority/certificate-store.ts';
import type { DeploymentId } from '../../deployments/deployment.ts';
import type { DeploymentStore } from '../../deployments/deployment-store.ts';
import type { startJob } from '../../jobs/start-job.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Clock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { isId } from '../../lib/ids.ts';
import { type RevocationJobInput, type RevocationScope, revocationJobKind } from '../../lifecycle/revocation-job.ts';
import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { CertificateInventory, InventoryItem, InventoryQuery } from '../../reporting/certificate-inventory.ts';
import type { AdminScope } from './admin-scope.ts';
import type { DirectoryNames } from './directory-names.ts';
import { documented } from './documented.ts';
import type { ProfileNames } from './find-profile.ts';
import { inventoryFilters, inventoryQueryOf } from './inventory-schemas.ts';
import { jobSchema, jobView } from './job-routes.ts';
import { list } from './list-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import { rateSchema } from './re-issue-routes.ts';

export type RevocationUseCases = Pick<DirectoryNames, 'devices' | 'users'> &
  ProfileNames & {
    readonly clock: Pick<Clock, 'now'>;
    readonly certificates: Pick<CertificateStore, 'get'>;
    readonly deployments: Pick<DeploymentStore, 'get'>;
    readonly profiles: Pick<ProfileStore, 'get'>;
    readonly certificateInventory: Pick<CertificateInventory, 'page' | 'count'>;
    /** What the job asks the list, on behalf of whoever calls. */
    readonly question: (query: InventoryQuery) => unknown;
    readonly startJob: Bound<typeof startJob>;
    readonly once: Once;
  };

/** More than these are asked for by a filter. */
const mostNamed = 1000;
/** Looked at one by one to say whom they hit. */
const mostLookedAt = 10_000;
const mostCounted = 100_000_000;

const bodySchema = z.strictObject({
  certificates: z.array(z.string().min(1).max(100)).min(1).max(mostNamed).optional().describe('Ids'),
  filter: inventoryFilters
    .omit({ sort: true, order: true })
    .optional()
    .describe('As `GET /api/v1/certificates` takes it: all valid ones that it finds'),
  all: z.literal(true).optional().describe('Every valid certificate of a device'),
  reason: z.enum(revocationReasons).default('unspecified'),
  rate: rateSchema.optional(),
  dryRun: z.boolean().default(false).describe('Only say whom it would hit'),
});

const count = z.number().int();
const answerSchema = z.object({
  total: count.describe('Certificates that would be, or are to be revoked'),
  current: count.describe('Of these: the latest of a deployment. Where a device is still to have one it gets another'),
  devices: count.nullable().describe(`Devices that are hit; null: more than ${mostLookedAt} certificates`),
  profiles: list(z.object({ profile: z.string().nullable(), name: z.string().nullable(), count }))
    .nullable()
    .describe('By profile, the most first; null likewise'),
  job: jobSchema.nullable().describe('null: a dry run, or there is none'),
});

type Body = z.infer<typeof bodySchema>;
type Impact = Omit<z.infer<typeof answerSchema>, 'job'>;

export function registerRevocationRoutes(scope: AdminScope, useCases: RevocationUseCases): void {
  scope.post(
    '/certificates/revoke',
    documented(
      {
        permission: 'certificates.revoke',
        tag: 'certificates',
        summary: 'Revoke many certificates of devices, as a job',
        headers: ['idempotency-key'],
        detail: `For good. Give \`certificates\` (up to ${mostNamed} ids), a \`filter\` as for the list, or \`all\`; what comes after the start is not part of it. \`dryRun\` says whom it would hit. What was revoked already is counted as skipped. Lists say so within seconds, while the job goes on.`,
      },
      { body: bodySchema, response: { 201: answerSchema } },
    ),
    async (request, reply) => {
      const { body } = request;
      const { reason, rate = null, dryRun } = body;
      // Ahead of the transaction: it looks at many.
      const { scope: asked, impact, about } = await asking(useCases, body);
      return postOnce(useCases.once, request, reply, { status: 201 }, async (cause) => {
        if (dryRun || impact.total === 0) return { ...impact, job: null };
        const input: RevocationJobInput = { scope: asked, reason, ...about };
        const title = titleOf(impact, reason);
        const { total } = impact;
        const job = await useCases.startJob({ kind: revocationJobKind, title, input, total, rate, cause });
        return { ...impact, job: jobView(job) };
      });
    },
  );
}

type Asked = {
  readonly scope: RevocationScope;
  readonly impact: Impact;
  readonly about: Pick<RevocationJobInput, 'profileId' | 'deviceId'>;
};

async function asking(useCases: RevocationUseCases, { certificates, filter, all }: Body): Promise<Asked> {
  const given = [certificates, filter, all].filter((one) => one !== undefined).length;
  const narrows = filter === undefined || Object.values(filter).some((value) => value !== undefined);
  if (given !== 1 || !narrows)
    throw new Failure(
      'malformed',
      'bad-request',
      'Give `certificates`, or a `filter` that says something, or `all` for every valid certificate: one of these.',
    );
  if (certificates !== undefined) return named(useCases, [...new Set(certificates)]);
  return found(useCases, filter ?? {});
}

async function named(useCases: RevocationUseCases, ids: readonly string[]): Promise<Asked> {
  const { certificates, deployments, profiles } = useCases;
  const tally = newTally();
  for (const text of ids) {
    const certificate = isId(text) ? await certificates.get(text as CertificateId) : null;
    if (certificate === null)
      throw new Failure('not-found', 'certificate-not-found', `There is no certificate “${text}”. Give its id.`, {
        certificate: text,
      });
    if (certificate.purpose !== 'device')
      throw new Failure(
        'conflict',
        'certificate-not-a-device',
        `${certificate.subjectText} is a certificate of the authority itself, and is not revoked here. Leave it out.`,
        { certificate: text },
      );
    if (certificate.revokedAt !== null) continue;
    const deployment =
      certificate.deploymentId === null ? null : await deployments.get(certificate.deploymentId as DeploymentId);
    const profile = deployment === null ? null : await profiles.get(deployment.profileId);
    tally.add({
      deviceId: deployment?.deviceId ?? null,
      profileSlug: profile?.slug ?? null,
      profileName: profile?.name ?? null,
      current: deployment?.currentCertificateId === certificate.id,
    });
  }
  const scope = { by: 'ids', ids: ids as readonly CertificateId[] } as const;
  return { scope, impact: tally.impact(), about: { profileId: null, deviceId: null } };
}

async function found(useCases: RevocationUseCases, filter: NonNullable<Body['filter']>): Promise<Asked> {
  const { certificateInventory: inventory, clock } = useCases;
  if (filter.status !== undefined && filter.status !== 'valid')
    throw new Failure(
      'invalid',
      'not-revocable',
      `Certificates that are ${filter.status} are not revoked: leave \`status\` out, and all valid ones are meant.`,
      { field: 'filter.status' },
    );
  const now = clock.now();
  const asked = await inventoryQueryOf(useCases, { ...filter, sort: 'issued', order: 'asc' });
  // What is issued from now on is not part of it.
  const issuedBefore = Math.min(asked.issuedBefore ?? Number.POSITIVE_INFINITY, now + 1);
  const query: InventoryQuery = { ...asked, status: 'valid', issuedBefore };
  const scope = { by: 'question', question: useCases.question(query) } as const;
  const about = { profileId: query.profileId, deviceId: query.deviceId };
  const tally = newTally();
  let cursor: string | null = null;
  let looked = 0;
  do {
    const page: Awaited<ReturnType<CertificateInventory['page']>> = await inventory.page(query, now, {
      limit: 500,
      cursor,
    });
    for (const item of page.items) if (item.purpose === 'device') tally.add(item);
    looked += page.items.length;
    cursor = page.next;
  } while (cursor !== null && looked < mostLookedAt);
  if (cursor === null) return { scope, impact: tally.impact(), about };
  const total = (await inventory.count(query, now, mostCounted)).count;
  const current = (await inventory.count({ ...query, current: true }, now, mostCounted)).count;
  return { scope, impact: { total, current, devices: null, profiles: null }, about };
}

type Hit = Pick<InventoryItem, 'deviceId' | 'profileSlug' | 'profileName' | 'current'>;

function newTally() {
  const devices = new Set<string>();
  const profiles = new Map<string | null, { readonly name: string | null; count: number }>();
  let [total, current] = [0, 0];
  return {
    add(hit: Hit): void {
      total++;
      if (hit.current) current++;
      if (hit.deviceId !== null) devices.add(hit.deviceId);
      const known = profiles.get(hit.profileSlug) ?? { name: hit.profileName, count: 0 };
      known.count++;
      profiles.set(hit.profileSlug, known);
    },
    impact: (): Impact => ({
      total,
      current,
      devices: devices.size,
      profiles: [...profiles]
        .map(([profile, { name, count }]) => ({ profile, name, count }))
        .sort((a, b) => b.count - a.count),
    }),
  };
}

function titleOf({ total, profiles }: Impact, reason: RevocationReason): string {
  const [only, ...others] = profiles ?? [];
  const of = only?.profile == null || others.length > 0 ? '' : ` of profile ${only.profile}`;
  return `Revoke: ${total} certificate${total === 1 ? '' : 's'}${of} (${reason})`;
}
