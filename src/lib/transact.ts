/**
 * Runs `work` in one store transaction: all that its ports write becomes durable together, or nothing does.
 *
 * Ports called inside `work` join the transaction by themselves; outside of one, ports may be read but refuse to write.
 * `work` does nothing slow (no network, no RSA): on SQLite it holds the only writer. It may be run again after a
 * serialisation conflict, so it has no effects but through ports. A nested call joins the outer transaction.
 */
export type Transact = <T>(work: () => Promise<T>) => Promise<T>;
