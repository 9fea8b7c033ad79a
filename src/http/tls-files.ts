/** A TLS certificate and key in files that somebody else renews (an ACME client, configuration management). */

import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Failure } from '../lib/failure.ts';
import type { TlsIdentity } from './listener.ts';

/** Paths of PEM files. */
export type TlsFiles = { readonly cert: string; readonly key: string };

/** Throws `Failure` `misconfigured` when one cannot be read. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsIdentity> {
  return { cert: await readPem(files.cert), key: await readPem(files.key) };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure('misconfigured', 'tls-file-unreadable', `Cannot read the TLS file ${path}.`, { path }, { cause });
  }
}

/**
 * Calls `onChange` with the new identity when a file has changed. Looks at the files every `interval` milliseconds, which
 * sees replaced files and mounted secrets alike. `onChange` may throw (key and certificate are seldom replaced in one
 * instant); the next change tries again. Answers how to stop.
 */
export function watchTlsFiles(
  files: TlsFiles,
  onChange: (identity: TlsIdentity) => void,
  onFailure: (failure: unknown) => void,
  interval = 5000,
): () => void {
  const look = () => {
    readTlsFiles(files).then(onChange).catch(onFailure);
  };
  const paths = [...new Set([files.cert, files.key])];
  for (const path of paths) watchFile(path, { interval, persistent: false }, look);
  return () => {
    for (const path of paths) unwatchFile(path, look);
  };
}
