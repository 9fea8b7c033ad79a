import type { Device } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import { contains, folded, startsWith } from './folded.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql } from './sql.ts';
import { storedRecords } from './stored-records.ts';

export const deviceRecords = recordTable<Device>(
  'device',
  {
    id: 'plain',
    deviceName: 'plain',
    platform: 'plain',
    management: 'plain',
    ownership: 'plain',
    osVersion: 'plain',
    osEdition: 'plain',
    serialNumber: 'plain',
    imei: 'plain',
    meid: 'plain',
    wifiMacAddress: 'plain',
    entraDeviceId: 'plain',
    managedDeviceId: 'plain',
    fullyQualifiedDomainName: 'plain',
    trustType: 'plain',
    onPremisesSecurityIdentifier: 'plain',
    manufacturer: 'plain',
    model: 'plain',
    deviceCategory: 'plain',
    cpuArchitecture: 'plain',
    isRooted: 'boolean',
    enrollmentProfileName: 'plain',
    coManagementWorkload: 'plain',
    primaryUserId: 'plain',
    sources: 'json',
    reported: 'json',
    enrolledAt: 'plain',
    registeredAt: 'plain',
    lastCheckIn: 'plain',
    retiredAt: 'plain',
    retiredBy: 'plain',
    createdAt: 'plain',
    updatedAt: 'plain',
  },
  {
    deviceNameFolded: (device) => folded(device.deviceName),
    serialNumberFolded: (device) => (device.serialNumber === null ? null : folded(device.serialNumber)),
  },
);

const select = `SELECT ${deviceRecords.select()} FROM device`;

const touch = 'UPDATE device SET last_check_in = $2 WHERE id = $1 AND (last_check_in IS NULL OR last_check_in < $2)';

export function deviceTable(sql: Sql): DeviceStore {
  const anyOf = (column: string) => isAnyOf(sql, column, '$1');
  return {
    ...storedRecords(sql, deviceRecords),
    async findByName(deviceName) {
      const rows = await sql.all(`${select} WHERE device_name_folded = $1 ORDER BY id`, [folded(deviceName)]);
      return rows.map((row) => deviceRecords.read(row));
    },
    /** `search`: part of the name, or how the serial number starts. */
    list({ search, platform, primaryUserId }, page) {
      return pageOf<Device>(
        sql,
        {
          select,
          where: [
            ['platform = $?', platform],
            ['primary_user_id = $?', primaryUserId],
            [
              `(device_name_folded LIKE $? ESCAPE '\\' OR serial_number_folded LIKE $? ESCAPE '\\')`,
              search === null ? null : contains(search),
              search === null ? null : startsWith(search),
            ],
          ],
          order: ['device_name_folded', 'id'],
          read: (row) => deviceRecords.read(row),
          key: (device) => [folded(device.deviceName), device.id],
        },
        page,
      );
    },
    async touch(calls) {
      await sql.runMany(touch, calls);
    },
    async remove(ids) {
      const params = [JSON.stringify(ids)];
      await sql.run(`DELETE FROM group_member WHERE member_kind = 'device' AND ${anyOf('member_id')}`, params);
      await sql.run(`DELETE FROM dirty_device WHERE ${anyOf('device_id')}`, params);
      await sql.run(`DELETE FROM device_scope_tag WHERE ${anyOf('device_id')}`, params);
      await sql.run(`DELETE FROM device WHERE ${anyOf('id')}`, params);
    },
  };
}
