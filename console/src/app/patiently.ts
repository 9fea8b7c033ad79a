import { noteAnswer, noteSilence } from '../api/connection.ts';

/** A chunk that does not come while the server is away comes later; one that is gone while it answers belongs to a newer console. */
export async function patiently<Module>(load: () => Promise<Module>): Promise<Module> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (await answers()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function answers(): Promise<boolean> {
  const here = await fetch('/healthz', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (here) noteAnswer();
  else noteSilence();
  return here;
}
