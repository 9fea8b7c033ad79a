import { type Clock, hour, minute } from '../lib/clock.ts';
import { idAt } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { CertificateIndex, PreparedSegment, SegmentColumns, SegmentSource } from './certificate-index.ts';
import { settledBefore } from './settled-before.ts';

export type IndexCertificatesDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly index: CertificateIndex;
  readonly source: SegmentSource;
  readonly columns: SegmentColumns;
};

/**
 * Certificates older than this come into the index; younger ones only once very many wait. Their number is what a search
 * reads directly. It leaves the time of a mass enrolment to that.
 */
const usualAge = 10 * minute;
const manyWaiting = 32_768;
/** What should not be happens yet: for so long the index looks back for certificates that came later still. */
const reach = hour;
/** Rows that are written at once; between them others get their turn at the store. */
const rowsAtOnce = 64;

/**
 * Brings the certificate index up to what there is, outside of issuing. May be stopped at any time: what is not published is
 * made again. One node at a time; `fence` begins every transaction. Answers how many segments were made.
 */
export async function indexCertificates(
  deps: IndexCertificatesDeps,
  input: {
    readonly store: 'sqlite' | 'postgres';
    readonly fence: () => Promise<void>;
    readonly most?: number;
    readonly segmentSize?: number;
  },
): Promise<number> {
  const { index, columns, clock } = deps;
  const outdated = await index.firstOutdated(clock.now() - reach);
  if (outdated !== null) await write(deps, input.fence, () => index.withdrawFrom(outdated));
  for (let number = await index.firstEmpty(); number !== null; number = await index.firstEmpty()) {
    const gone = number;
    await write(deps, input.fence, () => index.remove(gone));
  }
  for (let number = await columns.firstMissing(); number !== null; number = await columns.firstMissing()) {
    const segment = number;
    const content = await deps.source.columns(segment);
    await write(deps, input.fence, () => columns.write(segment, content));
  }
  let made = 0;
  while (made < (input.most ?? Number.POSITIVE_INFINITY)) {
    const prepared = await nextSegment(deps, input.store, input.segmentSize ?? index.segmentSize);
    if (prepared === null) break;
    let [from, more] = [0, true];
    while (more) {
      await write(deps, input.fence, async () => {
        more = await index.write(prepared, from, rowsAtOnce);
      });
      from += rowsAtOnce;
    }
    await write(deps, input.fence, () => index.publish(prepared, clock.now()));
    made++;
  }
  return made;
}

async function nextSegment(
  { index, clock, source }: IndexCertificatesDeps,
  store: 'sqlite' | 'postgres',
  size: number,
): Promise<PreparedSegment | null> {
  const now = clock.now();
  const usual = idAt(now - usualAge);
  const early = settledBefore(store, now);
  if ((await index.waiting(usual, size)) >= size) return source.next(usual, size);
  if ((await index.waiting(early, manyWaiting)) >= manyWaiting) return source.next(early, size);
  return null;
}

function write({ transact }: IndexCertificatesDeps, fence: () => Promise<void>, work: () => Promise<void>) {
  return transact(async () => {
    await fence();
    await work();
  });
}
