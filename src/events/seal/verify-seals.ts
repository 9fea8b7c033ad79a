/**
 * Holds the events against their marks and seals: what was altered, removed or inserted past the server, and where the chain
 * itself was touched. What is not told: rows that were removed within the second before they were sealed, and a chain that
 * was cut back together with its rows, unless a head from elsewhere is given.
 */
import { nextTask } from '../../lib/next-task.ts';
import { eventText, type StoredEvent } from './event-text.ts';
import { type BlockEntry, entriesOf, headerText, type SealBlock, type SealHead } from './seal-block.ts';
import type { SealChain, StoredEvents } from './seal-chain.ts';
import { rowsPerBlock, uncoveredEvents } from './seal-events.ts';
import type { SealingKey } from './sealing-key.ts';

export type SealFinding = {
  readonly kind:
    | 'altered'
    | 'removed'
    | 'inserted'
    | 'unmarked'
    | 'block-altered'
    | 'block-removed'
    | 'chain-missing'
    | 'chain-begun-anew'
    | 'chain-cut'
    | 'chain-replaced';
  /** The block that shows it, and when it sealed. */
  readonly block: number | null;
  readonly sealedAt: number | null;
  readonly event: { readonly id: string; readonly at: number | null; readonly type: string | null } | null;
  readonly detail: string;
};

export type SealReport = {
  readonly blocks: number;
  readonly events: number;
  /** Marked, and waiting for the sealer. */
  readonly unsealed: number;
  readonly head: SealHead | null;
  /** What was pruned before: the checks hold from the block after. */
  readonly checkpoint: { readonly through: number; readonly at: number; readonly events: number } | null;
  readonly heldAgainst: SealHead | null;
  /** The first thousand. */
  readonly findings: readonly SealFinding[];
  readonly found: number;
};

export type VerifySealsDeps = {
  readonly chain: Pick<SealChain, 'latest' | 'list' | 'covering'>;
  readonly events: Pick<StoredEvents, 'idsAfter' | 'read'>;
  readonly key: SealingKey;
};

export type VerifySeals = {
  /** From the log or a webhook, when somebody kept it. */
  readonly head: SealHead | null;
  /** Blocks that were looked at. */
  readonly onProgress?: (progress: VerifyProgress) => void;
};

export type VerifyProgress = { readonly done: number; readonly total: number };

const mostFindings = 1000;
const blocksAtOnce = 20;
/** An erasure or a pruning in between makes what was read before look wrong. */
const attempts = 5;

export async function verifySeals(deps: VerifySealsDeps, input: VerifySeals): Promise<SealReport> {
  for (let attempt = 1; ; attempt++) {
    const before = await landmarks(deps);
    const report = await verifyOnce(deps, input, before);
    if (report.found === 0 || attempt === attempts) return report;
    const after = await landmarks(deps);
    if (after.last === before.last) return report;
  }
}

type Landmarks = {
  readonly checkpoint: SealBlock | null;
  /** By event: what its latest erasure says of it. */
  readonly erased: ReadonlyMap<string, BlockEntry>;
  /** Number of the latest block that is no ordinary one. */
  readonly last: number;
};

async function landmarks({ chain, key }: VerifySealsDeps): Promise<Landmarks> {
  const trusted = (block: SealBlock) => fault(key, block) === null;
  const last = await chain.latest('checkpoint');
  const checkpoint = last !== null && trusted(last) ? last : null;
  const erasures = (await erasuresOf(chain)).filter(trusted);
  const erased = new Map<string, BlockEntry>();
  for (const block of erasures) for (const entry of entriesOf(key, block)) erased.set(entry.id, entry);
  return { checkpoint, erased, last: Math.max(checkpoint?.number ?? 0, erasures.at(-1)?.number ?? 0) };
}

async function erasuresOf(chain: Pick<SealChain, 'list'>): Promise<SealBlock[]> {
  const found: SealBlock[] = [];
  for (;;) {
    const blocks = await chain.list(found.at(-1)?.number ?? 0, blocksAtOnce, 'erasure');
    found.push(...blocks);
    if (blocks.length < blocksAtOnce) return found;
  }
}

