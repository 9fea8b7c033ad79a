/** What is found where documents meet each other and what is stored. */
import type { Finding } from '../profiles/finding.ts';
import type { Profile } from '../profiles/profile.ts';
import { type DocumentIdentity, identityOf } from '../profiles/profile-meant.ts';

type EarlierDocument = DocumentIdentity & { readonly action: string };

/** A root that is missing because its own document has errors is not the fault of the document that refers to it. */
export function aboutRefusedRoot(finding: Finding, document: unknown, others: readonly EarlierDocument[]): Finding {
  if (finding.rule !== 'V16' || finding.path !== 'settings.rootCertificate') return finding;
  const { settings } = document as { readonly settings?: { readonly rootCertificate?: unknown } };
  const reference = settings?.rootCertificate;
  const refused = others.some(
    ({ kind, action, slug, name }) =>
      kind === 'trustedCertificate' && action === 'refused' && (slug === reference || name === reference),
  );
  if (!refused) return finding;
  const detail = `The trusted certificate profile “${String(reference)}” has errors of its own.`;
  return { ...finding, detail, fix: 'Mend it, and this one with it.' };
}

/** That the document at `index` means the same profile as one before it; `meant` are the stored profiles of each. */
export function profileTwice(
  documents: readonly unknown[],
  meant: readonly (readonly Profile[])[],
  index: number,
): Finding | null {
  const own = identityOf(documents[index]);
  const [stored] = meant[index] ?? [];
  const first = documents.findIndex((document, other) => {
    if (stored !== undefined) return meant[other]?.[0]?.id === stored.id;
    const { slug, name, kind, platform } = identityOf(document);
    if (own.slug !== null || slug !== null) return own.slug === slug;
    return own.name !== null && own.name === name && own.kind === kind && own.platform === platform;
  });
  if (first < 0 || first >= index) return null;
  const detail = `The documents hold this profile twice: it is also document ${first + 1}.`;
  return { rule: 'profile-twice', severity: 'error', path: own.slug === null ? 'name' : 'slug', detail, fix: null };
}

export function ambiguousName(profiles: readonly Profile[]): Finding {
  const slugs = profiles.map((profile) => profile.slug).join(', ');
  const detail = `${profiles.length} profiles of this kind and platform have this name.`;
  const fix = `Say which by its slug: ${slugs}.`;
  return { rule: 'ambiguous-name', severity: 'error', path: 'name', detail, fix };
}
