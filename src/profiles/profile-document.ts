import type { Profile } from './profile.ts';
import type { DraftAssignment, DraftTarget, ProfileDraft } from './profile-draft.ts';

/**
 * A stored profile as the document that `parseProfile` reads back to the same (`profile export`). `rootSlug` is that of the
 * trusted certificate profile it refers to; `assignments` null leaves them out.
 */
export function profileDocument(
  profile: Profile | (ProfileDraft & { readonly slug: string | null }),
  {
    rootSlug,
    assignments,
  }: { readonly rootSlug: string | null; readonly assignments: readonly DraftAssignment[] | null },
): Readonly<Record<string, unknown>> {
  const { kind, name, slug, description, scopeTags } = profile;
  const header = { kind, name, slug, platform: profile.settings.platform, description, scopeTags };
  const lines = assignments === null ? {} : { assignments: assignments.map(assignmentLine) };
  if (profile.kind === 'trustedCertificate') {
    const { platform: _, ...settings } = profile.settings;
    return { ...header, settings, ...lines };
  }
  const { platform: _, server, ...settings } = profile.settings;
  return {
    ...header,
    settings: { ...settings, rootCertificate: rootSlug ?? settings.rootCertificate },
    server,
    ...lines,
  };
}

/** As a document writes it: `{ include: { group: Sales } }`, with its filter beside it. */
export function assignmentLine({ mode, target, filter }: DraftAssignment): Readonly<Record<string, unknown>> {
  return { [mode]: targetOf(target), ...(filter !== undefined && { filter: { [filter.mode]: filter.name } }) };
}

function targetOf(target: DraftTarget): unknown {
  switch (target.kind) {
    case 'group':
      return { group: target.name };
    case 'user':
      return { user: target.userPrincipalName };
    case 'device':
      return { device: target.deviceName };
    default:
      return target.kind;
  }
}
