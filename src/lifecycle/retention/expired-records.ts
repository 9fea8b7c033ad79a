/** What has served, slice by slice; each answers how many went, 0 when none are left. `before` is a time in ms. */
export type ExpiredRecords = {
  scepTransactions(before: number, limit: number): Promise<number>;
  /** Not one that waits, bound to a key, for an administrator's word. */
  challenges(before: number, limit: number): Promise<number>;
  /**
   * Of devices, ended before that time, and needed by nobody: no deployment that is wanted has it as its current one (its
   * renewal and re-issue begin there), and one that was revoked was on a list after its end (RFC 5280 §3.3).
   */
  certificates(before: number, limit: number): Promise<number>;
};
