import { z } from 'zod';
import { deploymentStates } from '../../deployments/deployment.ts';
import { deploymentStatuses } from '../../deployments/deployment-status.ts';
import { list, time } from './list-schema.ts';

export const expectationSchema = z
  .object({
    subject: z.string().describe('DER of the Name, base64'),
    subjectText: z.string(),
    subjectAlternativeNames: list(z.object({ type: z.string(), value: z.string() })),
    securityIdentifier: z.string().nullable(),
    keyUsage: list(z.string()),
    extendedKeyUsages: list(z.object({ name: z.string(), oid: z.string() })),
    keySize: z.number().int(),
    validityPeriod: z.object({ value: z.number().int(), unit: z.enum(['days', 'months', 'years']) }).nullable(),
  })
  .meta({ id: 'Expectation', description: 'The one request that a deployment allows' });

export const deploymentStateSchema = z.enum(deploymentStates);

export const deploymentStatusSchema = z.enum(deploymentStatuses);

export const deploymentSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['scep', 'trustedCertificate']),
    profileId: z.string(),
    profileSlug: z.string().nullable().describe('Null: the profile is deleted'),
    deviceId: z.string(),
    deviceName: z.string().nullable().describe('Null: the device is deleted'),
    called: z
      .object({ device: z.string().nullable(), profile: z.string().nullable() })
      .describe('As device and profile are called now, or were last'),
    scopeTags: list(z.string()).describe('Those of its device'),
    userId: z.string().nullable(),
    consumerId: z.string().nullable(),
    wanted: z.boolean().describe('Whether the device should have it now'),
    removal: z
      .enum(['held', 'left'])
      .nullable()
      .describe(
        'held: it lost its ground with many others, and stays until that is decided (`/removals`); left: not wanted, and the device keeps it',
      ),
    status: deploymentStatusSchema,
    state: deploymentStateSchema,
    stateSince: time,
    stateCause: z.string().nullable().describe('What brought it there; who, stands in the event of that moment'),
    problem: z
      .object({
        code: z.string(),
        detail: z.string(),
        unresolved: list(z.object({ variable: z.string(), reason: z.string() })),
      })
      .nullable(),
    expectation: expectationSchema.nullable(),
    revision: z.number().int().describe('Grows when the expectation changes'),
    contentVersion: z.number().int(),
    deliveryVersion: z.number().int(),
    generation: z.number().int().describe('Which certificate is due'),
    issuedGeneration: z.number().int().describe('The latest that was issued; less than `generation`: one is due'),
    currentCertificateId: z.string().nullable(),
    certificateNotBefore: time.nullable(),
    certificateNotAfter: time.nullable(),
    renewal: z
      .object({
        from: time.describe('The threshold: a device that renews by itself may'),
        at: time.describe('We ask for it: after the threshold, spread'),
      })
      .nullable()
      .describe('Of its certificate'),
    attempts: z.number().int().describe('Challenges made for the certificate that is due'),
    nextAttemptAt: time.nullable().describe('While one is due: no challenge before then'),
    drift: z
      .object({
        since: time,
        action: z
          .enum(['due', 'reissueNow', 'atRenewal', 'never'])
          .describe('due: the next certificate will say it; else what the profile does about it'),
        differences: list(
          z.object({
            field: z.string(),
            certificate: z.string().describe('What the certificate says'),
            directory: z.string().nullable().describe('What the directory says; null: it has no value any more'),
          }),
        ),
      })
      .nullable()
      .describe('Its certificate says something else than the directory; null: it does not'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Deployment', description: 'One profile on one device' });
