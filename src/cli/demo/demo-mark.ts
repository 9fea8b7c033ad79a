import { z } from 'zod';
import type { Store } from '../../store/store.ts';

/** How far the demo of this installation has come. Stands in the store before the demo writes anything else. */
export type DemoMark = { readonly state: 'loading' | 'done'; readonly seconds: number };

const name = 'demo';
const schema = z.object({ state: z.enum(['loading', 'done']), seconds: z.number() });

/** Null: this installation was not made by `demo`, and is left alone. */
export async function readDemoMark({ settings }: Pick<Store, 'settings'>): Promise<DemoMark | null> {
  const read = schema.safeParse(await settings.get(name));
  return read.success ? read.data : null;
}

export async function writeDemoMark({ settings, transact }: Store, mark: DemoMark): Promise<void> {
  await transact(() => settings.put(name, mark));
}
