import type { StoredEvent } from './event-text.ts';
import type { SealBlock } from './seal-block.ts';

/** The blocks over the events. */
export type SealChain = {
  /** The last block, of all or of a kind. */
  latest(kind?: Exclude<SealBlock['kind'], 'seal'>): Promise<SealBlock | null>;
  /** False, with nothing written, when a block of this number is there already. */
  append(block: SealBlock): Promise<boolean>;
  /** From the one after `number` on, in order; all of a kind when it is named. */
  list(after: number, limit: number, kind?: Exclude<SealBlock['kind'], 'seal'>): Promise<readonly SealBlock[]>;
  /** Those whose range of ids meets that of the given ids, `first` to `last`, except erasures. */
  covering(first: string, last: string): Promise<readonly Pick<SealBlock, 'number' | 'entries'>[]>;
  /** The greatest id that a block covers. */
  lastSealedId(): Promise<string | null>;
  /** In place of a block's seed, from which those that were dropped could be made again. */
  replaceSalts(number: number, salts: string): Promise<void>;
  /** Forgets the blocks up to this one. */
  removeThrough(number: number): Promise<void>;
};

/** The events as they lie there, for seals, erasures and pruning; nobody else reads or changes them so. */
export type StoredEvents = {
  /** At most `limit` ids above `after`, in order. */
  idsAfter(after: string, limit: number): Promise<readonly string[]>;
  /** In the order of ids; those that are not there are left out. */
  read(ids: readonly string[]): Promise<readonly (StoredEvent & { readonly mark: string | null })[]>;
  count(): Promise<number>;
  /** Writes these in place of those with the same id, and their marks anew. */
  replace(events: readonly StoredEvent[]): Promise<void>;
  /** With their places in the lists of their subjects. */
  remove(events: readonly StoredEvent[]): Promise<void>;
  /** Above `after` in the order of ids: those that have one of `texts` somewhere, and how far was looked; null: to the end. */
  containing(
    texts: readonly string[],
    after: string,
  ): Promise<{ readonly events: readonly StoredEvent[]; readonly through: string | null }>;
  /** At most `limit` about one of these, above `after` in the order of ids. */
  about(subjectIds: readonly string[], after: string, limit: number): Promise<readonly StoredEvent[]>;
};
