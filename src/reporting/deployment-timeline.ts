/** Everything about one deployment, step by step, and what is wrong by what is missing: the help desk's one page. */
import type { AuthorityStore } from '../authority/authority-store.ts';
import type { Deployment, DeploymentId } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { Event } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { ScepTransactionLog } from '../events/scep-transaction.ts';
import { fromBase64, sameBytes } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { type FindingFacts, type TimelineFinding, timelineFindings } from './timeline-finding.ts';
import { type TimelineStep, timelineSteps } from './timeline-step.ts';

export type DeploymentTimeline = {
  readonly deployment: Deployment;
  /** Oldest first. */
  readonly steps: readonly TimelineStep[];
  readonly findings: readonly TimelineFinding[];
  /** Whether there is more, older than `steps`. */
  readonly cut: boolean;
};

export type DeploymentTimelineDeps = {
  readonly deployments: Pick<DeploymentStore, 'get' | 'byDevices'>;
  readonly events: Pick<EventLog, 'list'>;
  readonly scepTransactions: Pick<ScepTransactionLog, 'listByDeployment'>;
  readonly facts: {
    readonly profiles: Pick<ProfileStore, 'get'>;
    readonly authorities: Pick<AuthorityStore, 'all' | 'issuers'>;
  };
  readonly clock: Pick<Clock, 'now'>;
};

/** Events and SCEP requests that are read, the latest. */
const reach = 400;

/** Failure `deployment-not-found`. */
export async function deploymentTimeline(
  deps: DeploymentTimelineDeps,
  input: { readonly deploymentId: DeploymentId },
): Promise<DeploymentTimeline> {
  const deployment = await deps.deployments.get(input.deploymentId);
  if (deployment === null)
    throw new Failure('not-found', 'deployment-not-found', 'There is no such deployment.', {
      deployment: input.deploymentId,
    });
  const subject = { kind: 'deployment', id: deployment.id } as const;
  const events: Event[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<EventLog['list']>> = await deps.events.list(
      { subject, types: null },
      { limit: 200, cursor },
    );
    events.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && events.length < reach);
  const transactions = await deps.scepTransactions.listByDeployment(deployment.id, reach);
  const cut = cursor !== null || transactions.length === reach;
  const all = timelineSteps(events, transactions);
  // Older than what was read of one kind, the other alone would tell half a story.
  const from = cut
    ? Math.max(
        cursor === null ? 0 : (events.at(-1)?.at ?? 0),
        transactions.length === reach ? (transactions.at(-1)?.at ?? 0) : 0,
      )
    : 0;
  const steps = all.filter(({ at }) => at >= from);
  return {
    deployment,
    steps,
    findings: timelineFindings(steps, await factsOf(deps, deployment), deps.clock.now()),
    cut,
  };
}

async function factsOf({ facts, deployments }: DeploymentTimelineDeps, deployment: Deployment): Promise<FindingFacts> {
  const profile = await facts.profiles.get(deployment.profileId);
  if (profile?.kind !== 'scep') return { platform: null, caCertificates: null, rootIsOurs: null, rootOnDevice: null };
  const { platform, server, rootCertificate } = profile.settings;
  const root = await facts.profiles.get(rootCertificate);
  const [trusted] = await deployments.byDevices([deployment.deviceId], [rootCertificate]);
  return {
    platform,
    caCertificates: server.caCertificates,
    rootIsOurs: await isInChain(facts.authorities, server.authority, root),
    rootOnDevice: trusted === undefined ? null : trusted.state === 'installed' ? 'installed' : 'notInstalled',
  };
}

/** Null: it cannot be said. */
async function isInChain(
  authorities: DeploymentTimelineDeps['facts']['authorities'],
  slug: string | null,
  root: Profile | null,
): Promise<boolean | null> {
  if (root?.kind !== 'trustedCertificate') return null;
  const all = (await authorities.all()).toSorted((a, b) => a.createdAt - b.createdAt);
  const authority = slug === null ? all[0] : all.find((each) => each.slug === slug);
  const issuer = (await authorities.issuers()).find(({ id }) => id === authority?.activeIssuerId);
  const held = fromBase64(root.settings.certificate);
  if (issuer === undefined || held === undefined) return null;
  return [issuer.certificate, ...issuer.chain].some((der) => sameBytes(der, held));
}
