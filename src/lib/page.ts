/** One page of a list that is read by cursor. `next` is opaque to whoever asks; null on the last page. */
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null };

export type PageRequest = { readonly limit: number; readonly cursor: string | null };
