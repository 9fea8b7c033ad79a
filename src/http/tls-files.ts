/** A TLS certificate and key in files that somebody else renews (an ACME client, configuration management). */

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
 * Calls `onChange` with the new identity when the files hold another than `current`. Reads them every `interval`
 * milliseconds, which sees replaced files and mounted secrets alike, and what changed before the first look. `onChange` may
 * throw (key and certificate are seldom replaced in one instant); the next change tries again. A failure is told once,
 * not at each look. Answers how to stop.
 */
export function watchTlsFiles(
  files: TlsFiles,
  current: TlsIdentity,
  onChange: (identity: TlsIdentity) => void,
  onFailure: (failure: unknown) => void,
  interval = 5000,
): () => void {
  let seen = current;
  let told = '';
  let looking = false;
  const look = async (): Promise<void> => {
    const next = await readTlsFiles(files);
    if (next.cert === seen.cert && next.key === seen.key) return;
    seen = next;
    onChange(next);
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .then(() => {
        told = '';
      })
      .catch((failure: unknown) => {
        const message = failure instanceof Error ? failure.message : String(failure);
        if (message !== told) onFailure(failure);
        told = message;
      })
      .finally(() => {
        looking = false;
      });
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}
