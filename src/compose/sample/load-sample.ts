import { join } from 'node:path';
import { applyProfiles } from '../../assignments/apply-profiles.ts';
import { directoryFiles } from '../../cli/directory-files.ts';
import { readProfileFiles } from '../../cli/profile-files.ts';
import { fileOnDisk } from '../../directory/import/file-on-disk.ts';
import { systemCause } from '../../events/event.ts';
import { Failure } from '../../lib/failure.ts';
import type { SampleServer } from './sample-server.ts';

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
  }: Pick<SampleServer, 'foundation' | 'authority' | 'lifecycle' | 'reconciling'>,
  folder: string,
): Promise<{ readonly devices: number; readonly profiles: number }> {
  const { store, clock } = foundation;
  const imported = await lifecycle.importDirectory({
    files: filesOnDisk(directoryFiles(folder)),
    mode: 'apply',
    prune: null,
    cause,
  });
  if (imported.kind === 'refused') throw broken(folder, imported.faults[0]?.detail);
  const files = readProfileFiles([join(folder, 'profiles')]);
  const documents = files.map(({ document }) => ({ document }));
  const deps = { ...store, clock, issuers: authority.issuerFacts };
  const { outcome, items } = await applyProfiles(deps, { documents, prune: null, mode: 'apply', cause });
  if (outcome === 'refused') {
    const at = items.findIndex(({ action }) => action === 'refused');
    throw broken(files[at]?.source ?? folder, items[at]?.findings[0]?.detail);
  }
  await reconciling.settled();
  const counts = await store.overview.devices();
  return { devices: counts.reduce((sum, { count }) => sum + count, 0), profiles: files.length };
}

function filesOnDisk({ users, groups, members, devices }: ReturnType<typeof directoryFiles>) {
  const at = (path: string | null) => (path === null ? null : fileOnDisk(path));
  return { users: at(users), groups: at(groups), members: at(members), devices: at(devices) };
}

function broken(where: string, detail: string | undefined): Failure {
  return new Failure('invalid', 'sample-broken', `The sample organisation does not load: ${where}: ${detail ?? ''}`);
}
