import { z } from 'zod';
import { effectiveScopeTags } from '../../access/scope-tag.ts';
import type { Profile } from '../../profiles/profile.ts';
import { platformSchema } from './fact-schemas.ts';
import { list, time } from './list-schema.ts';
import { findingsSchema } from './problem-schema.ts';

export const profileSchema = z
  .object({
    id: z.string(),
    slug: z.string().describe('Stands in SCEP addresses; never changes'),
    kind: z.enum(['scep', 'trustedCertificate']),
    name: z.string().describe('Not unique'),
    platform: platformSchema,
    description: z.string(),
    scopeTags: list(z.string()).describe('Those that count: Default where the document names none'),
    version: z.number().int().describe('For If-Match'),
    contentVersion: z.number().int().describe('Grows when certificates must change'),
    deliveryVersion: z.number().int().describe('Grows when devices must be told something'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Profile' });

/** As `profile apply` reads it and `profile export` writes it; `parse-profile.ts` has the last word on it. */
export const documentSchema = z.record(z.string(), z.unknown()).meta({
  id: 'ProfileDocument',
  description: 'A profile as files hold it: kind, name, platform, settings, server, …',
});

export const savedProfileSchema = z
  .object({
    profile: profileSchema,
    outcome: z.enum(['created', 'changed', 'unchanged']),
    findings: findingsSchema.describe('Warnings and information; errors refuse the profile'),
  })
  .meta({ id: 'SavedProfile' });

export const previewSchema = z
  .object({
    subject: z.string().nullable(),
    subjectDer: z.string().nullable().describe('Hex'),
    subjectAlternativeNames: list(z.object({ type: z.string(), value: z.string() })),
    keyUsage: list(z.string()),
    extendedKeyUsage: list(z.object({ name: z.string(), oid: z.string() })),
    notBefore: time.nullable(),
    notAfter: time.nullable(),
    scepServerUrls: list(z.string()),
    urlOrder: z
      .enum(['device-shuffles', 'server-shuffles', 'one-at-random'])
      .describe('What becomes of the order on the way to the device'),
    store: z.string().describe('The certificate store on the device'),
    keyStorage: z.string().nullable().describe('Where the key is kept, when that is a place of its own'),
    unresolved: list(z.object({ variable: z.string(), reason: z.string() })),
    problem: z
      .object({ code: z.string(), detail: z.string() })
      .nullable()
      .describe('Why there would be no certificate'),
  })
  .meta({ id: 'ProfilePreview' });

export function profileView({ settings, ...header }: Profile) {
  return { ...header, scopeTags: [...effectiveScopeTags(header.scopeTags)], platform: settings.platform };
}
