import type { Certificate } from '../authority/certificate.ts';
import type { DeploymentState } from '../deployments/deployment.ts';
import type { Platform } from '../directory/platform.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { ValidityPeriod } from '../profiles/scep-settings.ts';

/** Everything in it must hold; null: it does not matter. Times are ms, `from` is included and `before` is not. */
export type InventoryQuery = {
  /** Part of subject, alternative name, serial number, or name of device or user; or how a thumbprint starts. */
  readonly search: string | null;
  readonly deploymentId: string | null;
  readonly deviceId: string | null;
  readonly userId: string | null;
  readonly profileId: string | null;
  /** Of the profile, be it deleted. */
  readonly platform: Platform | null;
  readonly status: 'valid' | 'expired' | 'revoked' | null;
  /** Whether it is the latest of its deployment. */
  readonly current: boolean | null;
  readonly expiresFrom: number | null;
  readonly expiresBefore: number | null;
  readonly issuedFrom: number | null;
  readonly issuedBefore: number | null;
  readonly sort: InventorySort;
  readonly descending: boolean;
};

/** By names as they are now, a state as valid, expired, revoked. What has none of it comes last, either way. */
export const inventorySorts = [
  'issued',
  'expires',
  'revoked',
  'subject',
  'serial',
  'device',
  'user',
  'profile',
  'state',
] as const;
export type InventorySort = (typeof inventorySorts)[number];

/** One line of the certificate report (intune-domain 5.7). Names are those of now, of profiles also the last; null: it is there no more. */
export type InventoryItem = Omit<Certificate, 'der' | 'state'> & {
  readonly issuerSlug: string | null;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  /** Also of one that is deleted. */
  readonly lastDeviceName: string | null;
  readonly userId: string | null;
  readonly userPrincipalName: string | null;
  readonly userDisplayName: string | null;
  readonly profileId: string | null;
  readonly profileSlug: string | null;
  readonly profileName: string | null;
  readonly platform: Platform | null;
  /** Whether it is the latest of its deployment. */
  readonly current: boolean;
  /** Of its deployment, whose state and problem are about the latest certificate. */
  readonly deploymentState: DeploymentState | null;
  readonly errorCode: string | null;
  readonly keyUsage: readonly string[];
  /** Object identifiers. */
  readonly extendedKeyUsages: readonly string[];
  /** `RSA 2048`, `P-256`. */
  readonly key: string;
  readonly keyStorageProvider: string | null;
  readonly validityPeriod: ValidityPeriod | null;
  readonly subjectNameFormat: string | null;
  readonly subjectAlternativeNameFormats: readonly string[];
};

export type CertificateInventory = {
  /**
   * One page; it may have fewer items than asked for, or none, while `next` leads on: where little matches, a page ends
   * after so many certificates have been looked at. Failures: `bad-cursor`, `search-too-short`.
   */
  page(query: InventoryQuery, now: number, page: PageRequest): Promise<Page<InventoryItem>>;
  /** How many match; `capped`: there are more than `most`. */
  count(query: InventoryQuery, now: number, most: number): Promise<InventoryCount>;
  /** All of them counted. */
  summary(
    of: Pick<InventoryQuery, 'profileId' | 'platform'>,
    now: number,
    horizons: readonly number[],
  ): Promise<InventorySummary>;
};

/** Certificates of devices. */
export type InventorySummary = {
  readonly states: Readonly<Record<'valid' | 'expired' | 'revoked', number>>;
  /** Valid, the latest of their deployment, and ended by then: one for each horizon (ms since 1970). */
  readonly ending: readonly number[];
};

export type InventoryCount = { readonly count: number; readonly capped: boolean };

export const anyCertificate: InventoryQuery = {
  search: null,
  deploymentId: null,
  deviceId: null,
  userId: null,
  profileId: null,
  platform: null,
  status: null,
  current: null,
  expiresFrom: null,
  expiresBefore: null,
  issuedFrom: null,
  issuedBefore: null,
  sort: 'issued',
  descending: true,
};
