import type { Branded } from '../lib/ids.ts';

export type ProfileId = Branded<'ProfileId'>;
/** Lower-case letters, digits and hyphens; in addresses, so it never changes. Unique. */
export type ProfileSlug = Branded<'ProfileSlug'>;
