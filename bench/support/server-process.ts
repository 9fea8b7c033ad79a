/** The server as it is run for real: a process of its own, watched through /proc. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/config.ts';

export type ServerProcess = AsyncDisposable & {
  readonly url: string;
  /** Milliseconds from spawn to the first SCEP answer. */
  readonly startMs: number;
  /** Milliseconds of CPU that all its threads have used. */
  cpuMs(): number;
  /** Until it has caught up with what it does in the background (seals, indexes): three seconds with next to no CPU. */
  atRest(): Promise<void>;
  /** MiB, the most it ever held. */
  peakMiB(): number;
};

export const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));
/** What a command needs to find this installation. */
export function serverEnvironment(config: Config): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    SCEPWARD_LISTEN: `${config.listen.host}:${config.listen.port}`,
    SCEPWARD_DATA: config.data,
    SCEPWARD_LOG: 'error',
    ...(config.database.kind === 'postgres' && { SCEPWARD_DATABASE_URL: config.database.url }),
  };
}

const ticksPerSecond = 100;

/** `slug`: of a profile whose first SCEP answer is waited for; null: any answer will do. `cores`: the list for taskset; null: all. */
export async function startServerProcess(
  config: Config,
  slug: string | null,
  cores: string | null,
): Promise<ServerProcess> {
  const url = `http://${config.listen.host}:${config.listen.port}`;
  const command = [...(cores === null ? [] : ['taskset', '-c', cores]), scepward, 'serve'];
  const started = performance.now();
  const child = spawn(command[0] as string, command.slice(1), {
    env: serverEnvironment(config),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await firstAnswer(child, slug === null ? `${url}/readyz` : `${url}/scep/${slug}?operation=GetCACaps`);
  const startMs = performance.now() - started;
  return {
    url,
    startMs,
    cpuMs: () => cpuMs(child.pid as number),
    atRest: async () => {
      for (let before = -1; ; ) {
        const now = cpuMs(child.pid as number);
        if (before >= 0 && now - before < 60) return;
        before = now;
        await sleep(3000);
      }
    },
    peakMiB: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

async function firstAnswer(child: ChildProcess, url: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** utime and stime of the whole thread group (proc(5)). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
