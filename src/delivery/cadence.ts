/** How often agents check in (intune-domain 4.10): quick after joining, then steady. Milliseconds. */
export type Cadence = {
  /** In order: check in every `every` until `until` after joining. */
  readonly early: readonly { readonly until: number; readonly every: number }[];
  readonly steady: number;
};

export type CadenceStore = {
  /** Null: the platform's default. */
  get(): Promise<Cadence | null>;
  put(cadence: Cadence | null): Promise<void>;
};
