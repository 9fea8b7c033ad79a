/** `/api/v1/endings`: what of the authorities' own ends, and when to mind. */
import { z } from 'zod';
import type { Ending } from '../../authority/endings.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { list, time } from './list-schema.ts';

export type EndingUseCases = { readonly endings: () => Promise<readonly Ending[]> };

const endingSchema = z
  .object({
    kind: z.enum(['root', 'issuer', 'ra', 'ocsp', 'crl', 'tls']),
    issuer: z.string().nullable().describe('Slug of the issuer it belongs to; null for TLS'),
    name: z.string(),
    endsAt: time.nullable().describe('Null: there is none, and should be'),
    severity: z.enum(['ok', 'warning', 'critical']),
    fix: z.string().nullable().describe('What to do; null while all is well'),
  })
  .meta({ id: 'Ending' });

export function registerEndingRoutes(scope: AdminScope, useCases: EndingUseCases): void {
  scope.get(
    '/endings',
    documented(
      {
        permission: 'authority.read',
        tag: 'authorities',
        summary: 'What ends: certificates of authorities and their services, revocation lists, HTTPS',
        detail: 'What matters most first. RA and OCSP certificates and revocation lists renew themselves.',
      },
      { response: { 200: z.object({ items: list(endingSchema), next: z.null() }) } },
    ),
    async () => ({ items: [...(await useCases.endings())], next: null }),
  );
}
