import type { AuthorityStore } from '../../authority/authority-store.ts';
import type { Authority } from '../../authority/issuer.ts';
import { Failure } from '../../lib/failure.ts';

/** By id or slug. Failure `authority-not-found`. */
export async function findAuthority(
  { authorities }: { readonly authorities: Pick<AuthorityStore, 'all'> },
  text: string,
): Promise<Authority> {
  const found = (await authorities.all()).find(({ id, slug }) => id === text || slug === text);
  if (found !== undefined) return found;
  throw new Failure('not-found', 'authority-not-found', `There is no authority “${text}”.`, { authority: text });
}
