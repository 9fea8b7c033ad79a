import type { Config } from '../../src/config/config.ts';
import { systemClock as clock } from '../../src/lib/clock.ts';
import { countActivity } from '../../src/reporting/count-activity.ts';
import { indexCertificates } from '../../src/reporting/index-certificates.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type Figure, say } from './measure.ts';

/** What timed work would make bit by bit; and what it costs, if there was something to do. */
export async function indexStore(config: Config): Promise<readonly Figure[]> {
  await using store = await openStore(
    config.database.kind === 'postgres' ? config.database : { kind: 'sqlite', folder: config.data },
    { clock, node: 'bench' },
  );
  const figures: Figure[] = [];
  let segments = 0;
  const each = async (name: string, work: () => Promise<number>) => {
    const before = process.cpuUsage();
    const count = await work();
    const { user, system } = process.cpuUsage(before);
    if (count > 0) figures.push({ name, value: (user + system) / 1000 / count, unit: 'ms', goal: null });
  };
  await each('CPU per certificate to bring it into the index, after the fact', async () => {
    const deps = {
      ...store,
      clock,
      index: store.certificateIndex,
      source: store.segmentSource,
      columns: store.segmentColumns,
    };
    segments = await indexCertificates(deps, { store: store.kind, fence: async () => {} });
    say(`  ${segments} segments`);
    return segments * store.certificateIndex.segmentSize;
  });
  await each('CPU per certificate to count it for reports, after the fact', async () => {
    await countActivity({ ...store, clock, source: store.activitySource }, { store: store.kind });
    return segments * store.certificateIndex.segmentSize;
  });
  return figures;
}
