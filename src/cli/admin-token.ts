import { join } from 'node:path';
import { createApiToken } from '../access/create-api-token.ts';
import { readSecretFile, writeSecretFile } from '../config/secrets.ts';
import { hashSecret } from '../crypto/secret.ts';
import { systemCause } from '../events/event.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/store.ts';

/** The first administrator's API token lies in the data directory, for this command line and whoever may read it. */
export function adminTokenFile(data: string): string {
  return join(data, 'admin-token');
}

/** Makes the token, unless the file holds one that this installation knows. Answers the file's path. */
export async function ensureAdminToken(store: Store, clock: Clock, data: string): Promise<string> {
  const file = adminTokenFile(data);
  const known = readSecretFile(file)?.trim();
  if (known !== undefined && (await store.tokens.findBySecretHash(hashSecret(known)))?.revokedAt === null) return file;
  const { secret } = await createApiToken(
    { ...store, clock },
    { name: 'first administrator', permissions: 'all', expiresAt: null, cause: systemCause },
  );
  writeSecretFile(file, `${secret}\n`);
  return file;
}
