import { chmod, mkdir, open, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { toHex } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import type { AgentState, AgentStore } from './agent-store.ts';

/**
 * An agent's folder, for its owner alone (0700, files 0600). A bundle is a symbolic link to a folder that is written
 * before the link is turned to it by one rename, so a reader, or a crash, sees the old bundle or the new one.
 */
export function fileAgentStore(folder: string): AgentStore {
  const stateFile = join(folder, 'state.json');
  return {
    async load() {
      const text = await readIfThere(stateFile);
      return text === null ? null : parseState(text, stateFile);
    },
    async save(state) {
      await makeFolder(folder);
      const temporary = join(folder, `.state.${suffix()}`);
      await writeDurably(temporary, `${JSON.stringify(state, null, 2)}\n`);
      await rename(temporary, stateFile);
      await syncFolder(folder);
    },
    readFile: (bundle, file) => readIfThere(join(folder, checked(bundle), checked(file))),
    async writeBundle(bundle, files) {
      const link = join(folder, checked(bundle));
      await makeFolder(dirname(link));
      const target = `.${basename(link)}.${suffix()}`;
      const targetPath = join(dirname(link), target);
      await makeFolder(targetPath);
      for (const [name, text] of Object.entries(files)) await writeDurably(join(targetPath, checked(name)), text);
      await syncFolder(targetPath);
      const temporaryLink = `${targetPath}.link`;
      await symlink(target, temporaryLink);
      await rename(temporaryLink, link);
      await syncFolder(dirname(link));
      await sweep(link, target);
    },
    async removeBundle(bundle) {
      const link = join(folder, checked(bundle));
      await rm(link, { force: true });
      await sweep(link, null);
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

function suffix(): string {
  return toHex(randomBytes(6));
}

/** Names come from the server: no segment may lead out of the folder. */
function checked(path: string): string {
  if (!path.split('/').every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment)))
    throw new Failure('invalid', 'agent-path', 'The server named a profile in a way that cannot be a file name.', {
      path,
    });
  return path;
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Folders of earlier versions of this bundle, and what a crash left behind. */
async function sweep(link: string, keep: string | null): Promise<void> {
  const prefix = `.${basename(link)}.`;
  for (const name of await readdir(dirname(link)).catch(() => [] as string[]))
    if (name.startsWith(prefix) && /^[0-9a-f]{12}(\.link)?$/.test(name.slice(prefix.length)) && name !== keep)
      await rm(join(dirname(link), name), { recursive: true, force: true });
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseState(text: string, file: string): AgentState {
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === 'object' && state !== null && 'version' in state && state.version === 1)
      return state as AgentState;
  } catch {
    // Falls through to the failure, without quoting what may be a secret.
  }
  throw new Failure(
    'misconfigured',
    'agent-state',
    `${file} is not the state of this agent's version. Remove the folder and join again.`,
    { file },
  );
}
