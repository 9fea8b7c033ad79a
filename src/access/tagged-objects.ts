import type { Cause } from '../events/event.ts';

/** What carries scope tags by name, as scope tags see it. */
export type TaggedObjects = {
  /** Whatever carries a tag of that name. */
  carrying(isTag: (name: string) => boolean): Promise<readonly { readonly kind: string; readonly name: string }[]>;
  /** Whatever carries a tag of that name carries `name` from now on; each is a new version of itself. */
  rename(isTag: (name: string) => boolean, name: string, cause: Cause): Promise<void>;
};
