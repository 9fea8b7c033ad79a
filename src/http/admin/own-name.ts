import { z } from 'zod';
import { isOneLine } from '../../lib/one-line.ts';

const noControls = 'must be one line, without control characters';

/** What somebody calls a thing of ours. */
export const ownName = oneLine(z.string().trim().min(1).max(200));

/** The same text, where it has no line break and no control character. */
export function oneLine(text: z.ZodString): z.ZodString {
  return text.refine(isOneLine, noControls);
}
