/** Which packages make which file: what changes seldom stays in the browser's cache when our own code changes. */
import type { Rolldown } from 'vite';

/** What the page has first of all: `src/app/first-questions.ts`, and where its answers are kept. */
export const earlyName = 'early';

/** What most people see first. */
export const firstPage = 'overview-page';

/** `shell`: all else that is needed before anything is shown. One file of it is had sooner than forty. */
export const groups: Rolldown.CodeSplittingGroup[] = [
  { name: earlyName, test: /[\\/]src[\\/](?:app[\\/]first-questions|api[\\/]early)\.ts$/, priority: 3 },
  { name: 'react', test: /[\\/]node_modules[\\/](?:react|react-dom|scheduler)[\\/]/, priority: 2 },
  { name: 'router', test: /[\\/]node_modules[\\/]@tanstack[\\/]/, priority: 2 },
  { name: 'shell', tags: ['$initial'], priority: 1 },
  // What several pages are made of, in few files.
  { name: 'parts', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 40_000 },
];

/** Those that several pages share would be named after all of them. */
export function chunkFileNames({ name }: Rolldown.PreRenderedChunk): string {
  return `assets/${name.startsWith('parts~') ? 'parts' : '[name]'}-[hash].js`;
}
