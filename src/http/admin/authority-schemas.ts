import { z } from 'zod';
import { list, time } from './list-schema.ts';

const template = {
  name: z.string(),
  maximumValidity: z.number().int().describe('Days'),
  profileMaySetValidity: z.boolean().describe('Otherwise a certificate validity period in a profile is refused'),
};
const keySize = z.union([z.literal(1024), z.literal(2048), z.literal(3072), z.literal(4096)]);
const hashAlgorithm = z.enum(['sha1', 'sha2']);
const keyUsage = z.enum(['digitalSignature', 'keyEncipherment']);

const templateSchema = z
  .object({
    ...template,
    keySizes: list(z.number().int()),
    hashAlgorithms: list(hashAlgorithm),
    keyUsages: list(keyUsage),
    extendedKeyUsages: list(z.string()).nullable().describe('Object identifiers; null: any'),
  })
  .meta({ id: 'CertificateTemplate', description: 'What an authority is willing to issue' });

/** `parseCertificateTemplate` has the last word. */
export const templateInput = z.strictObject({
  ...template,
  keySizes: z.array(keySize),
  hashAlgorithms: z.array(hashAlgorithm),
  keyUsages: z.array(keyUsage),
  extendedKeyUsages: z.array(z.string().max(200)).max(100).nullable(),
});

export const crlSchema = z
  .object({
    shard: z.number().int(),
    number: z.number().int(),
    thisUpdate: time,
    nextUpdate: time,
    bytes: z.number().int(),
    url: z.string(),
  })
  .meta({ id: 'RevocationList' });

export const authoritySchema = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    pkiUrl: z.string().describe('Stands in every certificate'),
    templates: list(templateSchema),
    activeIssuerId: z.string(),
    issuers: list(
      z.object({
        id: z.string(),
        slug: z.string(),
        active: z.boolean(),
        subject: z.string(),
        notBefore: time,
        notAfter: time,
        thumbprint: z.string().describe('SHA-1, hex'),
        thumbprint256: z.string().describe('SHA-256, hex'),
        url: z.string(),
        crls: list(crlSchema),
        createdAt: time,
      }),
    ).describe('Generations of its key'),
    version: z.number().int().describe('For If-Match'),
    createdAt: time,
  })
  .meta({ id: 'Authority' });
