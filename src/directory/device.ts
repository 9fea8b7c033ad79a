/** A device as the directory knows it: what was said about it, and, apart from that, what it says of itself. */
import type { Branded } from '../lib/ids.ts';
import type { Management, Platform } from './platform.ts';
import type { FactSource, UserId } from './user.ts';

export type DeviceId = Branded<'DeviceId'>;

export type DeviceFacts = {
  readonly deviceName: string;
  readonly platform: Platform;
  readonly management: Management | null;
  readonly ownership: 'corporate' | 'personal' | 'unknown';
  readonly osVersion: string | null;
  readonly osEdition: string | null;
  readonly serialNumber: string | null;
  readonly imei: string | null;
  readonly meid: string | null;
  readonly wifiMacAddress: string | null;
  readonly entraDeviceId: string | null;
  /** The id that the MDM of record gave it, `{{DeviceId}}`; not our own id. */
  readonly managedDeviceId: string | null;
  readonly fullyQualifiedDomainName: string | null;
  readonly trustType: string | null;
  readonly onPremisesSecurityIdentifier: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly deviceCategory: string | null;
  readonly cpuArchitecture: string | null;
  readonly isRooted: boolean | null;
  readonly enrollmentProfileName: string | null;
  readonly coManagementWorkload: string | null;
};

/** What an administrator, a file or another directory can say of a device. */
export type SaidOfDevice = DeviceFacts & Pick<Device, 'primaryUserId' | 'enrolledAt' | 'registeredAt'>;

/** deviceName is not unique: whoever names a device that two answer to is told both. */
/** `unenrol`: the device ended its management itself. */
export const retirements = ['retire', 'wipe', 'unenrol'] as const;

export type Retirement = (typeof retirements)[number];

export type Device = DeviceFacts & {
  readonly id: DeviceId;
  readonly primaryUserId: UserId | null;
  readonly sources: Readonly<Partial<Record<keyof SaidOfDevice, FactSource>>>;
  /** What the device reported; never replaces what stands above. */
  readonly reported: Readonly<Partial<DeviceFacts>>;
  /** Came under management. */
  readonly enrolledAt: number | null;
  /** First complete inventory. Device-group assignments wait for it. */
  readonly registeredAt: number | null;
  readonly lastCheckIn: number | null;
  /** A retired device gets nothing any more. */
  readonly retiredAt: number | null;
  /** How; null: it is not retired, or was before that was kept. */
  readonly retiredBy: Retirement | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};
