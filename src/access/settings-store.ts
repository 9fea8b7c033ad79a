/** The installation's own few settings that live in the store and not in a file: a name and plain JSON. */
export type SettingsStore = {
  /** Null when it was never put or has been removed. */
  get(name: string): Promise<unknown>;
  put(name: string, value: unknown): Promise<void>;
  remove(name: string): Promise<void>;
};
