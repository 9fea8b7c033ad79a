import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes durable which files are in a folder: a file that was synced is lost with its name, which the folder holds. */
export function syncFolder(folder: string): void {
  // Windows opens no folders, and keeps names by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
