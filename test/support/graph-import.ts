/** What tests of the import of Graph JSON share. */
import type { GraphImportOptions } from '../../src/profiles/graph/graph-import.ts';
import { importGraph } from '../../src/profiles/graph/import-graph.ts';
import type { ProfileId, ProfileSlug } from '../../src/profiles/profile-id.ts';
import { boundTo, type GraphJson, scepExample } from './graph-examples.ts';

export const offline: GraphImportOptions = { windows81: false, roots: [], known: null };

export function known(
  slug: string,
  platform: 'windows10' | 'ios',
  name = slug,
  kind: 'scep' | 'trustedCertificate' = 'trustedCertificate',
) {
  const id = `id-${slug}` as ProfileId;
  return { id, slug: slug as ProfileSlug, name, kind, settings: { platform } };
}

export const onServer: GraphImportOptions = {
  ...offline,
  known: [known('win-root', 'windows10', 'Win - Root'), known('ios-root', 'ios')],
};

/** A Windows profile whose root is on the server. */
export const windows = (changes: GraphJson = {}) =>
  scepExample('windows81', { 'rootCertificate@odata.bind': boundTo('id-win-root'), ...changes });

/** Of the first SCEP certificate profile. */
export function settingsOf(input: unknown, options = onServer) {
  const { profiles, findings } = importGraph(input, options);
  const profile = profiles.find(({ kind }) => kind === 'scep');
  const settings = profile?.document.settings as GraphJson | undefined;
  return { settings: settings ?? {}, document: profile?.document ?? {}, findings };
}

/** All but information. */
export const told = ({ findings }: { findings: readonly { severity: string; rule: string; path: string }[] }) =>
  findings
    .filter(({ severity }) => severity !== 'information')
    .map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
