import type { Store } from '../../store/store.ts';

/** How far the sample organisation has come here. Stands in the store before anything else of it. */
export type SampleMark = { readonly state: 'loading' | 'done'; readonly seconds: number };

const name = 'demo';

/** Null: nobody began to load it here. */
export async function readSampleMark({ settings }: Pick<Store, 'settings'>): Promise<SampleMark | null> {
  const { state, seconds } = ((await settings.get(name)) ?? {}) as Partial<SampleMark>;
  const known = (state === 'loading' || state === 'done') && typeof seconds === 'number';
  return known ? { state, seconds } : null;
}

export async function writeSampleMark({ settings, transact }: Store, mark: SampleMark): Promise<void> {
  await transact(() => settings.put(name, mark));
}
