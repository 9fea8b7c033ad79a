/** The mark of the audit log beside the secret: kept up to date, and held against the chain. */
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { readSealMark, writeSealMark } from '../config/seal-mark-file.ts';
import { systemCause } from '../events/event.ts';
import { type HeldMark, holdMark } from '../events/seal/hold-mark.ts';
import { parseSealMark, sealMarkText } from '../events/seal/seal-mark.ts';
import type { SealingKey } from '../events/seal/sealing-key.ts';
import type { Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';

type Held = HeldMark & { readonly file: string; readonly text: string | null };

/** Failures `audit-mark-malformed`, and those of reading a secret's file. */
export async function heldMark(
  { sealChain }: Pick<Store, 'sealChain'>,
  key: SealingKey | null,
  { data, secretFile }: Pick<Config, 'data' | 'secretFile'>,
  now: number,
): Promise<Held> {
  const { file, text } = readSealMark(resolve(data), secretFile);
  const mark = text === null ? [] : parseSealMark(text, file);
  return { ...(await holdMark({ chain: sealChain, key }, { mark, now, file })), file, text };
}

/**
 * Timed work of every node: how far the chain has come by now, or, where the mark knows more than the database, what that means: in
 * the log and as an event, once for each run of the server.
 */
export function composeSealMark({ store, config, clock, log, auditKey }: Foundation) {
  const told = new Set<string>();
  return async (): Promise<void> => {
    const { next, findings, text } = await heldMark(store, auditKey, config, clock.now());
    for (const { kind, detail } of findings) {
      if (told.has(detail)) continue;
      told.add(detail);
      log.error('the audit log is not whole', new Error(detail));
      const data = { finding: kind, detail };
      const event = { type: 'audit.broken', cause: systemCause, subjects: [], data } as const;
      await store.transact(() => store.events.append([event]));
    }
    const wanted = next === null ? null : sealMarkText(next);
    if (wanted !== null && wanted !== text) writeSealMark(resolve(config.data), config.secretFile, wanted);
  };
}
