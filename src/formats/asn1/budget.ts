import { tooLarge } from './malformed.ts';

/**
 * Counts the work a parse does: one for each element header that is read, one for each byte that is copied.
 * The limit grows with the input's length, so hostile nesting cannot buy more than a constant factor.
 * One budget may serve several parses of parts of the same input.
 */
export type Budget = {
  readonly limit: number;
  spent: number;
};

/** Work units granted per byte of input. An honest message takes less than one. */
export const workPerByte = 4;

export function budgetFor(inputLength: number): Budget {
  return { limit: workPerByte * inputLength + 64, spent: 0 };
}

export function spend(budget: Budget, amount: number, offset: number): void {
  budget.spent += amount;
  if (budget.spent > budget.limit)
    throw tooLarge(
      'asn1-too-much-work',
      'The input is nested so that reading it takes more work than its length allows.',
      offset,
    );
}
