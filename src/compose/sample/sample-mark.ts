import { z } from 'zod';
import type { Store } from '../../store/store.ts';

/** How far the sample organisation has come here. Stands in the store before anything else of it. */
export type SampleMark = { readonly state: 'loading' | 'done'; readonly seconds: number };

const name = 'demo';
const schema = z.object({ state: z.enum(['loading', 'done']), seconds: z.number() });

/** Null: nobody began to load it here. */
export async function readSampleMark({ settings }: Pick<Store, 'settings'>): Promise<SampleMark | null> {
  const read = schema.safeParse(await settings.get(name));
  return read.success ? read.data : null;
}

export async function writeSampleMark({ settings, transact }: Store, mark: SampleMark): Promise<void> {
  await transact(() => settings.put(name, mark));
}