async function verifyOnce(
  deps: VerifySealsDeps,
  { head: kept, onProgress }: VerifySeals,
  marks: Landmarks,
): Promise<SealReport> {
  const { chain, events, key } = deps;
  const findings: SealFinding[] = [];
  let found = 0;
  const report = (finding: SealFinding) => {
    found++;
    if (findings.length < mostFindings) findings.push(finding);
  };
  const latest = await chain.latest();
  const head = latest && { number: latest.number, mac: latest.mac };
  const through = Number(marks.checkpoint?.detail.through ?? 0);
  let before: SealHead = { number: through, mac: String(marks.checkpoint?.detail.throughMac ?? '') };
  const untrusted = new Set<number>();
  let blocks = 0;
  let sealed = 0;
  let unmarkedAllowed = Number(marks.checkpoint?.detail.unmarked ?? 0);
  const unmarked: { readonly event: StoredEvent; readonly block: SealBlock | null }[] = [];
  let keptFound = kept === null || (kept.number === before.number && kept.mac === before.mac && through > 0);

  while (head !== null && before.number < head.number) {
    onProgress?.({ done: before.number - through, total: head.number - through });
    const next = await chain.list(before.number, blocksAtOnce);
    if (next.length === 0) break;
    for (const block of next) {
      if (block.number > head.number) break;
      const gap = block.number - before.number - 1;
      if (gap > 0) report(blocksRemoved(before.number + 1, block));
      const wrong =
        fault(key, block) ?? (gap === 0 && block.previous !== before.mac ? 'does not follow the one before' : null);
      before = { number: block.number, mac: block.mac };
      blocks++;
      if (kept !== null && kept.number === block.number) keptFound = kept.mac === block.mac && wrong === null;
      if (wrong !== null) {
        untrusted.add(block.number);
        report(blockAltered(block, wrong));
        continue;
      }
      if (block.kind === 'start') unmarkedAllowed = Number(block.detail.unmarked ?? 0);
      if (block.kind !== 'seal') continue;
      sealed += block.count;
      const entries = entriesOf(key, block);
      const rows = new Map((await events.read(entries.map(({ id }) => id))).map((row) => [row.id, row]));
      for (const own of entries) {
        const row = rows.get(own.id);
        const entry = marks.erased.get(own.id) ?? own;
        if (row === undefined) report(rowRemoved(own.id, block));
        else if (entry.salt === null || key.leaf(entry.salt, eventText(row)) !== entry.leaf)
          report(rowAltered(row, block));
        else if (row.mark === null) unmarked.push({ event: row, block });
        else if (row.mark !== key.mark(eventText(row))) report(rowInserted(row, block));
      }
      await nextTask();
    }
  }

  let unsealed = 0;
  const trusted = {
    covering: async (from: string, to: string) =>
      (await chain.covering(from, to)).filter(({ number }) => !untrusted.has(number)),
  };
  for await (const uncovered of uncoveredEvents({ chain: trusted, events }, ''))
    for (let at = 0; at < uncovered.length; at += rowsPerBlock) {
      for (const row of await events.read(uncovered.slice(at, at + rowsPerBlock))) {
        if (row.mark === null) unmarked.push({ event: row, block: null });
        else if (row.mark === key.mark(eventText(row))) unsealed++;
        else report(rowInserted(row, null));
      }
      await nextTask();
    }
  // Those from before there were marks were sealed first.
  for (const { event, block } of unmarked.slice(unmarkedAllowed)) report(rowUnmarked(event, block));

  if (head === null) report(chainMissing());
  if (kept !== null && !keptFound) report(headNotFound(kept, before.number, through));
  if (blocks > 1 && untrusted.size === blocks) report(chainReplaced(blocks));
  const { checkpoint } = marks;
  return {
    blocks,
    events: sealed,
    unsealed,
    head,
    checkpoint:
      checkpoint === null ? null : { through, at: checkpoint.sealedAt, events: Number(checkpoint.detail.events ?? 0) },
    heldAgainst: kept,
    findings,
    found,
  };
}

