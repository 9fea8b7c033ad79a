/**
 * Debian's scepserver (package scep, micromdm 2.1.0) as a peer to measure against. It listens on every address and takes
 * no other, so it runs in a network namespace of its own, where nobody else is; the replayer joins it there.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Scepserver = AsyncDisposable & {
  readonly url: string;
  /** What goes before a command that shall run beside it. */
  readonly inside: readonly string[];
  /** DER of its CA, which opens envelopes too. */
  readonly certificate: Uint8Array;
  cpuMs(): number;
};

/** `folder` must be empty. Needs root, ip (iproute2) and scepserver. */
export async function startScepserver(folder: string, challenge: string): Promise<Scepserver> {
  const depot = `${folder}/depot`;
  await run('scepserver', [
    'ca',
    '-init',
    '-depot',
    depot,
    '-keySize',
    '2048',
    '-organization',
    'Bench',
    '-country',
    'NO',
  ]);
  const namespace = `scepward-bench-${process.pid}`;
  await run('ip', ['netns', 'add', namespace]);
  const inside = ['ip', 'netns', 'exec', namespace];
  await run('ip', ['netns', 'exec', namespace, 'ip', 'link', 'set', 'lo', 'up']);
  const child = spawn(
    'ip',
    [
      'netns',
      'exec',
      namespace,
      'scepserver',
      '-depot',
      depot,
      '-port',
      '18080',
      '-challenge',
      challenge,
      '-allowrenew',
      '0',
    ],
    { stdio: 'ignore' },
  );
  const url = 'http://127.0.0.1:18080/scep';
  try {
    await firstAnswer(child, [...inside, 'curl', '-sf', `${url}?operation=GetCACaps`]);
  } catch (error) {
    child.kill('SIGKILL');
    await run('ip', ['netns', 'delete', namespace]);
    throw error;
  }
  const pem = readFileSync(`${depot}/ca.pem`, 'utf8');
  return {
    url,
    inside,
    certificate: new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')),
    // `ip netns exec` becomes the program it runs: the same process.
    cpuMs: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      await run('ip', ['netns', 'delete', namespace]);
    },
  };
}

async function firstAnswer(child: ChildProcess, [command = '', ...args]: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) break;
    const answered = await run(command, args).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('scepserver does not answer');
}
