/** A world with the sample organisation in it, whose devices have enrolled, and an administrator who can sign in. */
import { newSetUpCode } from '../../src/access/set-up.ts';
import { loadSample } from '../../src/compose/sample/load-sample.ts';
import { playDevices } from '../../src/compose/sample/play-devices.ts';
import { sampleFolder } from '../../src/compose/sample/sample-folder.ts';
import { unfinishedDevices } from '../../src/compose/sample/unfinished-devices.ts';
import { addDana } from './sign-in-to-console.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

export async function consoleWorld(options: WorldOptions = {}): Promise<World> {
  await using starting = new AsyncDisposableStack();
  const world = starting.use(await startWorld({ tls: true, ...options }));
  await loadSample(world.server, sampleFolder);
  await playDevices(world.server, await unfinishedDevices(world.server.foundation.store), {
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  await world.server.reconciling.settled();
  await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
  starting.move();
  return world;
}
