import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareLoad, run } from '../support/enrolment-load.ts';
import { processConfig } from '../support/process-config.ts';
import { answering, spawnServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('SIGTERM under load: answers what is under way, ends within 10 s with code 0, and loses nothing', async (context) => {
  await using folder = temporaryFolder('stop');
  const config = await processConfig(folder.path, { kind: 'sqlite' });
  const load = await prepareLoad(config, 400);
  const clients = load.clients(400);
  await using first = await answering(spawnServer(config));
  const address = load.address(first.url);

  let asked = 0;
  let ended: Promise<number> | undefined;
  // `ask` throws for anything that is neither a whole answer nor a connection that was closed before one.
  await run(clients, address, {
    onAnswer: (answered) => {
      if (answered !== 150) return;
      asked = performance.now();
      ended = first.end('SIGTERM').then(({ code, signal }) => {
        assert.deepEqual({ code, signal }, { code: 0, signal: null }, first.said());
        return performance.now() - asked;
      });
    },
  });
  const milliseconds = (await ended) ?? assert.fail('it was told to stop');
  assert.ok(milliseconds < 10_000, `${milliseconds} ms`);
  const told = clients.map((client) => client.told.at(-1)?.kind);
  const nothing = told.filter((kind) => kind === 'nothing').length;
  context.diagnostic(`ended after ${Math.round(milliseconds)} ms; ${nothing} of ${clients.length} found it closed`);
  assert.ok(nothing > 0, 'it stopped in the middle');
  assert.match(first.said(), /"message":"stopping".*"signal":"SIGTERM"/);

  await using second = await answering(spawnServer(config));
  await run(clients, load.address(second.url));
  for (const { told } of clients) {
    const [before, now] = told;
    assert.notEqual(now?.kind, 'nothing');
    if (before?.kind === 'nothing') continue;
    assert.deepEqual(now, before, 'the answer before the stop holds after it');
  }
  assert.deepEqual(await second.end('SIGTERM'), { code: 0, signal: null });
});
