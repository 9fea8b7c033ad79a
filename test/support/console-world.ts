/** A world with the sample organisation in it, whose devices have enrolled, and an administrator who can sign in. */
import { fileURLToPath } from 'node:url';
import { newSetUpCode } from '../../src/access/set-up.ts';
import { unfinishedDevices } from '../../src/cli/demo/collect-demo.ts';
import { loadSample } from '../../src/cli/demo/load-sample.ts';
import { playDevices } from '../../src/cli/demo/play-devices.ts';
import { addDana } from './sign-in-to-console.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

const sample = fileURLToPath(new URL('../../examples/sample-org', import.meta.url));

export async function consoleWorld(options: WorldOptions = {}): Promise<World> {
  await using starting = new AsyncDisposableStack();
  const world = starting.use(await startWorld({ tls: true, ...options }));
  await loadSample(world.server, sample);
  await playDevices(world.server, await unfinishedDevices(world.server.foundation.store), {
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  await world.server.reconciling.settled();
  await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
  starting.move();
  return world;
}
