/** What a test process tells the runner, one JSON document per line. */
export type RunEvent = TestEvent | { readonly kind: 'end' };

export type TestEvent = {
  readonly kind: 'test';
  /** The file that defined the test: absolute, absent when node:test does not say. */
  readonly file?: string | undefined;
  /** With the names of the suites around it. */
  readonly name: string;
  readonly nesting: number;
  readonly suite: boolean;
  readonly passed: boolean;
  /** Why it did not run; `passed` is true then. */
  readonly skip?: string | undefined;
  /** Failed, but for no reason of its own. */
  readonly onlyChildrenFailed: boolean;
  readonly error?: string | undefined;
  readonly milliseconds: number;
};
