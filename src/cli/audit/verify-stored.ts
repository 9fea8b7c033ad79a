import { resolve } from 'node:path';
import { existingAuditKey } from '../../compose/audit-key.ts';
import { heldMark } from '../../compose/seal-mark.ts';
import type { Config } from '../../config/config.ts';
import { readSealingSecret, secretLocation } from '../../config/secrets.ts';
import { nothingSealed, withMarkFindings } from '../../events/seal/hold-mark.ts';
import { type SealReport, type VerifySeals, verifySeals } from '../../events/seal/verify-seals.ts';
import { systemClock } from '../../lib/clock.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';

/** Holds the events of an open store against their seals; null where no server has ever marked one. */
export async function verifyStored(
  store: Store,
  config: Config,
  input: VerifySeals = { head: null },
): Promise<SealReport | null> {
  const { file } = secretLocation(resolve(config.data), config.secretFile);
  const key = await existingAuditKey(store, readSealingSecret(file));
  const { findings } = await heldMark(store, key, config, systemClock.now());
  if (key === null) return findings.length === 0 ? null : withMarkFindings(nothingSealed, findings);
  const deps = { chain: store.sealChain, events: store.storedEvents, key };
  return withMarkFindings(await verifySeals(deps, input), findings);
}

/** The same with the database of these settings, without a server. */
export async function verifyInDatabase(config: Config, input: VerifySeals): Promise<SealReport | null> {
  const { database } = config;
  await using store = await openStore(
    database.kind === 'postgres'
      ? { kind: 'postgres', url: database.url }
      : { kind: 'sqlite', folder: resolve(config.data) },
    { clock: systemClock, node: 'audit' },
  );
  // Awaited: the store is closed when this returns.
  return await verifyStored(store, config, input);
}
