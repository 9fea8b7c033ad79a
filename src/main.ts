/** The server as a process: read the settings, compose, listen, stop on a signal. */
import { askedToStop } from './cli/asked-to-stop.ts';
import { createLog } from './compose/log.ts';
import { type RunningServer, type ServerOptions, startServer } from './compose/server.ts';
import { ensureSetUpCode } from './compose/set-up-code.ts';
import { parseConfig } from './config/config.ts';
import { readEnvironment, unknownVariables } from './config/env.ts';
import { systemClock } from './lib/clock.ts';
import { Failure } from './lib/failure.ts';
import { startSchedule } from './schedule.ts';

/** A server with its timed work. */
export async function start(options: ServerOptions): Promise<RunningServer> {
  await using starting = new AsyncDisposableStack();
  const server = starting.use(await startServer(options));
  starting.use(startSchedule(server));
  const running = starting.move();
  return { ...server, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** `serve`: until a signal comes. Warns of what an operator should know. */
export async function serve(): Promise<void> {
  const config = parseConfig(readEnvironment(), { tlsListen: null });
  const log = createLog(config.logLevel);
  for (const variable of unknownVariables()) log.warn(`${variable} is not a variable of Scepward; is it misspelt?`);
  await using server = await start({ config, clock: systemClock, log, secret: 'demand', prepare: demandAuthority });
  // It listens: from now on whoever asks it to stop is heard.
  const stopped = askedToStop();
  if (config.secretFile === null)
    log.warn(
      'the secret that unseals keys lies in the data directory: whoever copies that has both; set SCEPWARD_SECRET_FILE',
    );
  await tellSetUpCode(server);
  log.info('listening', { url: server.url, tlsUrl: server.tlsUrl, publicUrl: server.addresses.publicUrl });
  log.info('stopping', { signal: await stopped });
}

/** The code itself is for a person at a terminal: logs are read by many. */
async function tellSetUpCode({ foundation, adminUrl }: RunningServer): Promise<void> {
  const setUp = await ensureSetUpCode(foundation);
  if (setUp === null) return;
  foundation.log.warn('there is no administrator yet: the first one is made with the set-up code in this file', {
    file: setUp.file,
    url: adminUrl,
  });
  if (process.stdout.isTTY) process.stdout.write(`Set-up code for the first administrator: ${setUp.code}\n`);
}

async function demandAuthority({ foundation }: Parameters<NonNullable<ServerOptions['prepare']>>[0]): Promise<void> {
  if ((await foundation.store.authorities.all()).length > 0) return;
  throw new Failure(
    'misconfigured',
    'not-initialised',
    'There is no certification authority here yet. Run: bin/scepward init',
  );
}

if (import.meta.main) {
  try {
    await serve();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`scepward: ${error.message}\n`);
    process.exitCode = 1;
  }
}
