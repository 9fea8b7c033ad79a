/** `POST /api/v1/authorities`: the first run's second step. What it makes is the same as `scepward init` makes. */
import { z } from 'zod';
import type { CreateAuthority } from '../../authority/create-authority.ts';
import type { ImportAuthority } from '../../authority/import-authority.ts';
import type { ImportSource } from '../../authority/import-material.ts';
import type { Authority } from '../../authority/issuer.ts';
import { parsePkiUrl } from '../../authority/pki-url.ts';
import { fromBase64 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';
import { slugFromName } from '../../profiles/profile-slug.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';

export type NewAuthorityUseCases = {
  readonly createAuthority: (input: CreateAuthority) => Promise<{ readonly authority: Authority }>;
  readonly importAuthority: (input: ImportAuthority) => Promise<{ readonly authority: Authority }>;
  /** Whether there is one already: there shall be one, and the others come by rollover. */
  readonly hasAuthority: () => Promise<boolean>;
};

const keyKind = z.enum(['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384']);
const years = z.number().int().min(1).max(100);
const passphrase = z.string().max(1000).nullable().default(null).describe('Of the key; null: none');

const imported = z.union([
  z.strictObject({
    kind: z.literal('pem'),
    texts: z.array(z.string().max(100_000)).min(1).max(20).describe('Key, certificate and chain, in any order'),
    passphrase,
  }),
  z.strictObject({ kind: z.literal('pkcs12'), file: z.string().max(200_000).describe('Base64'), passphrase }),
]);

const body = z.strictObject({
  name: z.string().min(1).max(100).describe('Of the organisation; stands in the names of the authority’s certificates'),
  slug: z.string().min(1).max(40).optional().describe('Stands in addresses; default: made from the name'),
  pkiUrl: z.string().min(1).max(400).describe('Where CRLs and CA certificates are reached, for ever'),
  rootKey: keyKind.default('rsa-3072'),
  issuerKey: keyKind.default('rsa-2048'),
  rootYears: years.default(20),
  issuerYears: years.default(10),
  trial: z.literal(true).optional().describe('To look around: `pkiUrl` may be this machine’s own'),
  import: imported.optional().describe('This CA instead of a new one; then keys and years do not count'),
});

export function registerNewAuthorityRoutes(scope: AdminScope, useCases: NewAuthorityUseCases): void {
  scope.post(
    '/authorities',
    documented(
      {
        permission: 'authority.write',
        tag: 'authorities',
        summary: 'Make the certification authority, or bring one along',
        detail: 'Once: 409 when there is one. Takes seconds, for the keys.',
      },
      { body, response: { 201: z.object({ id: z.string(), slug: z.string(), name: z.string() }) } },
    ),
    async (request, reply) => {
      const { name, import: source, rootKey, issuerKey, rootYears, issuerYears } = request.body;
      if (await useCases.hasAuthority())
        throw new Failure('conflict', 'already-initialised', 'There is a certification authority already.');
      const naming = {
        name,
        slug: request.body.slug ?? slugFromName(name, () => false).slice(0, 40),
        pkiUrl: parsePkiUrl(request.body.pkiUrl, { allowLoopback: request.body.trial === true }),
        cause: causeOf(request),
      };
      const { authority } =
        source === undefined
          ? await useCases.createAuthority({ ...naming, rootKey, issuerKey, rootYears, issuerYears })
          : await useCases.importAuthority({ ...naming, source: sourceOf(source) });
      reply.code(201);
      return { id: authority.id, slug: authority.slug, name: authority.name };
    },
  );
}

function sourceOf(source: z.output<typeof imported>): ImportSource {
  if (source.kind === 'pem') return source;
  const file = fromBase64(source.file);
  if (file === undefined)
    throw new Failure('malformed', 'bad-request', 'body.import.file: This is no base64.', { field: 'import.file' });
  return { kind: 'pkcs12', file, passphrase: source.passphrase ?? '' };
}
