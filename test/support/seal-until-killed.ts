/**
 * A process that makes events, seals them and prunes the old ones, until it is killed. Arguments: `sqlite <folder>` or
 * `postgres <url>`. Says a line when it has begun.
 */
import { systemClock } from '../../src/lib/clock.ts';
import { openSealedStoreAt } from './sealed-store.ts';

const [kind, place = ''] = process.argv.slice(2);
const store = await openSealedStoreAt(kind === 'postgres' ? { kind, url: place } : { kind: 'sqlite', folder: place });
process.stdout.write('begun\n');
for (let number = 0; ; number++) {
  await store.happen(Array.from({ length: 40 }, (_, at) => number + at));
  await store.seal();
  if (number % 4 === 0) await store.prune(systemClock.now() - 300);
}
