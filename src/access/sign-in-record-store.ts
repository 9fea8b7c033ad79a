import type { SignInRecord } from './sign-in-delay.ts';

export type SignInRecordStore = {
  /** Inside a transaction, until whose end nobody else gets them; blank ones where there are none. In the order of `keys`. */
  lock(keys: readonly string[]): Promise<readonly SignInRecord[]>;
  put(records: readonly SignInRecord[]): Promise<void>;
  /** Those whose last failure and last success both lie before these times. */
  removeBefore(times: { readonly failures: number; readonly successes: number }): Promise<void>;
};
