/** What a scrape tells of the store's state, which is the same on every node. */
import { authorityEnds } from '../../authority/authority-ends.ts';
import type { AuthorityStore } from '../../authority/authority-store.ts';
import type { DirtyQueue } from '../../directory/dirty-queue.ts';
import type { GaugeStore } from '../gauge-store.ts';
import type { OverviewStore } from '../overview-store.ts';
import { gauge, type MetricFamily } from './metric.ts';

export type StoreGaugesDeps = {
  readonly gauges: GaugeStore;
  readonly overview: Pick<OverviewStore, 'deployments' | 'devices'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'size'>;
  readonly authorities: Pick<AuthorityStore, 'issuers'>;
};

export async function storeGauges(
  deps: StoreGaugesDeps,
  { now, profileLabels }: { now: number; profileLabels(id: string): Readonly<Record<string, string>> },
): Promise<MetricFamily[]> {
  return [
    ...(await crlGauges(deps, now)),
    ...(await authorityGauges(deps)),
    gauge('scepward_approvals_waiting', 'Requests that wait for an administrator', [
      [{}, await deps.gauges.approvalsWaiting()],
    ]),
    gauge('scepward_reconcile_queue', 'Devices whose deployments are to be brought up to date', [
      [{}, await deps.dirtyQueue.size()],
    ]),
    gauge(
      'scepward_devices',
      'Devices that are not retired',
      (await deps.overview.devices()).map(({ platform, count }) => [{ platform }, count]),
    ),
    gauge(
      'scepward_deployments',
      'Deployments, by profile and state; wanted="false": to be taken back',
      (await deps.overview.deployments()).map(({ profileId, state, wanted, count }) => [
        { ...profileLabels(profileId), state, wanted: String(wanted) },
        count,
      ]),
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
