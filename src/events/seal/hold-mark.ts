import { headerText, headText, type SealHead } from './seal-block.ts';
import type { SealChain } from './seal-chain.ts';
import { fingerprintOf, type MarkedChain, type SealMark } from './seal-mark.ts';
import type { SealingKey } from './sealing-key.ts';
import type { SealFinding, SealReport } from './verify-seals.ts';

type Deps = {
  readonly chain: Pick<SealChain, 'latest' | 'list'>;
  /** Null where the database has none. */
  readonly key: SealingKey | null;
};

export type HeldMark = {
  /** What the mark should say from now on; null where it must stay as it is, because it knows more than the database. */
  readonly next: SealMark | null;
  readonly findings: readonly SealFinding[];
};

/** Holds the chain against the mark of this server. `mark`: as it was read, before this looks at the chain. */
export async function holdMark(
  { chain, key }: Deps,
  { mark, now, file }: { readonly mark: SealMark; readonly now: number; readonly file: string },
): Promise<HeldMark> {
  const latest = await chain.latest();
  const own = key === null ? null : fingerprintOf(key);
  const last = mark.at(-1);
  const lost = mark.filter((each) => each.key !== own);
  const findings = lost.map((each) => begunAnew(each, file));
  // A key without a chain: the sealer and the verification say so.
  if (latest === null || key === null || own === null) return { next: null, findings };
  const head = { number: latest.number, mac: latest.mac };
  const present: MarkedChain = { key: own, head, at: now };
  if (last?.key !== own) return { next: [...mark, present], findings };
  if (!(await isPart({ chain, key }, last.head))) return { next: null, findings: [...findings, cut(last, head, file)] };
  return { next: headText(last.head) === headText(head) ? mark : [...mark.slice(0, -1), present], findings };
}

/** Whether a block is still there, or went with what was pruned. */
async function isPart(
  { chain, key }: { readonly chain: Deps['chain']; readonly key: SealingKey },
  { number, mac }: SealHead,
): Promise<boolean> {
  const [block] = await chain.list(number - 1, 1);
  if (block?.number === number) return block.mac === mac && key.mac(headerText(block)) === mac;
  const checkpoint = await chain.latest('checkpoint');
  if (checkpoint === null || key.mac(headerText(checkpoint)) !== checkpoint.mac) return false;
  return Number(checkpoint.detail.through ?? 0) >= number;
}

/** Of a database in which no event was ever sealed, as far as it says itself. */
export const nothingSealed: SealReport = {
  blocks: 0,
  events: 0,
  unsealed: 0,
  head: null,
  checkpoint: null,
  heldAgainst: null,
  findings: [],
  found: 0,
};

/** A report with what the mark has to add. */
export function withMarkFindings(report: SealReport, added: readonly SealFinding[]): SealReport {
  const told = new Set(report.findings.map(({ kind }) => kind));
  // The same cut is seen by whoever holds the chain against a head.
  const fresh = added.filter(({ kind }) => kind !== 'chain-cut' || !told.has('chain-cut'));
  return { ...report, found: report.found + fresh.length, findings: [...fresh, ...report.findings] };
}

function begunAnew({ head, at }: MarkedChain, file: string): SealFinding {
  const detail = `The seals that were are gone, and began or will begin anew: a chain that had come to block ${head.number} (${headText(head)}) on ${time(at)} is gone from the database, with its key. If that was you, with a new database, remove ${file}.`;
  return { kind: 'chain-begun-anew', block: null, sealedAt: null, event: null, detail };
}

function cut({ head, at }: MarkedChain, now: SealHead, file: string): SealFinding {
  const detail = `The chain had come to block ${head.number} (${headText(head)}) on ${time(at)}, which is no part of it any more: it ends with block ${now.number}. What came after was cut off or replaced. If that was you, with a backup, remove ${file}.`;
  return { kind: 'chain-cut', block: head.number, sealedAt: null, event: null, detail };
}

function time(at: number): string {
  return new Date(at).toISOString();
}
