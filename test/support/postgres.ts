import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export type Postgres = AsyncDisposable & {
  /** `postgres://…` of a superuser, database `postgres`, on loopback. */
  readonly url: string;
  /** Stops it at once and removes its data; for `process.on('exit')`, where nothing may be awaited. */
  destroy(): void;
};

/** The folder with the newest installed `initdb` and `postgres`. */
export function postgresBinaries(): string | undefined {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return undefined;
  return readdirSync(base)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(base, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/**
 * A PostgreSQL of our own: new data in a temporary folder, a free port on loopback, no Unix socket, a random password,
 * under an unprivileged user when we are root (it refuses to run as root). Durable as in real use: fsync stays on.
 */
export async function startPostgres(): Promise<Postgres> {
  const binaries = postgresBinaries();
  if (binaries === undefined) throw new Error('PostgreSQL is not installed (Debian package postgresql).');
  const folder = mkdtempSync(join(tmpdir(), 'scepward-postgres-'));
  const owner = unprivileged();
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');

  let server: ChildProcess | undefined;
  const destroy = () => {
    // SIGQUIT is PostgreSQL's immediate stop: its children end too, its shared memory is freed.
    server?.kill('SIGQUIT');
    for (let attempt = 0; existsSync(folder) && attempt < 100; attempt++) removeOrWait(folder);
  };
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (owner.uid !== undefined && owner.gid !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
    const initdb = spawnSync(
      join(binaries, 'initdb'),
      [
        '-D',
        data,
        '-U',
        'scepward',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--locale=C',
        '-N',
      ],
      { ...owner, cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } },
    );
    if (initdb.status !== 0) throw new Error(`initdb failed:\n${initdb.stdout}${initdb.stderr}${initdb.error ?? ''}`);

    // Between finding a free port and using it somebody else may take it: hence more than one attempt.
    for (let attempt = 1; ; attempt++) {
      const port = await freePort();
      const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };
      server = spawn(
        join(binaries, 'postgres'),
        [
          '-D',
          data,
          '-p',
          String(port),
          ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ],
        { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, LC_ALL: 'C' } },
      );
      const url = `postgres://scepward:${password}@127.0.0.1:${port}/postgres`;
      const said = await ready(server, url);
      if (said === undefined) return { url, destroy, [Symbol.asyncDispose]: () => stop(server, destroy) };
      await stop(server, () => {});
      if (attempt === 3) throw new Error(`PostgreSQL did not start:\n${said}`);
    }
  } catch (error) {
    destroy();
    throw error;
  }
}

/** Undefined once it answers, else what it said while failing. */
async function ready(server: ChildProcess, url: string): Promise<string | undefined> {
  let said = '';
  let gone = false;
  server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4000);
  });
  server.once('exit', () => {
    gone = true;
  });
  server.once('error', (error) => {
    said += error.message;
    gone = true;
  });
  for (const until = performance.now() + 30_000; performance.now() < until && !gone; ) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      // Neither the process nor its log pipe may keep a test process alive.
      server.unref();
      (server.stderr as { unref?: () => void } | null)?.unref?.();
      return undefined;
    } catch {
      await sleep(50);
    }
  }
  return said || 'no answer in 30 seconds';
}

async function stop(server: ChildProcess | undefined, afterwards: () => void): Promise<void> {
  if (server !== undefined && server.exitCode === null && server.signalCode === null && server.pid !== undefined) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.ref();
    server.kill('SIGQUIT');
    await ended;
  }
  afterwards();
}

/** While the server is on its way out it may still write, which makes the removal of its folder fail. */
function removeOrWait(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

/** Who PostgreSQL runs as: Debian's `postgres`, else `nobody`, when we are root; else ourselves. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  return users.get('postgres') ?? users.get('nobody') ?? { uid: 65534, gid: 65534 };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
