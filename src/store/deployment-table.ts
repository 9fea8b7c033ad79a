import {
  type Deployment,
  type DeploymentCause,
  type DeploymentState,
  deploymentStates,
} from '../deployments/deployment.ts';
import type { DeploymentMove, DeploymentStore } from '../deployments/deployment-store.ts';
import { sourcesOf, stateTable } from '../deployments/state-table.ts';
import type { DeviceId } from '../directory/device.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql, type SqlValue } from './sql.ts';
import { WriteOutsideTransaction } from './transaction.ts';

export const deploymentRecords = recordTable<Deployment>('deployment', {
  id: 'plain',
  kind: 'plain',
  profileId: 'plain',
  deviceId: 'plain',
  userId: 'plain',
  consumerId: 'plain',
  deliveryRef: 'plain',
  wanted: 'boolean',
  removal: 'plain',
  state: 'plain',
  stateSince: 'plain',
  stateCause: 'plain',
  problem: 'json',
  expectation: 'json',
  issuedExpectation: 'json',
  withheld: 'json',
  driftedAt: 'plain',
  revision: 'plain',
  contentVersion: 'plain',
  deliveryVersion: 'plain',
  generation: 'plain',
  issuedGeneration: 'plain',
  editedGeneration: 'plain',
  currentCertificateId: 'plain',
  certificateNotBefore: 'plain',
  certificateNotAfter: 'plain',
  renewAt: 'plain',
  attempts: 'plain',
  createdAt: 'plain',
  updatedAt: 'plain',
});

const select = `SELECT ${deploymentRecords.select()} FROM deployment`;

/** A condition on a state column: it is one of these. Compared one by one: a list would cost an index of its own each time. */
function isOneOf(column: string, states: readonly DeploymentState[]): string {
  const others = deploymentStates.filter((state) => !states.includes(state));
  if (states.length === 0) return '1 = 0';
  if (others.length === 0) return '1 = 1';
  return states.length < others.length
    ? `(${states.map((state) => `${column} = '${state}'`).join(' OR ')})`
    : `(${others.map((state) => `${column} <> '${state}'`).join(' AND ')})`;
}

/** The states from which this cause is possible. */
export function isPossible(cause: DeploymentCause): string {
  return isOneOf('state', stateTable[cause].from);
}

/** What issuing sets, for the ledgers; the values are SQL. */
export function issuedColumns(
  values: Readonly<Record<'certificateId' | 'generation' | 'now' | 'notBefore' | 'notAfter' | 'renewAt', string>>,
): string {
  const { certificateId, generation, now, notBefore, notAfter, renewAt } = values;
  return `state = 'issued', state_since = ${now}, state_cause = 'issued', problem = NULL, attempts = 0,
    generation = ${generation}, issued_generation = ${generation}, current_certificate_id = ${certificateId},
    certificate_not_before = ${notBefore}, certificate_not_after = ${notAfter}, renew_at = ${renewAt},
    issued_expectation = NULL, drifted_at = CASE WHEN withheld IS NULL THEN NULL ELSE drifted_at END, updated_at = ${now}`;
}

/** Replaces a row unless its state would make a move that no cause makes. */
const upsert = `${deploymentRecords.upsert} WHERE deployment.state = excluded.state OR CASE excluded.state
  ${deploymentStates.map((to) => `WHEN '${to}' THEN ${isOneOf('deployment.state', sourcesOf.get(to) ?? [])}`).join('\n  ')}
  ELSE 1 = 0 END`;

export function deploymentTable(sql: Sql): DeploymentStore {
  const byDevices = `${select} WHERE ${isAnyOf(sql, 'device_id', '$1')} ORDER BY device_id, id`;
  const byDevicesAndProfiles = `${select} WHERE ${isAnyOf(sql, 'device_id', '$1')}
    AND ${isAnyOf(sql, 'profile_id', '$2')} ORDER BY device_id, id`;
  // On SQLite the transaction itself keeps every other writer out.
  const lock = sql.dialect === 'sqlite' ? '' : ' FOR UPDATE';
  const ofDevices = async (deviceIds: readonly DeviceId[], profileIds: readonly ProfileId[] | undefined, end = '') => {
    const devices = JSON.stringify(deviceIds);
    const rows =
      profileIds === undefined
        ? await sql.all(byDevices + end, [devices])
        : await sql.all(byDevicesAndProfiles + end, [devices, JSON.stringify(profileIds)]);
    return rows.map((row) => deploymentRecords.read(row));
  };
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && deploymentRecords.read(row);
    },
    async findByDeliveryRef(ref) {
      const row = await sql.one(`${select} WHERE delivery_ref = $1`, [ref]);
      return row && deploymentRecords.read(row);
    },
    byDevices: (deviceIds, profileIds) => ofDevices(deviceIds, profileIds),
    async lockByDevices(deviceIds, profileIds) {
      if (!sql.inTransaction()) throw new WriteOutsideTransaction('lockByDevices');
      return ofDevices(deviceIds, profileIds, lock);
    },
    /** Newest first. */
    list({ profileId, deviceId, states, drifted }, page) {
      return pageOf<Deployment>(
        sql,
        {
          select,
          where: [
            ['profile_id = $?', profileId],
            ['device_id = $?', deviceId],
            [isAnyOf(sql, 'state', '$?'), states === null ? null : JSON.stringify(states)],
            ...(drifted ? [['drifted_at IS NOT NULL'] as const] : []),
          ],
          order: ['id'],
          descending: true,
          read: (row) => deploymentRecords.read(row),
          key: (deployment) => [deployment.id],
        },
        page,
      );
    },
    async save(deployments) {
      const saved = await sql.runMany(
        upsert,
        deployments.map((deployment) => deploymentRecords.values(deployment)),
      );
      if (saved !== deployments.length) throw new Error('A deployment would have made a move that its state forbids.');
    },
    async move(known, change) {
      const { id, generation, issuedGeneration, revision, wanted } = known;
      const params: SqlValue[] = [id, generation, issuedGeneration, revision, Number(wanted)];
      const changes = changedColumns(change).map(([column, value]) => `${column} = $${params.push(value)}`);
      const possible = change.cause === null ? '' : ` AND ${isPossible(change.cause)}`;
      const changed = await sql.run(
        `UPDATE deployment SET ${changes.join(', ')}
         WHERE id = $1 AND generation = $2 AND issued_generation = $3 AND revision = $4 AND wanted = $5${possible}`,
        params,
      );
      return changed === 1;
    },
  };
}

function changedColumns(change: DeploymentMove): [column: string, value: SqlValue][] {
  const { cause, at, problem, generation, attempts } = change;
  const columns: [string, SqlValue | undefined][] = [
    ['state', cause === null ? undefined : stateTable[cause].to],
    ['state_cause', cause ?? undefined],
    ['state_since', cause === null ? undefined : at],
    ['problem', problem ? JSON.stringify(problem) : problem],
    ['generation', generation],
    // Another certificate, so a fresh start.
    ['attempts', attempts ?? (generation === undefined ? undefined : 0)],
    ['updated_at', at],
  ];
  return columns.filter((column): column is [string, SqlValue] => column[1] !== undefined);
}
