/** Profiles in files, read and judged as far as that goes without a server: they may refer to each other. */
import { fromBase64 } from '../../lib/bytes.ts';
import { type FindTrustedProfile, findTrustedProfileAmong } from '../../profiles/find-trusted-profile.ts';
import type { Finding } from '../../profiles/finding.ts';
import type { Profile } from '../../profiles/profile.ts';
import type { ProfileDraft } from '../../profiles/profile-draft.ts';
import type { ProfileId, ProfileSlug } from '../../profiles/profile-id.ts';
import { slugFromName } from '../../profiles/profile-slug.ts';
import { validateProfile } from '../../profiles/validate-profile.ts';
import { withOwnRoot } from '../own-root.ts';
import type { ProfileFile } from '../profile-files.ts';

export type KnownProfile = Pick<Profile, 'id' | 'slug' | 'name' | 'kind'> & {
  readonly settings: Pick<Profile['settings'], 'platform'>;
};

export type CheckedFile = ProfileFile & {
  /** Null when there is an error among the findings. */
  readonly draft: ProfileDraft | null;
  readonly findings: readonly Finding[];
};

export type CheckContext = {
  /** ms UTC. */
  readonly now: number;
  /** What `certificate: ownRoot` stands for, PEM. */
  readonly root: string;
  /** What the server has; null: no server was asked, and a reference that no file answers is left open. */
  readonly known: readonly KnownProfile[] | null;
};

/** Trusted certificate profiles come first, since the others refer to them; else in the order of the files. */
export function checkFiles(files: readonly ProfileFile[], { now, root, known }: CheckContext): readonly CheckedFile[] {
  const trusted = new Map<string, ProfileDraft>();
  const candidates: KnownProfile[] = [...(known ?? [])];
  return [...files.filter(isTrusted), ...files.filter((file) => !isTrusted(file))].map((file) => {
    if (file.format === 'graph') return { ...file, draft: null, findings: [graphFinding] };
    const document = withOwnRoot(file.document, root);
    const open: Finding[] = [];
    const find: FindTrustedProfile = (reference, platform) => {
      const found = findTrustedProfileAmong(candidates)(reference, platform);
      if (found !== null || known !== null) return found;
      open.push(notChecked(reference));
      return { id: reference as ProfileId, platform };
    };
    const { draft, findings } = validateProfile(document, { now, findTrustedProfile: find }, (read) => {
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
    return { ...file, document, draft, findings: [...findings, ...open] };
  });
}

const graphFinding: Finding = {
  rule: 'graph-json',
  severity: 'error',
  path: '',
  detail: 'This is Graph JSON, not a profile document.',
  fix: 'Bring it in with `profile import`.',
};

function isTrusted({ document }: ProfileFile): boolean {
  return (document as { readonly kind?: unknown } | null)?.kind === 'trustedCertificate';
}

/** The one that the server has already counts as that one, so that references are the same before and after. */
function candidateOf({ kind, name, slug, settings }: ProfileDraft, candidates: readonly KnownProfile[]): KnownProfile {
  const known = slug === null ? undefined : candidates.find((candidate) => candidate.slug === slug);
  if (known !== undefined) return known;
  const taken = (wanted: string) => candidates.some((candidate) => candidate.slug === wanted);
  const own = slug ?? slugFromName(name, taken);
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
