import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Config } from '../../src/config/config.ts';

/** One figure of a measurement. `goal`: what makes the run fail when it is missed; null: for information. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: { readonly most: number } | { readonly least: number } | null;
};

export function meets({ value, goal }: Figure): boolean {
  if (goal === null) return true;
  return 'most' in goal ? value <= goal.most : value >= goal.least;
}

export type ReplayResult = {
  readonly sent: number;
  readonly succeeded: number;
  readonly seconds: number;
  readonly cpuMs: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
};

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** `inside` goes before the command. Throws when a single enrolment was refused: then the figures mean nothing. */
export async function replay(
  file: string,
  url: string,
  connections: number,
  cores: string | null,
  inside: readonly string[] = [],
  protocol: 'scep' | 'ocsp' = 'scep',
): Promise<ReplayResult> {
  const pinned = cores === null ? [] : ['taskset', '-c', cores];
  const command = [
    ...inside,
    ...pinned,
    process.execPath,
    script('./replay.ts'),
    file,
    url,
    String(connections),
    protocol,
  ];
  const { stdout } = await run(...split(command));
  const result = JSON.parse(stdout) as ReplayResult;
  if (result.succeeded !== result.sent) throw new Error(`${result.sent - result.succeeded} of ${result.sent} refused`);
  return result;
}

/**
 * Milliseconds of CPU for the bare cryptography of one enrolment, in a fresh process on every core at once: a core slows
 * down when its neighbour works, and while the server is measured all of them do.
 */
export async function bareCryptoMs(rounds = 1000): Promise<number> {
  const one = async () => Number((await run(process.execPath, [script('./bare-crypto.ts'), String(rounds)])).stdout);
  const each = await Promise.all(Array.from({ length: availableParallelism() }, one));
  return each.reduce((sum, ms) => sum + ms, 0) / each.length;
}

function split(command: readonly string[]): [string, string[]] {
  return [command[0] as string, command.slice(1)];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

let folders = 0;

/** Settings of an installation in a new folder of this run. */
export function benchConfig(port: number): Config {
  const data = join(tmpdir(), `scepward-bench-${process.pid}-${++folders}`);
  return {
    listen: { host: '127.0.0.1', port },
    data,
    database: { kind: 'sqlite' },
    tls: null,
    adminListen: null,
    trustedProxies: [],
    publicUrl: null,
    adminUrl: null,
    pkiUrl: null,
    secretFile: null,
    probePrivate: false,
    webhookPrivate: false,
    oidcPrivate: false,
    node: 'bench',
    logLevel: 'warn',
  };
}

export async function removeInstallation({ data }: Config): Promise<void> {
  if (existsSync(data)) await rm(data, { recursive: true });
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
