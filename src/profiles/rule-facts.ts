import { fromBase64 } from '../lib/bytes.ts';
import type { IssuerFacts } from './issuer-facts.ts';
import type { Profile } from './profile.ts';
import type { ProfileDraft } from './profile-draft.ts';
import type { RuleFacts } from './rules/rule.ts';

/** What the rules want to know about a draft that the store and the authority can tell. */
export async function ruleFacts(
  issuers: IssuerFacts,
  draft: ProfileDraft,
  profiles: readonly Profile[],
  stored: Profile | null,
): Promise<Omit<RuleFacts, 'now'>> {
  if (draft.kind !== 'scep') return {};
  const { authority, certificateTemplate } = draft.settings.server;
  const root = profiles.find(({ id }) => id === draft.settings.rootCertificate);
  const certificate = root?.kind === 'trustedCertificate' ? fromBase64(root.settings.certificate) : undefined;
  return {
    issuer: await issuers.describe(authority, certificateTemplate),
    ...(root?.kind !== 'trustedCertificate' || certificate === undefined
      ? {}
      : { root: { certificate, deploymentChannel: root.settings.deploymentChannel ?? null } }),
    ...(stored?.kind === 'scep' ? { previous: stored.settings } : {}),
  };
}
