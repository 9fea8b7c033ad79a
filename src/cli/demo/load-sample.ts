import { join } from 'node:path';
import { applyProfile } from '../../assignments/apply-profile.ts';
import { assign } from '../../assignments/assign.ts';
import type { RunningServer } from '../../compose/server.ts';
import { systemCause } from '../../events/event.ts';
import { toPem } from '../../formats/x509/pem.ts';
import { Failure } from '../../lib/failure.ts';
import { type SaveProfileDeps, saveProfile } from '../../profiles/save-profile.ts';
import { readDirectoryFiles } from '../directory-files.ts';
import { withOwnRoot } from '../own-root.ts';
import { type ProfileFile, readProfileFiles } from '../profile-files.ts';

const cause = systemCause;

/**
 * The directory, profiles and assignments of a sample organisation's folder, by the use cases that the API has. Loading it
 * again changes nothing. Answers when every deployment is up to date.
 */
export async function loadSample(
  {
    foundation,
    authority,
    lifecycle,
    reconciling,
  }: Pick<RunningServer, 'foundation' | 'authority' | 'lifecycle' | 'reconciling'>,
  folder: string,
): Promise<{ readonly devices: number; readonly profiles: number }> {
  const { store, clock } = foundation;
  const imported = await lifecycle.importDirectory({
    files: readDirectoryFiles(folder),
    mode: 'apply',
    prune: null,
    cause,
  });
  if (imported.kind === 'refused') throw broken(folder, imported.faults[0]?.detail);
  const { chain, certificate } = (await authority.issuing.active(null)).issuer;
  const root = toPem('CERTIFICATE', chain.at(-1) ?? certificate);
  const saving: SaveProfileDeps = { ...store, clock, issuers: authority.issuerFacts };
  const documents = trustedFirst(readProfileFiles([join(folder, 'profiles')]));
  for (const { source, document } of documents) {
    const { slug } = document as { readonly slug: string };
    const known = await store.profiles.findBySlug(slug);
    const result = await applyProfile(
      {
        transact: store.transact,
        saveProfile: (input) => saveProfile(saving, input),
        assign: (input) => assign({ ...store, clock }, input),
        names: store,
      },
      { id: known?.id ?? null, version: null, document: withOwnRoot(document, root), cause },
    );
    if (result.kind === 'refused') throw broken(source, result.findings[0]?.detail);
  }
  await reconciling.settled();
  const counts = await store.overview.devices();
  return { devices: counts.reduce((sum, { count }) => sum + count, 0), profiles: documents.length };
}

/** The others refer to them. */
function trustedFirst(files: readonly ProfileFile[]): readonly ProfileFile[] {
  const isTrusted = ({ document }: ProfileFile) => (document as { kind?: unknown }).kind === 'trustedCertificate';
  return [...files.filter(isTrusted), ...files.filter((file) => !isTrusted(file))];
}

function broken(where: string, detail: string | undefined): Failure {
  return new Failure('invalid', 'sample-broken', `The sample organisation does not load: ${where}: ${detail ?? ''}`);
}