/** Why a block is not one of ours; null when it is. */
function fault(key: SealingKey, block: SealBlock): string | null {
  if (block.mac !== key.mac(headerText(block))) return 'was not made with the key of this installation, or was changed';
  if (block.digest !== key.digest(block.entries)) return 'lists other events than it sealed';
  return null;
}

const none = { event: null } as const;

function time(at: number): string {
  return new Date(at).toISOString();
}

function briefly({ id, at, type }: StoredEvent): SealFinding['event'] {
  return { id, at, type };
}

function blocksRemoved(from: number, next: SealBlock): SealFinding {
  const which = from === next.number - 1 ? `Block ${from} is` : `Blocks ${from} to ${next.number - 1} are`;
  const detail = `${which} missing, before block ${next.number} of ${time(next.sealedAt)}.`;
  return { kind: 'block-removed', block: from, sealedAt: next.sealedAt, ...none, detail };
}

function blockAltered({ number, sealedAt }: SealBlock, why: string): SealFinding {
  return {
    kind: 'block-altered',
    block: number,
    sealedAt,
    ...none,
    detail: `Block ${number} of ${time(sealedAt)} ${why}.`,
  };
}

function rowRemoved(id: string, { number, sealedAt }: SealBlock): SealFinding {
  const detail = `Event ${id} was removed; block ${number} sealed it on ${time(sealedAt)}.`;
  return { kind: 'removed', block: number, sealedAt, event: { id, at: null, type: null }, detail };
}

function rowAltered(row: StoredEvent, { number, sealedAt }: SealBlock): SealFinding {
  const detail = `Event ${row.id} (${row.type}) was altered after block ${number} sealed it on ${time(sealedAt)}.`;
  return { kind: 'altered', block: number, sealedAt, event: briefly(row), detail };
}

function rowInserted(row: StoredEvent, block: SealBlock | null): SealFinding {
  const where = block === null ? 'no block covers it' : `block ${block.number} of ${time(block.sealedAt)} covers it`;
  const detail = `Event ${row.id} (${row.type}) was inserted past the server, or altered before it was sealed; ${where}.`;
  return {
    kind: 'inserted',
    block: block?.number ?? null,
    sealedAt: block?.sealedAt ?? null,
    event: briefly(row),
    detail,
  };
}

function rowUnmarked(row: StoredEvent, block: SealBlock | null): SealFinding {
  const detail = `Event ${row.id} (${row.type}) was written without the server's mark: by hand, or on ${row.node} by an older Scepward that still ran.`;
  return {
    kind: 'unmarked',
    block: block?.number ?? null,
    sealedAt: block?.sealedAt ?? null,
    event: briefly(row),
    detail,
  };
}

function chainMissing(): SealFinding {
  const detail = 'There are no seals at all: the table audit_block was emptied.';
  return { kind: 'chain-missing', block: null, sealedAt: null, ...none, detail };
}

function chainReplaced(blocks: number): SealFinding {
  const detail = `None of the ${blocks} blocks was made with the key of this installation: the chain was replaced.`;
  return { kind: 'chain-replaced', block: null, sealedAt: null, ...none, detail };
}

function headNotFound(kept: SealHead, last: number, through: number): SealFinding {
  const shared = { block: kept.number, sealedAt: null, ...none };
  if (kept.number > last)
    return {
      kind: 'chain-cut',
      ...shared,
      detail: `The chain ends with block ${last}; the head that was kept is block ${kept.number}. What came after was cut off.`,
    };
  if (kept.number < through)
    return {
      kind: 'chain-cut',
      ...shared,
      detail: `The head that was kept is block ${kept.number}, which was pruned: the chain begins after block ${through}. Compare with a later one.`,
    };
  return {
    kind: 'chain-replaced',
    ...shared,
    detail: `Block ${kept.number} is another one than the head that was kept: the chain was replaced from there or before.`,
  };
}
