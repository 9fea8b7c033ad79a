import { z } from 'zod';
import type { Bound } from '../../lib/bound.ts';
import type { ImpactInput, ImpactItem, impact } from '../../lifecycle/impact.ts';
import { impactSummary } from '../../lifecycle/impact-summary.ts';
import type { Profile } from '../../profiles/profile.ts';
import type { ProfileId } from '../../profiles/profile-id.ts';
import { list } from './list-schema.ts';
import { occasionSchema, removalRuleSchema } from './removal-schemas.ts';

const count = z.number().int();
const counts = z.object({
  gain: count,
  keep: count,
  redeliver: count,
  reissue: count,
  remove: count,
  revoke: count,
  blocked: count,
});
const effect = z
  .enum(['gain', 'keep', 'redeliver', 'reissue', 'remove', 'revoke', 'blocked'])
  .describe(
    '`redeliver`: is told, keeps its certificate. `remove`: is to have it no more. `revoke`: and what was issued is revoked, as `removal` says. `blocked`: should have it, and cannot; `problem` says why',
  );

const endSchema = z
  .object({
    occasion: occasionSchema,
    rule: removalRuleSchema,
    countedFrom: z
      .enum(['change', 'replacement'])
      .describe(
        '`replacement`: the certificate serves until the device has the new one in place, and then the rule is for the old one',
      ),
  })
  .describe('By what it is lost, and what is done');

export const impactItemSchema = z
  .object({
    profile: z.string().describe('Slug'),
    effect,
    device: z.object({ id: z.string(), deviceName: z.string() }),
    user: z.object({ id: z.string(), userPrincipalName: z.string() }).nullable(),
    holdsCertificate: z.boolean().describe('Now'),
    subject: z.string().nullable().describe('Of the certificate that it then is to have'),
    problem: z
      .object({
        code: z.string(),
        detail: z.string(),
        unresolved: list(z.object({ variable: z.string(), reason: z.string() })),
      })
      .nullable(),
    removal: endSchema.nullable().describe('Of what is removed or revoked, or replaced because of an edit'),
  })
  .meta({ id: 'ImpactItem' });

export const profileImpactSchema = z
  .object({
    profile: z.object({
      id: z.string(),
      slug: z.string(),
      name: z.string(),
      kind: z.enum(['scep', 'trustedCertificate']),
    }),
    counts: counts.describe('Devices, or devices with a user, by what becomes of the profile on them'),
    certificates: counts.describe('Those of them that have a certificate now; none of a trusted certificate profile'),
    blocked: list(
      z.object({ code: z.string(), variable: z.string().nullable(), reason: z.string().nullable(), count }),
    ).describe('Why; a device may lack several variables'),
    removals: list(endSchema.extend({ count })).describe(
      'Of what is removed, revoked or replaced, by occasion and rule',
    ),
    waits: z
      .boolean()
      .describe(
        'Whether what is removed and revoked would wait to be confirmed, because so many devices lose something',
      ),
    first: list(impactItemSchema).describe('The first of each effect'),
  })
  .meta({ id: 'ProfileImpact' });

/** In numbers: the profiles in focus, then those that rest on them. */
export async function impactView(
  useCases: { readonly impact: Bound<typeof impact>; readonly wouldWait: (devices: number) => Promise<boolean> },
  input: ImpactInput,
  limit: number,
): Promise<readonly z.output<typeof profileImpactSchema>[]> {
  const summary = impactSummary(limit);
  const touched = new Set<ProfileId>(input.focus);
  const losing = new Set<string>();
  for await (const items of useCases.impact(input)) {
    summary.add(items);
    for (const { profileId, removal, device } of items) {
      touched.add(profileId);
      if (removal?.countedFrom === 'change') losing.add(device.id);
    }
  }
  const many = losing.size > 0 && (await useCases.wouldWait(losing.size));
  const named = profilesNamed(input);
  return summary.result([...touched]).map(({ profileId, first, ...numbers }) => {
    const { id, slug, name, kind } = named(profileId);
    const waits = many && numbers.removals.some(({ countedFrom }) => countedFrom === 'change');
    return { profile: { id, slug, name, kind }, ...numbers, waits, first: first.map((item) => itemView(item, named)) };
  });
}

export function itemView({ profileId, ...item }: ImpactItem, named: (id: ProfileId) => Pick<Profile, 'slug'>) {
  return { profile: named(profileId).slug, ...item };
}

/** As the profile is called afterwards, or was before it went. */
export function profilesNamed({ before, after }: Pick<ImpactInput, 'before' | 'after'>) {
  const known = new Map([...before.profiles, ...after.profiles].map((profile) => [profile.id, profile]));
  return (id: ProfileId): Pick<Profile, 'id' | 'slug' | 'name' | 'kind'> =>
    known.get(id) ?? { id, slug: id as string as Profile['slug'], name: id, kind: 'scep' };
}
