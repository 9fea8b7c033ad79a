/**
 * What a server knows of the chain outside of the database: which keys it was sealed with, and how far it went. Whoever writes to the
 * database alone can neither cut the chain back nor begin it anew without this telling.
 */
import { Failure } from '../../lib/failure.ts';
import { headText, parseHead, type SealHead } from './seal-block.ts';
import type { SealingKey } from './sealing-key.ts';

export type MarkedChain = {
  /** Tells one audit key from another, and nothing else about it. */
  readonly key: string;
  /** The last that was seen. */
  readonly head: SealHead;
  /** When, ms UTC. */
  readonly at: number;
};

/** The last one is the present one. What stands before it is gone from the database. */
export type SealMark = readonly MarkedChain[];

export function fingerprintOf(key: Pick<SealingKey, 'mac'>): string {
  return key.mac('scepward audit key').slice(0, 32);
}

/** For a file, a line for each chain. */
export function sealMarkText(mark: SealMark): string {
  return mark.map(({ key, head, at }) => `${key} ${headText(head)} ${new Date(at).toISOString()}\n`).join('');
}

/** Throws `Failure` `audit-mark-malformed`. */
export function parseSealMark(text: string, file: string): SealMark {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [key = '', headPart = '', time = '', ...rest] = line.trim().split(/\s+/);
      const head = parseHead(headPart);
      const at = Date.parse(time);
      if (/^[0-9a-f]{32}$/.test(key) && head !== undefined && Number.isFinite(at) && rest.length === 0)
        return { key, head, at };
      throw new Failure(
        'misconfigured',
        'audit-mark-malformed',
        `${file} does not hold what a server wrote there about the audit log. Restore it from a backup, or remove it once audit verify has told you that the log is whole.`,
        { file },
      );
    });
}
