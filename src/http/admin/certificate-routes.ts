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
import {
  anyCertificate,
  type CertificateInventory,
  type InventoryItem,
} from '../../reporting/certificate-inventory.ts';
import type { exportCertificates } from '../../reporting/export-certificates.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import type { DirectoryNames } from './directory-names.ts';
import { documented, fileResponse } from './documented.ts';
import { nameParam } from './find-named.ts';
import type { ProfileNames } from './find-profile.ts';
import {
  certificateFields,
  inventoryColumns,
  inventoryFilters,
  inventoryItemSchema,
  inventoryLine,
  inventoryQuery,
  inventoryQueryOf,
  statusOf,
} from './inventory-schemas.ts';
import { pageOf, pageSchema } from './page-schema.ts';
import { sendFile } from './send-file.ts';
import { exportFormat, exportResponse, sendTable } from './send-table.ts';

export type CertificateUseCases = Pick<DirectoryNames, 'devices' | 'users'> &
  ProfileNames & {
    readonly certificates: Pick<CertificateStore, 'get'>;
    readonly certificateInventory: CertificateInventory;
    readonly exportCertificates: Bound<typeof exportCertificates>;
    readonly clock: Pick<Clock, 'now'>;
    readonly revoke: Bound<typeof revoke>;
  };

const reasonSchema = z.enum(revocationReasons);
const certificateSchema = z.object(certificateFields).meta({ id: 'Certificate' });

const params = z.strictObject({ certificate: nameParam('Id, serial number or thumbprint (hex)') });
const formats = z.enum(['pem', 'der']).default('pem');
const tag = 'certificates';
const mostCounted = 10_000;
const searched =
  '`search`, from three characters: part of a subject, alternative name or serial number, or of the name of the device or user; or how a thumbprint starts. Colons in hex do not matter.';

export function registerCertificateRoutes(scope: AdminScope, useCases: CertificateUseCases): void {
  scope.get(
    '/certificates',
    documented(
      {
        permission: 'certificates.read',
        tag,
        summary: 'List certificates',
        detail: `${searched} A page may have fewer items than \`limit\`, or none, while \`next\` leads on: where a search finds little, a page ends after so many texts have been looked at.`,
      },
      { querystring: inventoryQuery, response: { 200: pageSchema(inventoryItemSchema) } },
    ),
    async ({ query }) => {
      const now = useCases.clock.now();
      const asked = await inventoryQueryOf(useCases, query);
      const page = await useCases.certificateInventory.page(asked, now, pageOf(query));
      return { items: page.items.map((each) => inventoryLine(each, now)), next: page.next };
    },
  );

  scope.get(
    '/certificates/count',
    documented(
      {
        permission: 'certificates.read',
        tag,
        summary: 'Count certificates',
        detail: `Counts to ${mostCounted}: \`capped\` says that there are more.`,
      },
      {
        querystring: inventoryFilters,
        response: { 200: z.object({ count: z.number().int(), capped: z.boolean() }) },
      },
    ),
    async ({ query }) =>
      useCases.certificateInventory.count(await inventoryQueryOf(useCases, query), useCases.clock.now(), mostCounted),
  );

  scope.get(
    '/certificates/export',
    documented(
      {
        permission: 'certificates.read',
        tag,
        summary: 'Download a list of certificates',
        detail: `${searched} In CSV, times are UTC, and a text that a spreadsheet would take for a formula begins with an apostrophe.`,
      },
      { querystring: inventoryFilters.extend({ format: exportFormat }), response: { 200: exportResponse } },
    ),
    async ({ query: { format, ...query } }, reply) => {
      const now = useCases.clock.now();
      const asked = await inventoryQueryOf(useCases, query);
      const batches = useCases.exportCertificates({ query: asked, now });
      // What cannot be asked is refused before the answer begins.
      const first = await batches.next();
      return sendTable(
        reply,
        { name: 'certificates', format, columns: inventoryColumns },
        lines(first.done ? [] : first.value, batches, now),
      );
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
  return { ...certificate, status: statusOf(certificate, now) } as const;
}

async function* lines(first: readonly InventoryItem[], rest: AsyncIterable<readonly InventoryItem[]>, now: number) {
  yield first.map((item) => inventoryLine(item, now));
  for await (const items of rest) yield items.map((item) => inventoryLine(item, now));
}

/** By id, serial number or thumbprint. */
async function find(useCases: CertificateUseCases, text: string): Promise<Certificate> {
  const { certificates, certificateInventory, clock } = useCases;
  const known = isId(text) ? await certificates.get(text as CertificateId) : null;
  if (known !== null) return known;
  const hex = text.replace(/[\s:]/g, '').toLowerCase();
  const asked = { ...anyCertificate, search: hex };
  const { items } = /^[0-9a-f]{3,64}$/.test(hex)
    ? await certificateInventory.page(asked, clock.now(), { limit: 200, cursor: null })
    : { items: [] };
  const exact = items.filter((each) => [each.serial, each.thumbprint, each.thumbprint256].includes(hex));
  const [only, ...others] = exact;
  const found = only === undefined || others.length > 0 ? null : await certificates.get(only.id);
  if (found !== null) return found;
  if (only === undefined)
    throw new Failure('not-found', 'certificate-not-found', `There is no certificate “${text}”.`, {
      certificate: text,
    });
  const candidates = exact.map(({ id, subjectText, issuerId }) => ({
    id,
    name: subjectText,
    detail: `issuer ${issuerId}`,
  }));
  const message = `${candidates.length} certificates have this serial number. Say which by its id.`;
  throw new Failure('conflict', 'ambiguous-name', message, { kind: 'certificate', name: text, candidates });
}
