import type { Finding } from '../profiles/finding.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileRemoval } from './applied-profile.ts';

/** What goes when only `kept` of `before` stay; SCEP profiles first: they refer to the others. `after` are all that there will be. */
export function profilesToPrune(
  before: readonly Profile[],
  kept: ReadonlySet<Profile['id']>,
  after: readonly Profile[],
): readonly ProfileRemoval[] {
  const gone = before.filter(({ id }) => !kept.has(id));
  const stays = after.filter(({ id }) => !gone.some((each) => each.id === id));
  return [...gone]
    .sort((a, b) => Number(a.kind === 'trustedCertificate') - Number(b.kind === 'trustedCertificate'))
    .map((profile) => {
      const { id, slug, name, kind, version } = profile;
      const users = stays.filter((other) => other.kind === 'scep' && other.settings.rootCertificate === id);
      const findings = users.length === 0 ? [] : [stillUsed(users)];
      return { id, slug, name, kind, version, platform: profile.settings.platform, findings };
    });
}

function stillUsed(users: readonly Profile[]): Finding {
  const detail = `SCEP profiles that stay use it as their root certificate: ${users.map(({ slug }) => slug).join(', ')}.`;
  const fix = 'Keep it among the documents.';
  return { rule: 'profile-in-use', severity: 'error', path: '', detail, fix };
}
