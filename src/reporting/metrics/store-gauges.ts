/** What a scrape tells of the store's state, which is the same on every node. */
import { authorityEnds } from '../../authority/authority-ends.ts';
import type { AuthorityStore } from '../../authority/authority-store.ts';
import type { DirtyQueue } from '../../directory/dirty-queue.ts';
import { day } from '../../lib/clock.ts';
import type { LeaseStore } from '../../lib/lease.ts';
import type { GaugeStore } from '../gauge-store.ts';
import type { OverviewStore } from '../overview-store.ts';
import { addedUp, gauge, type MetricFamily } from './metric.ts';

export type StoreGaugesDeps = {
  readonly gauges: GaugeStore;
  readonly overview: Pick<OverviewStore, 'deployments' | 'devices'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'size'>;
  readonly authorities: Pick<AuthorityStore, 'issuers'>;
  readonly leases: Pick<LeaseStore, 'all'>;
};

export async function storeGauges(deps: StoreGaugesDeps, { now }: { readonly now: number }): Promise<MetricFamily[]> {
  return [
    ...(await crlGauges(deps, now)),
    ...(await authorityGauges(deps)),
    ...(await queueGauges(deps, now)),
    ...(await leaseGauges(deps)),
    ...(await renewalGauges(deps, now)),
    ...(await webhookGauges(deps, now)),
  ];
}

/** How far ahead ends of certificates are counted. */
const horizons = [
  ['1d', day],
  ['7d', 7 * day],
  ['14d', 14 * day],
  ['30d', 30 * day],
  ['90d', 90 * day],
] as const;

