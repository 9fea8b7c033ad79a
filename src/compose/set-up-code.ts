/** Where the set-up code is written down: for whoever may read the data directory, and nobody else. */
import { join, resolve } from 'node:path';
import { needsSetUp, newSetUpCode } from '../access/set-up.ts';
import { hashSignInCode } from '../access/sign-in-code.ts';
import type { Config } from '../config/config.ts';
import { readSecretFile, removeSecretFile, writeSecretFile } from '../config/secrets.ts';
import type { Foundation } from './foundation.ts';

export function setUpCodeFile({ data }: Pick<Config, 'data'>): string {
  return join(resolve(data), 'setup-code');
}

/** What the file says; null: there is none. */
export function readSetUpCode(config: Pick<Config, 'data'>): { readonly code: string; readonly file: string } | null {
  const file = setUpCodeFile(config);
  const code = readSecretFile(file)?.trim();
  return code === undefined ? null : { code, file };
}

/** Makes the code unless the file has one that is good. Null, and no file, when there is an administrator. */
export async function ensureSetUpCode({
  store,
  clock,
  config,
}: Pick<Foundation, 'store' | 'clock' | 'config'>): Promise<{ readonly code: string; readonly file: string } | null> {
  const file = setUpCodeFile(config);
  if (!(await needsSetUp(store))) {
    removeSecretFile(file);
    return null;
  }
  const known = readSetUpCode(config);
  if (known !== null) {
    const stored = await store.signInCodes.findBySecretHash(hashSignInCode(known.code));
    if (stored?.administratorId === null) return known;
  }
  const code = await newSetUpCode({ ...store, clock });
  writeSecretFile(file, `${code}\n`);
  return { code, file };
}
