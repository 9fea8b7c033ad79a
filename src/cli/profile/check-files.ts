/** Profiles and filters in files, judged as far as that goes without a server: they may refer to each other. */
import { isFilterDocument, parseFilterDocument } from '../../assignments/filter/filter-document.ts';
import { fromBase64 } from '../../lib/bytes.ts';
import {
  type FindTrustedProfile,
  findTrustedProfileAmong,
  type TrustedCandidate,
} from '../../profiles/find-trusted-profile.ts';
import type { Finding } from '../../profiles/finding.ts';
import { withOwnRoot } from '../../profiles/own-root.ts';
import type { ProfileDraft } from '../../profiles/profile-draft.ts';
import type { ProfileId, ProfileSlug } from '../../profiles/profile-id.ts';
import { slugFromName } from '../../profiles/profile-slug.ts';
import { validateProfile } from '../../profiles/validate-profile.ts';
import type { ProfileFile } from '../profile-files.ts';

export type CheckedFile = ProfileFile & {
  /** Null when there is an error among the findings, and of a filter. */
  readonly draft: ProfileDraft | null;
  readonly findings: readonly Finding[];
};

/** `now` in ms UTC; `root` is what `certificate: ownRoot` stands for, PEM. A reference that no file answers is left open. */
export function checkFiles(
  files: readonly ProfileFile[],
  { now, root }: { readonly now: number; readonly root: string },
): readonly CheckedFile[] {
  const trusted = new Map<string, ProfileDraft>();
  const candidates: TrustedCandidate[] = [];
  const checked = new Map<ProfileFile, CheckedFile>();
  for (const file of [...files.filter(isTrusted), ...files.filter((each) => !isTrusted(each))]) {
    if (isFilterDocument(file.document)) {
      checked.set(file, { ...file, draft: null, findings: parseFilterDocument(file.document).findings });
      continue;
    }
    const open: Finding[] = [];
    const findTrustedProfile: FindTrustedProfile = (reference, platform) => {
      const found = findTrustedProfileAmong(candidates)(reference, platform);
      if (found !== null) return found;
      open.push(notChecked(reference));
      return { id: reference as ProfileId, platform };
    };
    const document = withOwnRoot(file.document, root);
    const { draft, findings } = validateProfile(document, { now, findTrustedProfile }, (read) => {
      const settings = read.kind === 'scep' ? trusted.get(read.settings.rootCertificate)?.settings : undefined;
      if (settings === undefined || !('certificate' in settings)) return {};
      const channel = 'deploymentChannel' in settings ? (settings.deploymentChannel ?? null) : null;
      return {
        root: { certificate: fromBase64(settings.certificate) ?? new Uint8Array(0), deploymentChannel: channel },
      };
    });
    if (draft?.kind === 'trustedCertificate') {
      const candidate = candidateOf(draft, candidates);
      trusted.set(candidate.id, draft);
      candidates.push(candidate);
    }
    checked.set(file, { ...file, document, draft, findings: [...findings, ...open] });
  }
  return files.flatMap((file) => checked.get(file) ?? []);
}

function isTrusted({ document }: ProfileFile): boolean {
  return (document as { readonly kind?: unknown } | null)?.kind === 'trustedCertificate';
}

function candidateOf(
  { kind, name, slug, settings }: ProfileDraft,
  others: readonly TrustedCandidate[],
): TrustedCandidate {
  const own = slug ?? slugFromName(name, (wanted) => others.some((other) => other.slug === wanted));
  return { id: own as string as ProfileId, slug: own as ProfileSlug, name, kind, settings };
}

function notChecked(reference: string): Finding {
  return {
    rule: 'V16',
    severity: 'information',
    path: 'settings.rootCertificate',
    detail: `Whether there is a trusted certificate profile “${reference}” only the server knows.`,
    fix: null,
  };
}