/** What takes an index from one end to the other: read less often. */
export async function countedGauges(
  { gauges, overview }: Pick<StoreGaugesDeps, 'gauges' | 'overview'>,
  { now, profileLabels }: { now: number; profileLabels(id: string): Readonly<Record<string, string>> },
): Promise<MetricFamily[]> {
  const ends = await gauges.ends([now, ...horizons.map(([, ahead]) => now + ahead)]);
  const within = horizons.map(([name], at) => [{ within: name }, sum(ends.slice(0, at + 1))] as const);
  return [
    gauge(
      'scepward_certificates_ending',
      'Certificates in force that end within this time; renewed ones, too, until they end',
      [...within, [{ within: 'any' }, sum(ends)]],
    ),
    gauge(
      'scepward_devices',
      'Devices that are not retired',
      (await overview.devices()).map(({ platform, count }) => [{ platform }, count]),
    ),
    gauge(
      'scepward_deployments',
      'Deployments, by profile and state; wanted="false": to be taken back',
      // Of profiles that are gone some may be left, until every device has given back what it had.
      addedUp(
        (await overview.deployments()).map(({ profileId, state, wanted, count }) => [
          { ...profileLabels(profileId), state, wanted: String(wanted) },
          count,
        ]),
      ),
    ),
  ];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

async function queueGauges({ gauges, dirtyQueue }: StoreGaugesDeps, now: number): Promise<MetricFamily[]> {
  const { approvals, jobs, removals, removalsSince } = await gauges.queues();
  return [
    gauge('scepward_approvals_waiting', 'Requests that wait for an administrator', [[{}, approvals]]),
    gauge('scepward_removals_held', 'Removals from many devices that wait for a confirmation', [[{}, removals]]),
    gauge('scepward_removals_held_seconds', 'How long the first of them has waited; 0: none waits', [
      [{}, removalsSince === null ? 0 : Math.max(0, now - removalsSince) / 1000],
    ]),
    gauge('scepward_jobs_running', 'Jobs that run', [[{}, jobs]]),
    gauge('scepward_reconcile_queue', 'Devices whose deployments are to be brought up to date', [
      [{}, await dirtyQueue.size()],
    ]),
  ];
}

async function leaseGauges({ leases }: StoreGaugesDeps): Promise<MetricFamily[]> {
  const all = (await leases.all()).slice(0, 100);
  return [
    gauge(
      'scepward_lease_held',
      '1 while a node does this work, which is that of one node at a time',
      all.map(({ name, holder }) => [{ lease: name, node: holder ?? '' }, holder === null ? 0 : 1]),
    ),
    gauge(
      'scepward_lease_changes',
      'How often the work went over to another node, or was taken up again',
      all.map(({ name, token }) => [{ lease: name }, token]),
    ),
  ];
}

async function renewalGauges({ gauges }: StoreGaugesDeps, now: number): Promise<MetricFamily[]> {
  const { due, since } = await gauges.renewals(now);
  return [
    gauge('scepward_renewals_due', 'Renewals whose time has come and that have not been begun', [[{}, due]]),
    gauge('scepward_renewal_lag_seconds', 'How long the first of them has been due; 0: none is', [
      [{}, since === null ? 0 : Math.max(0, now - since) / 1000],
    ]),
  ];
}

async function webhookGauges({ gauges }: StoreGaugesDeps, now: number): Promise<MetricFamily[]> {
  const all = (await gauges.webhooks()).map((each) => ({ ...each, labels: { webhook: each.name } }));
  return [
    gauge(
      'scepward_webhook_enabled',
      '1 while the webhook is told of events',
      all.map(({ labels, enabled }) => [labels, Number(enabled)]),
    ),
    gauge(
      'scepward_webhook_waiting',
      'Messages that are to be delivered',
      all.map(({ labels, waiting }) => [labels, waiting]),
    ),
    gauge(
      'scepward_webhook_lag_seconds',
      'How long the oldest of them has waited; 0: none waits',
      all.map(({ labels, waitingSince }) => [labels, waitingSince === null ? 0 : (now - waitingSince) / 1000]),
    ),
    gauge(
      'scepward_webhook_dead',
      'Messages that were given up, until they are replayed or forgotten',
      all.map(({ labels, dead }) => [labels, dead]),
    ),
    gauge(
      'scepward_webhook_failures',
      'Failed attempts in a row',
      all.map(({ labels, failures }) => [labels, failures]),
    ),
  ];
}

async function crlGauges({ gauges, authorities }: StoreGaugesDeps, now: number): Promise<MetricFamily[]> {
  const slugs = new Map((await authorities.issuers()).map(({ id, slug }) => [id as string, slug]));
  const crls = (await gauges.crls()).map((crl) => ({
    ...crl,
    labels: { issuer: slugs.get(crl.issuerId) ?? crl.issuerId, shard: String(crl.shard) },
  }));
  return [
    gauge(
      'scepward_crl_age_seconds',
      'Since the latest CRL was made',
      crls.map(({ labels, thisUpdate }) => [labels, (now - thisUpdate) / 1000]),
    ),
    gauge(
      'scepward_crl_next_update_timestamp_seconds',
      'When the latest CRL ends',
      crls.map(({ labels, nextUpdate }) => [labels, nextUpdate / 1000]),
    ),
    gauge(
      'scepward_crl_number',
      'Number of the latest CRL',
      crls.map(({ labels, number }) => [labels, number]),
    ),
    gauge(
      'scepward_revocations_unpublished',
      'Revoked certificates that stand in no CRL yet',
      crls.map(({ labels, waiting }) => [labels, waiting]),
    ),
    gauge(
      'scepward_revocation_lag_seconds',
      'How long the first of them has waited; 0: none waits',
      crls.map(({ labels, waitingSince }) => [labels, waitingSince === null ? 0 : (now - waitingSince) / 1000]),
    ),
  ];
}

async function authorityGauges({ authorities }: StoreGaugesDeps): Promise<MetricFamily[]> {
  return [
    gauge(
      'scepward_authority_not_after_timestamp_seconds',
      'When certificates of authorities end',
      authorityEnds(await authorities.issuers()).map(({ issuer, role, notAfter }) => [
        { issuer, role },
        notAfter / 1000,
      ]),
    ),
  ];
}
