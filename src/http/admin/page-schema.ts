import { z } from 'zod';
import type { PageRequest } from '../../lib/page.ts';
import { list } from './list-schema.ts';

/** Query parameters of every list; cursors are opaque and come from `next`. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many items at most'),
  cursor: z.string().min(1).max(2000).optional().describe('`next` of the page before'),
});

export const searchQuery = pageQuery.extend({ search: z.string().min(1).max(200).optional() });

export function pageOf(query: z.infer<typeof pageQuery>): PageRequest {
  return { limit: query.limit, cursor: query.cursor ?? null };
}

export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: list(item),
    next: z.string().nullable().describe('`cursor` of the next page; null: the last'),
  });
}
