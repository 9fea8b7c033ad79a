/** The certificate report: its query, its lines, its columns in a spreadsheet (intune-domain 5.7). */
import { z } from 'zod';
import { revocationReasons } from '../../authority/certificate.ts';
import { type InventoryItem, type InventoryQuery, inventorySorts } from '../../reporting/certificate-inventory.ts';
import { deploymentStateSchema } from './deployment-schemas.ts';
import { type DirectoryNames, findDevice, findUser } from './directory-names.ts';
import { platformSchema } from './fact-schemas.ts';
import { nameParam } from './find-named.ts';
import { findProfile, type ProfileNames } from './find-profile.ts';
import { list, time } from './list-schema.ts';
import { pageQuery } from './page-schema.ts';
import { type Columns, isoTime } from './send-table.ts';

export const certificateStatus = z.enum(['valid', 'expired', 'revoked']);

const yesNo = z.enum(['true', 'false']).transform((text) => text === 'true');
const moment = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const filters = {
  search: z.string().min(1).max(200).optional(),
  device: nameParam('Id or exact name').optional(),
  user: nameParam('Id or user principal name').optional(),
  profile: nameParam('Id, slug or exact name').optional(),
  deployment: z.string().min(1).max(100).optional(),
  platform: platformSchema.optional().describe('Of the profile'),
  status: certificateStatus.optional(),
  current: yesNo.optional().describe('Whether it is the latest of its deployment'),
  expiresFrom: moment.optional().describe('Milliseconds; included'),
  expiresBefore: moment.optional().describe('Milliseconds; not included'),
  issuedFrom: moment.optional(),
  issuedBefore: moment.optional(),
  sort: z
    .enum(inventorySorts)
    .default('issued')
    .describe(
      '`device`, `user`, `profile`: by their names; `state`: valid, expired, revoked. What has none comes last',
    ),
  order: z
    .enum(['asc', 'desc'])
    .optional()
    .describe('Default: for `issued` and `revoked` newest first, else ascending'),
};

export const inventoryFilters = z.strictObject(filters);
export const inventoryQuery = pageQuery.extend(filters);

export async function inventoryQueryOf(
  names: Pick<DirectoryNames, 'devices' | 'users'> & ProfileNames,
  query: z.infer<typeof inventoryFilters>,
): Promise<InventoryQuery> {
  const { device, user, profile, search = null, sort } = query;
  return {
    search,
    deploymentId: query.deployment ?? null,
    deviceId: device === undefined ? null : (await findDevice(names, device)).id,
    userId: user === undefined ? null : (await findUser(names, user)).id,
    profileId: profile === undefined ? null : (await findProfile(names, profile)).id,
    platform: query.platform ?? null,
    status: query.status ?? null,
    current: query.current ?? null,
    expiresFrom: query.expiresFrom ?? null,
    expiresBefore: query.expiresBefore ?? null,
    issuedFrom: query.issuedFrom ?? null,
    issuedBefore: query.issuedBefore ?? null,
    sort,
    descending: (query.order ?? (sort === 'issued' || sort === 'revoked' ? 'desc' : 'asc')) === 'desc',
  };
}

const reasonSchema = z.enum(revocationReasons);

export const certificateFields = {
  id: z.string(),
  issuerId: z.string(),
  serial: z.string().describe('Hex'),
  purpose: z.enum(['device', 'ra', 'ocsp', 'tls', 'issuer']),
  status: certificateStatus,
  subjectText: z.string(),
  subjectAlternativeNames: list(z.string()),
  notBefore: time,
  notAfter: time,
  thumbprint: z.string().describe('SHA-1, hex'),
  thumbprint256: z.string().describe('SHA-256, hex'),
  keyHash: z.string().describe('SHA-256 of the SubjectPublicKeyInfo, hex'),
  shard: z.number().int(),
  deploymentId: z.string().nullable(),
  generation: z.number().int().nullable(),
  renewsId: z.string().nullable(),
  issuedAt: time,
  installedAt: time.nullable(),
  revokedAt: time.nullable(),
  revocationReason: reasonSchema.nullable(),
  supersededAt: time.nullable().describe('The device has had the next one in place since then'),
  revokeAt: time.nullable().describe('It is revoked then because of that; null: it ends by itself'),
};

