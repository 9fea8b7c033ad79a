import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
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
  state: 'plain',
  problem: 'json',
  expectation: 'json',
  revision: 'plain',
  contentVersion: 'plain',
  deliveryVersion: 'plain',
  generation: 'plain',
  issuedGeneration: 'plain',
  currentCertificateId: 'plain',
  createdAt: 'plain',
  updatedAt: 'plain',
});

const select = `SELECT ${deploymentRecords.select()} FROM deployment`;

type Change = Parameters<DeploymentStore['move']>[1];

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
    list({ profileId, deviceId, states }, page) {
      return pageOf<Deployment>(
        sql,
        {
          select,
          where: [
            ['profile_id = $?', profileId],
            ['device_id = $?', deviceId],
            [isAnyOf(sql, 'state', '$?'), states === null ? null : JSON.stringify(states)],
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
      await sql.runMany(
        deploymentRecords.upsert,
        deployments.map((deployment) => deploymentRecords.values(deployment)),
      );
    },
    async move(known, change) {
      const { id, generation, issuedGeneration, revision, wanted } = known;
      const params: SqlValue[] = [id, generation, issuedGeneration, revision, Number(wanted)];
      const changes = changedColumns(change).map(([column, value]) => `${column} = $${params.push(value)}`);
      // Without a change it still says whether all is as given.
      if (changes.length === 0) changes.push('updated_at = updated_at');
      const changed = await sql.run(
        `UPDATE deployment SET ${changes.join(', ')}
         WHERE id = $1 AND generation = $2 AND issued_generation = $3 AND revision = $4 AND wanted = $5`,
        params,
      );
      return changed === 1;
    },
  };
}

function changedColumns(change: Change): [column: string, value: SqlValue][] {
  const columns: [string, SqlValue | undefined][] = [
    ['state', change.state],
    ['problem', change.problem ? JSON.stringify(change.problem) : change.problem],
    ['generation', change.generation],
    ['updated_at', change.updatedAt],
  ];
  return columns.filter((column): column is [string, SqlValue] => column[1] !== undefined);
}
