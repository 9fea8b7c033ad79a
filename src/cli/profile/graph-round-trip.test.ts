/** The profiles of the sample organisation, written as Graph JSON and read again: what differs is named here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../lib/clock.ts';
import { findTrustedProfileAmong } from '../../profiles/find-trusted-profile.ts';
import { exportGraph } from '../../profiles/graph/export-graph.ts';
import { importGraph } from '../../profiles/graph/import-graph.ts';
import { firstProfile } from '../../profiles/next-profile.ts';
import { parseProfile } from '../../profiles/parse-profile.ts';
import type { Profile } from '../../profiles/profile.ts';
import type { ProfileId, ProfileSlug } from '../../profiles/profile-id.ts';
import { readProfileFiles } from '../profile-files.ts';
import { checkFiles } from './check-files.ts';
import { standInRoot } from './stand-in-root.ts';

const folder = fileURLToPath(new URL('../../../examples/sample-org/profiles', import.meta.url));
const now = systemClock.now();
const own = 'https://alder.example.org/scep';

const checked = checkFiles(readProfileFiles([folder]), { now, root: await standInRoot(systemClock) });
/** As stored: without a server the slug of a trusted certificate profile stands for its id. */
const profiles = checked.map(({ draft }): Profile => {
  assert.ok(draft?.slug);
  return firstProfile(draft, { id: draft.slug as string as ProfileId, slug: draft.slug as ProfileSlug, now });
});

function roundTrip(profile: Profile) {
  const root =
    profile.kind === 'scep' ? (profiles.find(({ id }) => id === profile.settings.rootCertificate) ?? null) : null;
  const context = { root, rootAs: 'bind', assignments: null, ownScepAddress: `${own}/${profile.slug}` } as const;
  const { object, findings } = exportGraph(profile, context);
  if (object === null) return { differences: findings.map(({ rule, path }) => `${rule} ${path}`), findings: [] };
  const windows81 = profile.settings.platform === 'windows81';
  const imported = importGraph(object, { windows81, roots: [], known: profiles, ownScepAddress: own });
  const errors = imported.findings.filter(({ severity }) => severity !== 'information');
  assert.deepEqual(errors, [], profile.slug);
  const document = imported.profiles[0]?.document;
  const { draft } = parseProfile(document, { now, findTrustedProfile: findTrustedProfileAmong(profiles) });
  assert.ok(draft, profile.slug);
  const back = firstProfile(draft, { id: profile.id, slug: profile.slug, now });
  assert.deepEqual({ ...back, settings: null }, { ...profile, settings: null });
  const [before, after] = [profile.settings, back.settings] as unknown as Record<string, unknown>[];
  const differences = Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
  return { differences, findings: findings.filter(({ severity }) => severity !== 'information') };
}

/** All that Graph cannot carry of them, but for Linux, which it does not know at all; the export says so. */
function lostOf({ kind, settings }: Profile): readonly string[] {
  if (kind !== 'scep') return [];
  return [
    ...(settings.platform === 'androidDeviceAdministrator' && settings.certificateType === 'device'
      ? ['certificateType']
      : []),
    ...(settings.keySize === 3072 ? ['keySize'] : []),
  ];
}

for (const profile of profiles)
  test(`${profile.slug} comes back as it was`, () => {
    const { differences, findings } = roundTrip(profile);
    if (profile.settings.platform === 'linux') assert.deepEqual(differences, ['not-in-graph platform']);
    else {
      assert.deepEqual(differences, lostOf(profile));
      for (const name of differences)
        assert.ok(
          findings.some(({ path }) => path === name || path.startsWith(`settings.${name}`)),
          `${profile.slug}: the export does not say that ${name} is lost`,
        );
    }
  });
