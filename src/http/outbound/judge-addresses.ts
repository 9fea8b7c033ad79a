import { type AddressKind, addressKind } from './address-kind.ts';

/** One of the addresses that a name stands for. */
export type Resolved = { readonly address: string; readonly family: number };

/**
 * Of all addresses of a name together: a name that has a good one and a bad one is up to something. `private` only where that
 * is allowed, else it is refused, as is `never`.
 */
export function judgeAddresses(
  resolved: readonly Pick<Resolved, 'address'>[],
  privateAllowed: boolean,
): { readonly allowed: boolean; readonly kind: AddressKind } {
  const kinds = resolved.map(({ address }) => addressKind(address));
  const kind = kinds.includes('never') ? 'never' : kinds.includes('private') ? 'private' : 'public';
  return { kind, allowed: kind === 'public' || (kind === 'private' && privateAllowed) };
}
