import type { SealReport } from '../../events/seal/verify-seals.ts';
import { when } from '../show.ts';

/** How many findings are told at once. */
const most = 50;

/** What was found, for people. */
export function sealText(report: SealReport): string {
  const { findings, found } = report;
  const lines = [summaryOf(report), ...findings.slice(0, most).map(({ kind, detail }) => `${kind}: ${detail}`)];
  if (found > most)
    lines.push(`… and ${found - Math.min(most, findings.length)} more (--json has the first thousand).`);
  return lines.join('\n');
}

export function summaryOf(report: SealReport): string {
  const { blocks, events, unsealed, head, checkpoint, found, heldAgainst } = report;
  const since =
    checkpoint === null ? '' : `, since ${when(checkpoint.at)} (before that ${checkpoint.events} were pruned)`;
  const waiting = unsealed === 0 ? '' : `, ${unsealed} more are marked and not sealed yet`;
  const kept =
    heldAgainst === null || found > 0 ? '' : ` The head that was kept (block ${heldAgainst.number}) is part of it.`;
  const end = head === null ? '' : ` Head: ${head.number}:${head.mac}`;
  const what = found === 0 ? 'whole' : `NOT WHOLE, ${found} finding${found === 1 ? '' : 's'}`;
  return `The audit log is ${what}: ${events} events in ${blocks} blocks${since}${waiting}.${kept}${end}`;
}
