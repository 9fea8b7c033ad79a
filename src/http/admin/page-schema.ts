import { z } from 'zod';
import type { PageRequest } from '../../lib/page.ts';

/** Query parameters of every list; cursors are opaque and come from `next`. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many items at most'),
  cursor: z.string().max(2000).optional().describe('`next` of the page before'),
});

export function pageOf(query: z.infer<typeof pageQuery>): PageRequest {
  return { limit: query.limit, cursor: query.cursor ?? null };
}

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
