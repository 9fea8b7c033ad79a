import type { InventorySummary } from '../../reporting/certificate-inventory.ts';
import { ordinalsIn } from '../search/postings.ts';
import { type Block, has } from './block.ts';
import { type BlockFilter, matchBlock } from './match-block.ts';

export function summaryOf(
  blocks: readonly Block[],
  filter: BlockFilter,
  now: number,
  horizons: readonly number[],
): InventorySummary {
  const states = { valid: 0, expired: 0, revoked: 0 };
  const ending = horizons.map(() => 0);
  for (const block of blocks)
    for (const at of ordinalsIn(matchBlock(block, filter))) {
      if (block.profiles[at] === 0) continue;
      const end = block.ends[at] as number;
      if (Number.isFinite(block.revoked[at])) states.revoked++;
      else if (end < now) states.expired++;
      else {
        states.valid++;
        if (!has(block.latest, at)) continue;
        for (const [which, before] of horizons.entries()) if (end < before) ending[which] = (ending[which] ?? 0) + 1;
      }
    }
  return { states, ending };
}
