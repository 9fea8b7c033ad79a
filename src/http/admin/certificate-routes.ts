/** `/api/v1/certificates`: every certificate that was issued. */
import { z } from 'zod';
import { type Certificate, type CertificateId, revocationReasons } from '../../authority/certificate.ts';
import type { CertificateStore } from '../../authority/certificate-store.ts';
import type { revoke } from '../../authority/revoke.ts';
import { toPem } from '../../formats/x509/pem.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Clock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { isId } from '../../lib/ids.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { type DirectoryNames, findDevice } from './directory-names.ts';
import { documented, fileResponse } from './documented.ts';
import { nameParam } from './find-named.ts';
import { findProfile, type ProfileNames } from './find-profile.ts';
import { list, time } from './list-schema.ts';
import { pageOf, pageSchema, searchQuery } from './page-schema.ts';
import { sendFile } from './send-file.ts';

export type CertificateUseCases = Pick<DirectoryNames, 'devices'> &
  ProfileNames & {
    readonly certificates: Pick<CertificateStore, 'get' | 'list'>;
    readonly clock: Pick<Clock, 'now'>;
    readonly revoke: Bound<typeof revoke>;
  };

const statusSchema = z.enum(['valid', 'expired', 'revoked']);
const reasonSchema = z.enum(revocationReasons);

const certificateSchema = z
  .object({
    id: z.string(),
    issuerId: z.string(),
    serial: z.string().describe('Hex'),
    purpose: z.enum(['device', 'ra', 'ocsp', 'tls', 'issuer']),
    status: statusSchema,
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
  })
  .meta({ id: 'Certificate' });

const query = searchQuery.extend({
  device: nameParam('Id or exact name').optional(),
  profile: nameParam('Id, slug or exact name').optional(),
  deployment: z.string().min(1).max(100).optional(),
  status: statusSchema.optional(),
});
const params = z.strictObject({ certificate: nameParam('Id, serial number or thumbprint (hex)') });
const formats = z.enum(['pem', 'der']).default('pem');
const tag = 'certificates';

export function registerCertificateRoutes(scope: AdminScope, useCases: CertificateUseCases): void {
  scope.get(
    '/certificates',
    documented(
      {
        permission: 'certificates.read',
        tag,
        summary: 'List certificates, newest first',
        detail: '`search`: a serial number or thumbprint, or a part of subject or subject alternative name.',
      },
      { querystring: query, response: { 200: pageSchema(certificateSchema) } },
    ),
    async ({ query }) => {
      const { device, profile, deployment: deploymentId = null, status = null, search = null } = query;
      const deviceId = device === undefined ? null : (await findDevice(useCases, device)).id;
      const profileId = profile === undefined ? null : (await findProfile(useCases, profile)).id;
      const now = useCases.clock.now();
      const asked = { deploymentId, deviceId, profileId, search, status };
      const page = await useCases.certificates.list(asked, now, pageOf(query));
      return { items: page.items.map((each) => view(each, now)), next: page.next };
    },
  );

  scope.get(
    '/certificates/:certificate',
    documented(
      { permission: 'certificates.read', tag, summary: 'Show a certificate' },
      { params, response: { 200: certificateSchema } },
    ),
    async ({ params: { certificate } }) => view(await find(useCases, certificate), useCases.clock.now()),
  );

  scope.get(
    '/certificates/:certificate/file',
    documented(
      { permission: 'certificates.read', tag, summary: 'Download a certificate' },
      {
        params,
        querystring: z.strictObject({ format: formats }),
        response: { 200: fileResponse('The certificate', 'application/x-pem-file', 'application/pkix-cert') },
      },
    ),
    async ({ params, query }, reply) => {
      const { der, serial } = await find(useCases, params.certificate);
      if (query.format === 'der') return sendFile(reply, `${serial}.cer`, 'application/pkix-cert', der);
      return sendFile(reply, `${serial}.pem`, 'application/x-pem-file', toPem('CERTIFICATE', der));
    },
  );

  scope.post(
    '/certificates/:certificate/revoke',
    documented(
      {
        permission: 'certificates.revoke',
        tag,
        summary: 'Revoke a device’s certificate',
        detail:
          'For good; a new CRL says so at once. Repeating it changes nothing: `kind` is then `already`, and the first reason stands. Certificates of authorities, the RA and our TLS listener are refused: `certificate-not-a-device`.',
      },
      {
        params,
        body: z.strictObject({ reason: reasonSchema.default('unspecified') }),
        response: { 200: z.object({ kind: z.enum(['revoked', 'already']), certificate: certificateSchema }) },
      },
    ),
    async (request) => {
      const { id } = await find(useCases, request.params.certificate);
      const { kind, certificate } = await useCases.revoke({
        certificateId: id,
        reason: request.body.reason,
        cause: causeOf(request),
      });
      return { kind, certificate: view(certificate, useCases.clock.now()) };
    },
  );
}

function view({ der: _, state: __, ...certificate }: Certificate, now: number) {
  const ended = certificate.notAfter < now ? ('expired' as const) : ('valid' as const);
  return { ...certificate, status: certificate.revokedAt === null ? ended : ('revoked' as const) };
}

/** By id, serial number or thumbprint. */
async function find({ certificates, clock }: CertificateUseCases, text: string): Promise<Certificate> {
  const known = isId(text) ? await certificates.get(text as CertificateId) : null;
  if (known !== null) return known;
  const hex = text.replace(/[\s:]/g, '').toLowerCase();
  const all = { deploymentId: null, deviceId: null, profileId: null, status: null };
  const { items } = await certificates.list({ ...all, search: hex }, clock.now(), { limit: 50, cursor: null });
  const [found, ...others] = items.filter((each) => [each.serial, each.thumbprint, each.thumbprint256].includes(hex));
  if (found !== undefined && others.length === 0) return found;
  if (found === undefined)
    throw new Failure('not-found', 'certificate-not-found', `There is no certificate “${text}”.`, {
      certificate: text,
    });
  const candidates = [found, ...others].map(({ id, subjectText, issuerId }) => ({
    id,
    name: subjectText,
    detail: `issuer ${issuerId}`,
  }));
  const message = `${candidates.length} certificates have this serial number. Say which by its id.`;
  throw new Failure('conflict', 'ambiguous-name', message, { kind: 'certificate', name: text, candidates });
}
