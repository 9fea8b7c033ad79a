/** A transaction as its ambient context sees it. */
export type OpenTransaction = {
  /** False once it has ended; work that was not awaited must not write any more. */
  open: boolean;
  /** Set by the first statement or nested call that failed: the transaction can then only be rolled back. */
  failure: { readonly error: unknown } | null;
};

/** A programming error: a port was asked to write where nothing would make it durable. */
export class WriteOutsideTransaction extends Error {
  constructor(text: string) {
    super(`A store port must write inside transact(): ${text.slice(0, 80)}`);
  }
}

/**
 * A nested call: joins the transaction. When it throws, the whole transaction is rolled back even if the caller goes on,
 * because what the nested call had written cannot be told apart.
 */
export async function join<T>(transaction: OpenTransaction, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    transaction.failure ??= { error };
    throw error;
  }
}
