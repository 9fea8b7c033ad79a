/** The server as it is run for real: a process of its own, to be stopped or killed. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/config.ts';
import { until } from './until.ts';

export type ServerExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ServerProcess = AsyncDisposable & {
  readonly url: string;
  /** What it has said on standard error so far. */
  said(): string;
  /** Sends it and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<ServerExit>;
  /** It stands still until it is resumed, and does not know. */
  pause(): void;
  resume(): void;
  readonly exited: Promise<ServerExit>;
};

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** `serve` on an installation that is there already. Resolves at once: `answering` waits for the first answer. */
export function spawnServer(config: Config): ServerProcess {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      SCEPWARD_LISTEN: `${config.listen.host}:${config.listen.port}`,
      SCEPWARD_DATA: config.data,
      SCEPWARD_LOG: 'info',
      ...(config.secretFile !== null && { SCEPWARD_SECRET_FILE: config.secretFile }),
      ...(config.webhookPrivate && { SCEPWARD_WEBHOOK_PRIVATE: 'allow' }),
      ...(config.oidcPrivate && { SCEPWARD_OIDC_PRIVATE: 'allow' }),
      ...(config.database.kind === 'postgres' && { SCEPWARD_DATABASE_URL: config.database.url }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const exited = new Promise<ServerExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const end = (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    return exited;
  };
  return {
    url: `http://${config.listen.host}:${config.listen.port}`,
    said: () => said,
    end,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    exited,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
    },
  };
}

/** Until it answers; throws with its words when it ends instead. */
export async function answering(server: ServerProcess): Promise<ServerProcess> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  await until('the server to answer', async () => {
    if (ended) throw new Error(`the server ended: ${server.said()}`);
    const response = await fetch(`${server.url}/healthz`).catch(() => null);
    await response?.arrayBuffer();
    return response?.ok ? true : undefined;
  });
  return server;
}
