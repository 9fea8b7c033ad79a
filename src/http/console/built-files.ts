/** What `console/build.ts` has made, by address. Nothing else can be asked for: addresses are looked up, never joined to a path. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../lib/failure.ts';

export type Encoding = 'br' | 'gzip';

export type BuiltFile = {
  /** On disk, as it is. */
  readonly path: string;
  readonly contentType: string;
  /** Quoted, as it goes over the wire. */
  readonly etag: string;
  /** Compressed beside it. */
  readonly encodings: readonly Encoding[];
};

export type BuiltFiles = {
  /** `/assets/x.js`; undefined: there is no such file. Failure `unavailable` `console-not-built`. */
  find(address: string): Promise<BuiltFile | undefined>;
};

type Manifest = {
  readonly files: Readonly<
    Record<string, { readonly contentType: string; readonly etag: string; readonly encodings: readonly Encoding[] }>
  >;
};

export const encodingSuffix: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

/** `folder`: where the build put them. A build that takes the place of another is seen at once. */
export function builtFiles(folder: string): BuiltFiles {
  const list = join(folder, 'files.json');
  let known: { readonly changed: number; readonly manifest: Manifest } | undefined;
  const read = async () => {
    const { mtimeMs } = await stat(list);
    if (known?.changed !== mtimeMs)
      known = { changed: mtimeMs, manifest: JSON.parse(await readFile(list, 'utf8')) as Manifest };
    return known.manifest;
  };
  return {
    async find(address) {
      const { files } = await read().catch(notBuilt);
      const file = Object.hasOwn(files, address) ? files[address] : undefined;
      return file && { ...file, path: join(folder, address) };
    },
  };
}

function notBuilt(cause: unknown): never {
  throw new Failure(
    'unavailable',
    'console-not-built',
    'The console is not built. In the folder of Scepward run: node setup.mjs start',
    {},
    { cause },
  );
}
