import { activitySource } from './activity-table.ts';
import { segmentSource } from './certificate-index.ts';
import { certificateInventory } from './certificate-inventory.ts';
import { failureList } from './failure-list.ts';
import { gauges } from './gauges.ts';
import { overview } from './overview.ts';
import { profileStatus } from './profile-status.ts';
import { revokedEntries } from './revoked-entries.ts';
import type { Sql } from './sql.ts';
import type { Ports } from './store.ts';

/** The ports that read much and write nothing: on SQLite a thread of their own serves them. */
export type ReportPorts = Pick<
  Ports,
  | 'certificateInventory'
  | 'revokedEntries'
  | 'segmentSource'
  | 'activitySource'
  | 'failures'
  | 'profileStatus'
  | 'overview'
  | 'gauges'
>;

/** `sql` shows what the viewer may see, `all` everything. */
export function reportPortsOn(sql: Sql, all: Sql): ReportPorts {
  return {
    certificateInventory: certificateInventory(sql, all),
    revokedEntries: revokedEntries(all),
    segmentSource: segmentSource(sql),
    activitySource: activitySource(sql, all),
    failures: failureList(sql),
    profileStatus: profileStatus(sql),
    overview: overview(sql),
    gauges: gauges(sql),
  };
}

/** The same ports, whose calls somebody else carries out. Arguments and results can be cloned. */
export function remoteReportPorts(call: RemoteCall): ReportPorts {
  const remote = <Name extends keyof ReportPorts>(port: Name, methods: readonly (keyof ReportPorts[Name])[]) =>
    Object.fromEntries(
      methods.map((method) => [method, (...given: unknown[]) => call(port, String(method), given)]),
    ) as unknown as ReportPorts[Name];
  return {
    certificateInventory: remote('certificateInventory', ['page', 'count', 'summary']),
    revokedEntries: remote('revokedEntries', ['next']),
    segmentSource: remote('segmentSource', ['next', 'columns']),
    profileStatus: remote('profileStatus', ['counts', 'deployments', 'users']),
    activitySource: remote('activitySource', ['next', 'sums']),
    failures: remote('failures', ['page']),
    overview: remote('overview', ['deployments', 'devices', 'scepRequests']),
    gauges: remote('gauges', ['crls', 'queues', 'ends', 'renewals', 'webhooks']),
  };
}

export type RemoteCall = (port: keyof ReportPorts, method: string, given: readonly unknown[]) => Promise<unknown>;