export const inventoryItemSchema = z
  .object({
    ...certificateFields,
    issuerSlug: z.string().nullable(),
    deviceId: z.string().nullable(),
    deviceName: z.string().nullable().describe('Null: the device is deleted'),
    lastDeviceName: z.string().nullable().describe('As it is called, or was last'),
    userId: z.string().nullable(),
    userPrincipalName: z.string().nullable(),
    userDisplayName: z.string().nullable(),
    profileId: z.string().nullable(),
    profileSlug: z.string().nullable(),
    profileName: z.string().nullable(),
    platform: platformSchema.nullable(),
    current: z.boolean().describe('Whether it is the latest of its deployment'),
    deploymentState: deploymentStateSchema.nullable(),
    errorCode: z.string().nullable().describe('What stands against the deployment, if this is its latest certificate'),
    changedAt: time.describe('When it was last issued, installed or revoked'),
    keyUsage: list(z.string()),
    extendedKeyUsages: list(z.string()).describe('Object identifiers'),
    key: z.string(),
    keyStorageProvider: z.string().nullable(),
    validityPeriod: z.object({ value: z.number().int(), unit: z.enum(['days', 'months', 'years']) }).nullable(),
    subjectNameFormat: z.string().nullable(),
    subjectAlternativeNameFormats: list(z.string()),
  })
  .meta({
    id: 'InventoryItem',
    description: 'A certificate, and whose it is. What the profile says is what it says now',
  });

export type InventoryLine = InventoryItem & {
  readonly status: z.infer<typeof certificateStatus>;
  readonly changedAt: number;
};

export function inventoryLine(item: InventoryItem, now: number): InventoryLine {
  const { issuedAt, installedAt, revokedAt } = item;
  return { ...item, status: statusOf(item, now), changedAt: Math.max(issuedAt, installedAt ?? 0, revokedAt ?? 0) };
}

export function statusOf({ revokedAt, notAfter }: Pick<InventoryItem, 'revokedAt' | 'notAfter'>, now: number) {
  if (revokedAt !== null) return 'revoked';
  return notAfter < now ? 'expired' : 'valid';
}

export const inventoryColumns: Columns<InventoryLine> = {
  'Device name': ({ lastDeviceName }) => lastDeviceName,
  'User principal name': ({ userPrincipalName }) => userPrincipalName,
  'User display name': ({ userDisplayName }) => userDisplayName,
  Platform: ({ platform }) => platform,
  Status: ({ status }) => status,
  'Issuance state': ({ current, deploymentState }) => (current ? deploymentState : null),
  'Revocation reason': ({ revocationReason }) => revocationReason,
  'Issued (UTC)': ({ issuedAt }) => isoTime(issuedAt),
  'Last status change (UTC)': ({ changedAt }) => isoTime(changedAt),
  'Expires (UTC)': ({ notAfter }) => isoTime(notAfter),
  'Revoked (UTC)': ({ revokedAt }) => isoTime(revokedAt),
  Issuer: ({ issuerSlug }) => issuerSlug,
  'Serial number': ({ serial }) => serial,
  'Thumbprint (SHA-1)': ({ thumbprint }) => thumbprint,
  'Thumbprint (SHA-256)': ({ thumbprint256 }) => thumbprint256,
  Subject: ({ subjectText }) => subjectText,
  'Subject alternative names': ({ subjectAlternativeNames }) => subjectAlternativeNames,
  'Key usage': ({ keyUsage }) => keyUsage,
  'Extended key usage': ({ extendedKeyUsages }) => extendedKeyUsages,
  Key: ({ key }) => key,
  'Key storage provider': ({ keyStorageProvider }) => keyStorageProvider,
  'Validity period': ({ validityPeriod }) => validityPeriod && `${validityPeriod.value} ${validityPeriod.unit}`,
  'Subject name format': ({ subjectNameFormat }) => subjectNameFormat,
  'Subject alternative name formats': ({ subjectAlternativeNameFormats }) => subjectAlternativeNameFormats,
  'Profile name': ({ profileName }) => profileName,
  Profile: ({ profileSlug }) => profileSlug,
  'Error code': ({ errorCode }) => errorCode,
  Purpose: ({ purpose }) => purpose,
  'Certificate id': ({ id }) => id,
  'Device id': ({ deviceId }) => deviceId,
};
