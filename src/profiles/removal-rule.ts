/**
 * What happens when a deployment ends, by what ended it: whether the device is told to remove it, whether its certificates
 * are revoked, how long afterwards, and with which reason of RFC 5280 §5.3.1. The defaults are those of the seed's product
 * (intune-domain 5.6), with its gaps closed: every platform, corporate-owned Android too, and users that are deleted.
 * A profile may say otherwise (`server.removal`); trusted certificates are always removed, and there is nothing to revoke.
 */
import type { Platform } from '../directory/platform.ts';

export const removalOccasions = [
  'unenrolled', // the device ended its management itself
  'retired',
  'wiped',
  'deviceDeleted',
  'userDeleted',
  'userChanged', // the device belongs to somebody else now, or to nobody
  'leftGroup', // or entered one that is excluded
  'unassigned',
  'notApplicable', // a filter, an applicability rule, co-management or the platform leaves the device out
  'profileDeleted',
  'profileChanged', // another certificate takes its place
] as const;

export type RemovalOccasion = (typeof removalOccasions)[number];

export const removalReasons = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;

export type RemovalRule = {
  readonly removeFromDevice: boolean;
  readonly revoke: boolean;
  /** Until it is revoked; 0: at once. */
  readonly afterDays: number;
  readonly reason: (typeof removalReasons)[number];
};

/** What a profile says otherwise; whole rules. */
export type RemovalOverrides = Readonly<Partial<Record<RemovalOccasion, RemovalRule>>>;

/** `exceptOn`: where the certificate stays on the device. */
type Row = Pick<RemovalRule, 'reason'> & { readonly exceptOn?: readonly Platform[] };

/** "Revoke only": Knox leaves it on the device (5.6). */
const knox: readonly Platform[] = ['androidDeviceAdministrator'];

export const removalTable: Readonly<Record<RemovalOccasion, Row>> = {
  unenrolled: { reason: 'cessationOfOperation' },
  retired: { reason: 'cessationOfOperation', exceptOn: knox },
  wiped: { reason: 'cessationOfOperation' },
  deviceDeleted: { reason: 'cessationOfOperation' },
  userDeleted: { reason: 'affiliationChanged' },
  userChanged: { reason: 'affiliationChanged' },
  leftGroup: { reason: 'privilegeWithdrawn', exceptOn: knox },
  unassigned: { reason: 'privilegeWithdrawn', exceptOn: knox },
  notApplicable: { reason: 'privilegeWithdrawn', exceptOn: knox },
  profileDeleted: { reason: 'cessationOfOperation', exceptOn: knox },
  profileChanged: { reason: 'superseded' },
};

/** Unless the profile says otherwise. `platform` null: not known any more. */
export function defaultRemovalRule(occasion: RemovalOccasion, platform: Platform | null): RemovalRule {
  const { reason, exceptOn = [] } = removalTable[occasion];
  return { removeFromDevice: platform === null || !exceptOn.includes(platform), revoke: true, afterDays: 0, reason };
}

const trustedCertificate: RemovalRule = {
  removeFromDevice: true,
  revoke: false,
  afterDays: 0,
  reason: 'unspecified',
};

/** Of a profile as it is or, when it is gone, as it was last; null: nobody knows it any more. */
export function removalRule(
  occasion: RemovalOccasion,
  kind: 'scep' | 'trustedCertificate',
  profile: { readonly settings: object } | null,
): RemovalRule {
  if (kind === 'trustedCertificate') return trustedCertificate;
  const { platform = null, server } = (profile?.settings ?? {}) as {
    readonly platform?: Platform;
    readonly server?: { readonly removal?: RemovalOverrides };
  };
  return server?.removal?.[occasion] ?? defaultRemovalRule(occasion, platform);
}
