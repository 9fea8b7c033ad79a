import type { Answer } from '../../api/call.ts';
import { useText } from '../../text/text.ts';
import type { Part, Shade } from '../../ui/shades.ts';

export type Counts = Answer<'GET /api/v1/profiles/{profile}/status'>['counts'];
export type Status = keyof Counts;

const shades: Readonly<Record<Status, Shade>> = {
  succeeded: 'good',
  pending: 'brand',
  error: 'bad',
  conflict: 'warning',
  notApplicable: 'neutral',
};

export const statuses: readonly Status[] = ['succeeded', 'pending', 'error', 'conflict', 'notApplicable'];

/** How a profile fares, as parts of a chart; undefined: not known yet. */
export function useStatusParts(counts: Counts | undefined): readonly Part[] {
  const { profiles: words } = useText();
  if (counts === undefined) return [];
  return statuses
    .filter((status) => status !== 'conflict' || counts[status] > 0)
    .map((key) => ({ key, title: words.statuses[key], value: counts[key], shade: shades[key] }));
}
