/** `/api/v1/authorities`: the CAs as administrators see them. */
import { z } from 'zod';
import type { AuthorityStore } from '../../authority/authority-store.ts';
import type { CrlStore, PublishedCrl } from '../../authority/crl-store.ts';
import type { Authority, Issuer } from '../../authority/issuer.ts';
import { crlAddress, issuerAddress } from '../../authority/pki-address.ts';
import type { publishCrl } from '../../authority/publish-crl.ts';
import type { saveTemplates } from '../../authority/save-templates.ts';
import { sha1Hex, sha256Hex } from '../../crypto/digest.ts';
import { encodeCertificatesOnly } from '../../formats/cms/certificates-only.ts';
import { parseCertificate } from '../../formats/x509/certificate.ts';
import { nameText } from '../../formats/x509/name-text.ts';
import { toPem } from '../../formats/x509/pem.ts';
import type { Bound } from '../../lib/bound.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { authoritySchema, crlSchema, templateInput } from './authority-schemas.ts';
import { documented, fileResponse } from './documented.ts';
import { findAuthority } from './find-authority.ts';
import { nameParam } from './find-named.ts';
import { sendVersion, versionFromIfMatch } from './if-match.ts';
import { list } from './list-schema.ts';
import { sendFile } from './send-file.ts';

export type AuthorityUseCases = {
  readonly authorities: Pick<AuthorityStore, 'all' | 'issuers'>;
  readonly crls: Pick<CrlStore, 'latest'>;
  readonly publishCrl: Bound<typeof publishCrl>;
  readonly saveTemplates: Bound<typeof saveTemplates>;
};

const params = z.strictObject({ authority: nameParam('Id or slug') });
const tag = 'authorities';

export function registerAuthorityRoutes(scope: AdminScope, useCases: AuthorityUseCases): void {
  scope.get(
    '/authorities',
    documented(
      { permission: 'authority.read', tag, summary: 'List authorities' },
      { response: { 200: z.object({ items: list(authoritySchema), next: z.null() }) } },
    ),
    async () => {
      const all = await useCases.authorities.all();
      return { items: await Promise.all(all.map((authority) => view(useCases, authority))), next: null };
    },
  );

  scope.get(
    '/authorities/:authority',
    documented(
      { permission: 'authority.read', tag, summary: 'Show an authority', detail: 'With its issuers and their CRLs.' },
      { params, response: { 200: authoritySchema } },
    ),
    async ({ params }, reply) => {
      const authority = await findAuthority(useCases, params.authority);
      sendVersion(reply, authority.version);
      return view(useCases, authority);
    },
  );

  scope.put(
    '/authorities/:authority/templates',
    documented(
      {
        permission: 'authority.write',
        tag,
        summary: 'Replace the certificate templates of an authority',
        headers: ['if-match'],
        detail: 'Needs If-Match with the ETag of what was edited.',
      },
      {
        params,
        body: z.strictObject({ templates: z.array(templateInput).min(1).max(100) }),
        response: { 200: authoritySchema },
      },
    ),
    async (request, reply) => {
      const version = versionFromIfMatch(request);
      const { id } = await findAuthority(useCases, request.params.authority);
      const { templates } = request.body;
      const saved = await useCases.saveTemplates({ authorityId: id, version, templates, cause: causeOf(request) });
      sendVersion(reply, saved.version);
      return view(useCases, saved);
    },
  );

  scope.post(
    '/authorities/:authority/crl',
    documented(
      {
        permission: 'authority.write',
        tag,
        summary: 'Publish the revocation lists now',
        detail:
          'Of every shard of the active issuer. They are published by themselves as well: on time, and on revocation.',
      },
      { params, response: { 200: z.object({ items: list(crlSchema), next: z.null() }) } },
    ),
    async (request) => {
      const authority = await findAuthority(useCases, request.params.authority);
      const issuer = (await issuersOf(useCases, authority)).find(({ id }) => id === authority.activeIssuerId);
      const items: z.infer<typeof crlSchema>[] = [];
      for (let shard = 0; shard < (issuer?.shards ?? 0); shard++) {
        const issuerId = authority.activeIssuerId;
        const crl = await useCases.publishCrl({ issuerId, shard, cause: causeOf(request) });
        if (issuer !== undefined) items.push(crlView(authority, issuer, crl));
      }
      return { items, next: null };
    },
  );

  scope.get(
    '/authorities/:authority/chain',
    documented(
      {
        permission: 'authority.read',
        tag,
        summary: 'Download the certificates of the active issuer, up to the root',
        detail: '`pem`: one after the other; `p7b`: a certificates-only PKCS#7; `root`: the last one alone, DER.',
      },
      {
        params,
        querystring: z.strictObject({ format: z.enum(['pem', 'p7b', 'root']).default('pem') }),
        response: {
          200: fileResponse(
            'The certificates',
            'application/x-pem-file',
            'application/x-pkcs7-certificates',
            'application/pkix-cert',
          ),
        },
      },
    ),
    async ({ params, query }, reply) => {
      const authority = await findAuthority(useCases, params.authority);
      const issuer = (await issuersOf(useCases, authority)).find(({ id }) => id === authority.activeIssuerId);
      if (issuer === undefined) throw new Error(`The authority ${authority.slug} has no active issuer.`);
      const certificates = [issuer.certificate, ...issuer.chain];
      if (query.format === 'root')
        return sendFile(
          reply,
          `${issuer.slug}-root.cer`,
          'application/pkix-cert',
          certificates.at(-1) ?? issuer.certificate,
        );
      if (query.format === 'p7b') {
        const p7b = encodeCertificatesOnly({ certificates });
        return sendFile(reply, `${issuer.slug}.p7b`, 'application/x-pkcs7-certificates', p7b);
      }
      const pem = certificates.map((der) => toPem('CERTIFICATE', der)).join('');
      return sendFile(reply, `${issuer.slug}.pem`, 'application/x-pem-file', pem);
    },
  );
}

async function issuersOf({ authorities }: Pick<AuthorityUseCases, 'authorities'>, { id }: Authority) {
  return (await authorities.issuers()).filter(({ authorityId }) => authorityId === id);
}

async function view(useCases: AuthorityUseCases, authority: Authority) {
  const issuers = await issuersOf(useCases, authority);
  return { ...authority, issuers: await Promise.all(issuers.map((each) => issuerView(useCases, authority, each))) };
}

async function issuerView({ crls }: Pick<AuthorityUseCases, 'crls'>, authority: Authority, issuer: Issuer) {
  const { subject, notBefore, notAfter } = parseCertificate(issuer.certificate);
  const published: z.infer<typeof crlSchema>[] = [];
  for (let shard = 0; shard < issuer.shards; shard++) {
    const crl = await crls.latest(issuer.id, shard);
    if (crl !== null) published.push(crlView(authority, issuer, crl));
  }
  return {
    id: issuer.id,
    slug: issuer.slug,
    active: issuer.id === authority.activeIssuerId,
    subject: nameText(subject),
    notBefore,
    notAfter,
    thumbprint: sha1Hex(issuer.certificate),
    thumbprint256: sha256Hex(issuer.certificate),
    url: issuerAddress(authority, issuer),
    crls: published,
    createdAt: issuer.createdAt,
  };
}

function crlView(authority: Authority, issuer: Issuer, { shard, number, thisUpdate, nextUpdate, der }: PublishedCrl) {
  return { shard, number, thisUpdate, nextUpdate, bytes: der.length, url: crlAddress(authority, issuer, shard) };
}
