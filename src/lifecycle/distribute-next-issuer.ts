/**
 * Before an authority switches to its next issuer: beside each trusted certificate profile that holds a certificate which
 * will be replaced, one with the certificate that follows it, for the same devices. The old one stays: devices need both
 * for as long as there are certificates of both.
 */
import type { assign } from '../assignments/assign.ts';
import type { AssignmentStore } from '../assignments/assignment-store.ts';
import type { Issuer } from '../authority/issuer.ts';
import type { Cause } from '../events/event.ts';
import type { Bound } from '../lib/bound.ts';
import { fromBase64, sameBytes, toBase64 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Profile, TrustedCertificateProfile } from '../profiles/profile.ts';
import { profileDocument } from '../profiles/profile-document.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { saveProfile } from '../profiles/save-profile.ts';

export type DistributeDeps = {
  readonly profiles: Pick<ProfileStore, 'all'>;
  readonly assignments: Pick<AssignmentStore, 'byProfile'>;
  readonly transact: Transact;
  readonly saveProfile: Bound<typeof saveProfile>;
  readonly assign: Bound<typeof assign>;
};

type Successor = { readonly profile: TrustedCertificateProfile; readonly certificate: Uint8Array };

/** Names of the profiles that have no successor yet. */
export async function pendingDistribution(
  { profiles }: Pick<DistributeDeps, 'profiles'>,
  previous: Issuer,
  next: Issuer,
): Promise<readonly string[]> {
  return successorsOf(await profiles.all(), previous, next).map(({ profile }) => profile.name);
}

/**
 * Makes them, each with its assignments in one transaction. Those that are there already, after an attempt that broke off,
 * are left alone. Failure `distribution-refused` when a rule finds an error in one.
 */
export async function distributeNextIssuer(
  deps: DistributeDeps,
  { previous, next, cause }: { readonly previous: Issuer; readonly next: Issuer; readonly cause: Cause },
): Promise<readonly string[]> {
  const made: string[] = [];
  for (const successor of successorsOf(await deps.profiles.all(), previous, next))
    made.push(await makeOne(deps, successor, next, cause));
  return made;
}

function successorsOf(all: readonly Profile[], previous: Issuer, next: Issuer): readonly Successor[] {
  const before = [previous.certificate, ...previous.chain];
  const after = [next.certificate, ...next.chain];
  const trusted = all.filter((profile) => profile.kind === 'trustedCertificate');
  return trusted.flatMap((profile) => {
    const certificate = fromBase64(profile.settings.certificate) ?? new Uint8Array();
    const place = before.findIndex((each) => sameBytes(each, certificate));
    const following = after[place];
    if (following === undefined || after.some((each) => sameBytes(each, certificate))) return [];
    const there = trusted.some(
      ({ settings }) =>
        settings.platform === profile.settings.platform &&
        settings.destinationStore === profile.settings.destinationStore &&
        settings.deploymentChannel === profile.settings.deploymentChannel &&
        sameBytes(fromBase64(settings.certificate) ?? new Uint8Array(), following),
    );
    return there ? [] : [{ profile, certificate: following }];
  });
}

function makeOne(
  deps: DistributeDeps,
  { profile, certificate }: Successor,
  next: Issuer,
  cause: Cause,
): Promise<string> {
  return deps.transact(async () => {
    const {
      slug: _slug,
      settings,
      ...document
    } = profileDocument(profile, {
      rootSlug: null,
      assignments: null,
    });
    const name = `${profile.name} (${next.slug})`;
    const saved = await deps.saveProfile({
      id: null,
      version: null,
      document: {
        ...document,
        name,
        settings: {
          ...(settings as object),
          certificate: toBase64(certificate),
          certificateFileName: `${next.slug}.cer`,
        },
      },
      cause,
    });
    if (saved.kind === 'refused')
      throw new Failure(
        'conflict',
        'distribution-refused',
        `No trusted certificate profile can be made beside “${profile.name}”: ${saved.findings[0]?.detail ?? ''}`,
        { profile: profile.slug, findings: saved.findings },
      );
    const assignments = await deps.assignments.byProfile(profile.id);
    await deps.assign({ profileId: saved.profile.id, assignments, cause });
    return name;
  });
}
