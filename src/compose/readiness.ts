import type { Foundation } from './foundation.ts';

/** What `/readyz` says of each part that requests need: null when it does its work, else why not. */
export async function readiness(parts: {
  readonly store: Pick<Foundation['store'], 'ping'>;
  readonly pool: Pick<Foundation['pool'], 'alive' | 'pending' | 'limit'>;
}): Promise<Record<string, string | null>> {
  const { store, pool } = parts;
  const database = await store.ping().then(
    () => null,
    () => 'the database does not answer',
  );
  if (!pool.alive) return { database, cryptography: 'no thread for cryptography runs' };
  return { database, cryptography: pool.pending < pool.limit ? null : 'the queue is full' };
}
