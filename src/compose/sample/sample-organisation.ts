/**
 * The sample organisation on a server that runs: its directory, profiles and assignments, then its devices, simulated, over
 * real HTTP and SCEP, as `scepward demo` does it. Begun again after it was cut off, it goes on.
 */
import { Failure } from '../../lib/failure.ts';
import { readSampleMark, writeSampleMark } from './sample-mark.ts';
import type { SampleServer } from './sample-server.ts';

export type SampleState = {
  /** `open`: it can be loaded, or goes on where it was cut off. `closed`: something else is here already. */
  readonly state: 'open' | 'running' | 'done' | 'failed' | 'closed';
  readonly step: 'directory' | 'devices';
  /** Devices. */
  readonly done: number;
  readonly total: number;
  /** Certificates. */
  readonly enrolled: number;
  /** Of what failed. */
  readonly detail: string | null;
};

export type SampleOrganisation = AsyncDisposable & {
  state(): Promise<SampleState>;
  /** Begins, and does not wait. Failures: `sample-running`, `sample-not-empty`, `no-authority`. */
  load(): Promise<SampleState>;
};

type Server = Omit<SampleServer, 'url' | 'tlsUrl'>;

const nothingYet = { step: 'directory', done: 0, total: 0, enrolled: 0, detail: null } as const;

/** `listening`: where the server is reached; null until it listens. */
export function sampleOrganisation(
  server: Server,
  listening: () => Pick<SampleServer, 'url' | 'tlsUrl'> | null,
): SampleOrganisation {
  const { store, clock, log } = server.foundation;
  const stop = new AbortController();
  let observed: SampleState | null = null;
  let underWay: Promise<void> = Promise.resolve();

  async function state(): Promise<SampleState> {
    if (observed !== null) return observed;
    const mark = await readSampleMark(store);
    const open = mark === null ? await isEmpty() : mark.state === 'loading';
    return { ...nothingYet, state: open ? 'open' : mark === null ? 'closed' : 'done' };
  }

  async function isEmpty(): Promise<boolean> {
    const one = { limit: 1, cursor: null };
    const devices = await store.devices.list({ search: null, platform: null, primaryUserId: null }, one);
    const users = await store.users.list({ search: null }, one);
    return devices.items.length + users.items.length + (await store.profiles.all()).length === 0;
  }

  async function run(reached: Pick<SampleServer, 'url' | 'tlsUrl'>): Promise<void> {
    const begun = clock.monotonic();
    // A server that loads no sample has no use for the client's side.
    const [{ loadSample }, { playDevices }, { sampleFolder }, { unfinishedDevices }] = await Promise.all([
      import('./load-sample.ts'),
      import('./play-devices.ts'),
      import('./sample-folder.ts'),
      import('./unfinished-devices.ts'),
    ]);
    await loadSample(server, sampleFolder);
    const devices = await unfinishedDevices(store);
    await playDevices({ ...server, ...reached }, devices, {
      signal: stop.signal,
      onProgress: ({ done, total, enrolled }) => {
        observed = { ...nothingYet, state: 'running', step: 'devices', done, total, enrolled };
      },
    });
    if (stop.signal.aborted) return;
    await server.reconciling.settled();
    const seconds = Math.round((clock.monotonic() - begun) / 100) / 10;
    await writeSampleMark(store, { state: 'done', seconds });
    observed = { ...nothingYet, ...observed, state: 'done' };
  }

  return {
    state,
    async load() {
      const now = await state();
      if (now.state === 'running')
        throw new Failure('conflict', 'sample-running', 'The sample organisation is being loaded. Wait for its end.');
      if (now.state !== 'open' && now.state !== 'failed')
        throw new Failure(
          'conflict',
          'sample-not-empty',
          'There are users, devices or profiles here already: the sample organisation is for an empty installation.',
        );
      const reached = listening();
      if ((await store.authorities.all()).length === 0 || reached === null)
        throw new Failure('conflict', 'no-authority', 'Make the certification authority first: profiles need one.');
      observed = { ...nothingYet, state: 'running' };
      await writeSampleMark(store, { state: 'loading', seconds: 0 });
      underWay = run(reached).catch((error: unknown) => {
        log.error('the sample organisation could not be loaded; it can be begun again', error);
        const detail = error instanceof Error ? error.message : String(error);
        observed = { ...nothingYet, ...observed, state: 'failed', detail };
      });
      return observed;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await underWay;
    },
  };
}
