import { z } from 'zod';

/**
 * An array of answers. Ours are read-only, which `z.array` alone would not take, and `.readonly()` would say to clients in
 * every schema.
 */
export function list<Item extends z.ZodType>(item: Item): z.ZodType<readonly z.output<Item>[]> {
  return z.array(item);
}

/** Milliseconds since 1970, UTC, as everywhere in this product. */
export const time = z.number().int().describe('Milliseconds since 1970-01-01T00:00Z');
