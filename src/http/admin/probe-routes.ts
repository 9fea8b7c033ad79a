/** `POST /api/v1/profiles/{profile}/probe`: what SCEP servers that are not ours say. The one route that makes this server call others. */
import { z } from 'zod';
import type { probeProfile } from '../../delivery/probe/probe-profile.ts';
import type { Bound } from '../../lib/bound.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { nameParam } from './find-named.ts';
import { findProfile, type ProfileNames } from './find-profile.ts';
import { list, time } from './list-schema.ts';
import type { ProbeLimit } from './probe-limit.ts';

export type ProbeUseCases = ProfileNames & {
  readonly probeProfile: Bound<typeof probeProfile>;
  readonly limit: ProbeLimit;
};

const certificateSchema = z.object({
  subject: z.string(),
  issuer: z.string(),
  notAfter: time,
  fingerprint: z.string().describe('SHA-256, hex'),
  authority: z.boolean(),
});
const urlSchema = z
  .object({
    url: z.string(),
    outcome: z
      .enum(['own', 'answered', 'no-scep', 'failed', 'not-probed'])
      .describe('own: this server, not asked; not-probed: more addresses than one probe asks'),
    reachable: z.boolean(),
    address: z.string().nullable().describe('Where the name led'),
    milliseconds: z.number().int(),
    tls: z.object({ trusted: z.boolean(), protocol: z.string() }).nullable(),
    capabilities: list(z.string()).nullable(),
    certificates: list(certificateSchema).nullable(),
    chain: z
      .object({
        verdict: z.enum([
          'leads-to-root',
          'root-is-issuer',
          'other-authority',
          'not-in-force',
          'registration-authority-elsewhere',
          'no-authority',
        ]),
        detail: z.string(),
      })
      .nullable(),
    findings: list(
      z.object({ code: z.string(), severity: z.enum(['error', 'warning', 'information']), detail: z.string() }),
    ),
  })
  .meta({ id: 'ProbedUrl' });

export function registerProbeRoutes(scope: AdminScope, useCases: ProbeUseCases): void {
  scope.post(
    '/profiles/:profile/probe',
    documented(
      {
        permission: 'profiles.write',
        tag: 'profiles',
        summary: 'Ask the SCEP servers of a profile what they can',
        detail:
          'GetCACaps and GetCACert of each SCEP server URL that is not this server’s own, compared with the profile. Private addresses are refused unless the server runs with SCEPWARD_PROBE_PRIVATE=allow; redirects are not followed. At most ten a minute.',
      },
      {
        params: z.strictObject({ profile: nameParam('Id, slug or exact name') }),
        response: { 200: z.object({ profile: z.string().describe('Slug'), urls: list(urlSchema) }) },
      },
    ),
    async (request) => {
      const profile = await findProfile(useCases, request.params.profile);
      const cause = causeOf(request);
      const urls = await useCases.limit.run(cause.actor.id ?? '', () => useCases.probeProfile({ profile, cause }));
      return { profile: profile.slug, urls };
    },
  );
}
