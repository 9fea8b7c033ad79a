/** Files that hold secrets: the one that unseals keys, and the first administrator's token. Mode 0600, whole or absent. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fromBase64, toBase64 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import { ensureFolder } from './ensure-folder.ts';
import { syncFolder } from './sync-folder.ts';

const sealingSecretLength = 32;

/** Where the sealing secret lies, and whether that is inside the data directory (`serve` warns then). */
export function secretLocation(data: string, secretFile: string | null): { file: string; besideData: boolean } {
  return secretFile === null
    ? { file: join(data, 'secret'), besideData: true }
    : { file: secretFile, besideData: false };
}

/** The 32 bytes that unseal private keys. Failures of `readSecretFile`, `secret-missing`, `secret-malformed`. */
export function readSealingSecret(file: string): Uint8Array {
  const text = readSecretFile(file);
  if (text === null)
    throw new Failure(
      'misconfigured',
      'secret-missing',
      `There is no secret in ${file}. Set SCEPWARD_SECRET_FILE to the file that was made with this installation; without it its keys cannot be opened.`,
      { file },
    );
  const secret = fromBase64(text.trim());
  if (secret?.length !== sealingSecretLength)
    throw new Failure(
      'misconfigured',
      'secret-malformed',
      `${file} does not hold ${sealingSecretLength} bytes in base64. Restore it from your backup.`,
      { file },
    );
  return secret;
}

/** Makes a new sealing secret unless one is there. */
export function ensureSealingSecret(file: string): Uint8Array {
  if (readSecretFile(file) === null) writeSecretFile(file, `${toBase64(randomBytes(sealingSecretLength))}\n`);
  return readSealingSecret(file);
}

/** Text of the file, null when there is none. Failure `secret-readable`: others may read it; `secret-unreadable`: we may not. */
export function readSecretFile(file: string): string | null {
  try {
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      throw new Failure(
        'misconfigured',
        'secret-readable',
        `${file} can be read by others (mode ${mode.toString(8)}). Run: chmod 600 ${file}`,
        { file },
      );
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw unusable(file, 'read', code, error);
  }
}

/** Replaces the file as a whole, durably, mode 0600; makes its folder with mode 0700. Failure `secret-unwritable`. */
export function writeSecretFile(file: string, text: string): void {
  ensureFolder(dirname(file));
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    writeDurably(temporary, text);
    renameSync(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unusable(file, 'written', (error as NodeJS.ErrnoException).code ?? 'unknown', error);
  }
}

/** Of something that is good for nothing any more; what is not there is gone already. */
export function removeSecretFile(file: string): void {
  rmSync(file, { force: true });
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function unusable(file: string, what: 'read' | 'written', code: string, cause: unknown): Failure {
  return new Failure(
    'misconfigured',
    what === 'read' ? 'secret-unreadable' : 'secret-unwritable',
    `${file} cannot be ${what} (${code}). Run as the user that owns it, or give it and its folder to this one with chown.`,
    { file, code },
    { cause },
  );
}
