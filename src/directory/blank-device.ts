import type { Device } from './device.ts';

/** A device of which nothing is known but its name and platform. `now`: ms. */
export function blankDevice({
  id,
  deviceName,
  platform,
  now,
}: Pick<Device, 'id' | 'deviceName' | 'platform'> & { readonly now: number }): Device {
  return {
    id,
    deviceName,
    platform,
    management: null,
    ownership: 'unknown',
    osVersion: null,
    osEdition: null,
    serialNumber: null,
    imei: null,
    meid: null,
    wifiMacAddress: null,
    entraDeviceId: null,
    managedDeviceId: null,
    fullyQualifiedDomainName: null,
    trustType: null,
    onPremisesSecurityIdentifier: null,
    manufacturer: null,
    model: null,
    deviceCategory: null,
    cpuArchitecture: null,
    isRooted: null,
    enrollmentProfileName: null,
    coManagementWorkload: null,
    primaryUserId: null,
    sources: {},
    reported: {},
    enrolledAt: null,
    registeredAt: null,
    lastCheckIn: null,
    retiredAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
