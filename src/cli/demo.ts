/**
 * `demo`: a server with a sample organisation whose simulated devices enrol over real HTTPS and SCEP; what `npm start`
 * runs. On data that something else made it only serves. Killed at any point and started again, it goes on.
 */

import { join, resolve } from 'node:path';
import { parsePkiUrl } from '../authority/pki-url.ts';
import { createLog } from '../compose/log.ts';
import { loadSample } from '../compose/sample/load-sample.ts';
import { playDevices } from '../compose/sample/play-devices.ts';
import { sampleFolder } from '../compose/sample/sample-folder.ts';
import { readSampleMark, type SampleMark, writeSampleMark } from '../compose/sample/sample-mark.ts';
import { unfinishedDevices } from '../compose/sample/unfinished-devices.ts';
import type { RunningServer, ServerOptions } from '../compose/server.ts';
import { ensureSetUpCode } from '../compose/set-up-code.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { readEnvironment, unknownVariables } from '../config/env.ts';
import { systemCause } from '../events/event.ts';
import { second, systemClock } from '../lib/clock.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import { start } from '../main.ts';
import { adminTokenFile, ensureAdminToken } from './admin-token.ts';
import { askedToStop } from './asked-to-stop.ts';
import type { RegisterCommand } from './command.ts';
import { collectDemo } from './demo/collect-demo.ts';
import { asExpected, type DemoSummary } from './demo/demo-summary.ts';
import { demoText } from './demo/demo-text.ts';
import { readExpectations } from './demo/expectations.ts';
import type { ExitCode } from './exit-code.ts';
import { startProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export const registerDemo: RegisterCommand = (program, run) => {
  program
    .command('demo')
    .description('a server with a sample organisation whose simulated devices enrol; then it keeps serving')
    .option('--once', 'stop after the devices have enrolled; exit 0 when every failure was expected')
    .action(run((terminal, _args, { once }) => demo(terminal, once === true)));
};

async function demo(terminal: Terminal, once: boolean): Promise<ExitCode> {
  // Before anything else: Ctrl-C in the first second is heard as well, and ends at the next place where all is whole.
  const stop = new AbortController();
  const asked = askedToStop().then(() => stop.abort());
  const environment = readEnvironment();
  const config = parseConfig(environment, { tlsListen: '127.0.0.1:8443' });
  const log = createLog(environment.SCEPWARD_LOG === undefined ? 'warn' : config.logLevel);
  for (const variable of unknownVariables()) terminal.say(`${variable} is not a variable of Scepward; is it misspelt?`);
  await using server = await startListening({
    config,
    clock: systemClock,
    log,
    secret: 'make',
    prepare: (parts) => prepare(terminal, parts),
  });
  const data = resolve(config.data);
  const mark = await readSampleMark(server.foundation.store);
  if (mark === null) terminal.say('This data directory was not made by demo: serving what is there.');
  else if (mark.state === 'loading' || once) {
    const summary = await runDemo(terminal, server, mark, data, stop.signal);
    if (summary === null) throw interrupted();
    terminal.result(summary, (value) => demoText(value, server, tokenFile(config), process.stdout.columns ?? null));
    if (once) return asExpected(summary) ? 0 : 1;
  } else terminal.say('The sample organisation is here already: serving it.');
  terminal.say(`Serving at ${addresses(server)}. Stop with Ctrl-C.`);
  const setUp = await ensureSetUpCode(server.foundation);
  if (setUp !== null)
    terminal.say(
      `No administrator yet. The first one is made with the set-up code ${terminal.interactive ? `${setUp.code} (also ` : '('}in ${setUp.file}).`,
    );
  await asked;
  terminal.say('Stopping.');
  return 0;
}

function interrupted(): Failure {
  const message = 'Stopped before all devices had enrolled. Started again, the demo goes on from here.';
  return new Failure('unavailable', 'interrupted', message);
}

async function startListening(options: ServerOptions): Promise<RunningServer> {
  try {
    return await start(options);
  } catch (error) {
    if (!isFailure(error, 'cannot-listen')) throw error;
    const mend = 'Stop what listens there, or set SCEPWARD_LISTEN and SCEPWARD_TLS_LISTEN to free addresses.';
    throw new Failure(error.kind, error.code, `${error.message} ${mend}`, error.params, { cause: error });
  }
}

/** Before anything listens: secret, authority and administrator of a new installation. */
async function prepare(
  terminal: Terminal,
  { foundation, authority, addresses }: Parameters<NonNullable<ServerOptions['prepare']>>[0],
): Promise<void> {
  const { store, clock, config } = foundation;
  let mark = await readSampleMark(store);
  const empty = (await store.authorities.all()).length === 0;
  if (mark === null && !empty) return;
  if (mark === null) {
    mark = { state: 'loading', seconds: 0 };
    await writeSampleMark(store, mark);
  }
  if (empty) {
    const progress = startProgress(terminal, 'Certification authority');
    progress.update(0, 1, 'making an RSA-3072 root, an RSA-2048 issuer and a registration authority');
    await authority.create({
      name: 'Alder & Finch',
      slug: 'alder-finch',
      pkiUrl: parsePkiUrl(addresses.pkiUrl, { allowLoopback: true }),
      cause: systemCause,
    });
    progress.end('Certification authority: made.');
  }
  await ensureAdminToken(store, clock, resolve(config.data));
}

/** Null when `signal` came first. */
async function runDemo(
  terminal: Terminal,
  server: RunningServer,
  mark: SampleMark,
  data: string,
  signal: AbortSignal,
): Promise<DemoSummary | null> {
  const { store, clock } = server.foundation;
  const expected = readExpectations(join(sampleFolder, 'expectations.yaml'));
  if (mark.state === 'done') return { ...(await collectDemo(store, [], expected)), seconds: mark.seconds, data };
  if (signal.aborted) return null;
  const begun = clock.monotonic();
  const loading = startProgress(terminal, 'Sample organisation');
  loading.update(0, 1, 'loading users, groups, devices and profiles');
  const { devices, profiles } = await loadSample(server, sampleFolder);
  loading.end(`Sample organisation: ${devices} devices and ${profiles} profiles, in ${sampleFolder}`);
  const lost = await playUnfinished(terminal, server, signal);
  if (signal.aborted) return null;
  const seconds = Math.round((clock.monotonic() - begun) / (second / 10)) / 10;
  await writeSampleMark(store, { state: 'done', seconds });
  return { ...(await collectDemo(store, lost, expected)), seconds, data };
}

/** All devices but those that an earlier, interrupted run has finished. Answers those that got nowhere. */
async function playUnfinished(terminal: Terminal, server: RunningServer, signal: AbortSignal) {
  const { store } = server.foundation;
  const devices = await unfinishedDevices(store);
  const progress = startProgress(terminal, 'Simulated devices');
  const results = await playDevices(server, devices, {
    signal,
    onProgress: ({ done, total, enrolled }) =>
      progress.update(done, total, `${done} of ${total} have checked in, ${enrolled} certificates issued over SCEP`),
  });
  if (signal.aborted) {
    progress.end('Simulated devices: stopped.');
    return [];
  }
  await server.reconciling.settled();
  const enrolled = results.filter(({ outcome }) => outcome === 'enrolled').length;
  progress.end(`Simulated devices: ${devices.length} have checked in, ${enrolled} certificates issued over SCEP.`);
  return results.flatMap(({ device, profile, code, detail }) =>
    profile === null ? [{ device, code: code ?? 'unknown', detail: detail ?? '' }] : [],
  );
}

function addresses({ url, tlsUrl }: RunningServer): string {
  return tlsUrl === null ? url : `${url} and ${tlsUrl}`;
}

function tokenFile(config: Config): string {
  return adminTokenFile(resolve(config.data));
}
