/**
 * FreeRADIUS as `docs/wifi-eap-tls.md` says: Debian's own configuration, the files of that page over it, all in a temporary
 * folder, and the daemon running as Debian's user without rights on a free port of loopback.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { findProgram } from './requires.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

/** What a device shows, PEM. */
export type Identity = { readonly certificate: string; readonly key: string };

export type Radius = AsyncDisposable & {
  readonly folder: TemporaryFolder;
  /** Runs a script of the page, as root, as cron would; `change`: other texts in place of what stands in it. */
  run(
    script: 'scepward-fetch' | 'scepward-server-certificate first',
    change?: Readonly<Record<string, string>>,
  ): Promise<CommandResult>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Everything the daemon has said since it was started, in FreeRADIUS' debug mode. */
  said(): string;
  /** Whether a device gets in by EAP-TLS, and what the daemon said meanwhile. */
  connect(identity: Identity): Promise<{ readonly accepted: boolean; readonly said: string }>;
};

export type RadiusOptions = {
  /** DER in a file of its own is how the page brings it; here as PEM. */
  readonly root: string;
  /** The server's certificate, where the page's agent would keep it. */
  readonly server: Identity & { readonly chain: string };
  /** How the server learns of revocations; the page has both. */
  readonly by: 'lists' | 'ocsp';
  /** What the page's examples stand for, text by text. */
  readonly instead: readonly (readonly [example: string, here: string])[];
};

const page = new URL('../../docs/wifi-eap-tls.md', import.meta.url);
const debian = '/etc/freeradius/3.0';

/** Blocks that begin with a file's name, by that name. */
export async function filesOfPage(by: RadiusOptions['by']): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(page, 'utf8');
  const [, ocsp] = /^```\n(\t+ocsp \{\n[\s\S]*?)^```$/m.exec(text) ?? [];
  assert.ok(ocsp !== undefined, 'the page shows what to do with OCSP');
  const shown = by === 'ocsp' ? text.replace(/^\t+check_crl = yes\n/m, () => ocsp) : text;
  const blocks = [...shown.matchAll(/^```[a-z]*\n((?:#!.*\n)?# (\/\S+)\n[\s\S]*?)^```$/gm)];
  return new Map(blocks.map(([, text = '', name = '']) => [name, text]));
}

export async function prepareRadius(options: RadiusOptions): Promise<Radius> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(temporaryFolder('radius'));
  const raddb = folder.file('raddb');
  const agent = folder.file('agent');
  const [port, accounting] = [await freeUdpPort(), await freeUdpPort()];
  const { uid, gid } = await userOf('freerad');
  const instead = [
    ...options.instead,
    [debian, raddb],
    ['/var/lib/scepward-agent', agent],
    ['ipaddr = *', 'ipaddr = 127.0.0.1'],
    ['port = 1812', `port = ${port}`],
    ['port = 1813', `port = ${accounting}`],
  ] as const;
  const here = (text: string) => instead.reduce((so, [example, ours]) => so.replaceAll(example, ours), text);

  await cp(debian, raddb, { recursive: true, verbatimSymlinks: true });
  await edit(`${raddb}/radiusd.conf`, (text) =>
    here(text).replace('localstatedir = /var', `localstatedir = ${folder.path}`).replace('/var/log', folder.path),
  );
  for (const name of ['run/freeradius', 'freeradius']) await mkdir(folder.file(name), { recursive: true });
  for (const [name, text] of await filesOfPage(options.by)) {
    const file = name.startsWith(debian) ? here(name) : folder.file(name.slice(1));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, here(text), { mode: 0o640 });
    if (text.startsWith('#!')) await chmod(file, 0o750);
  }
  await rm(`${raddb}/sites-enabled/inner-tunnel`);
  await symlink('../sites-available/scepward', `${raddb}/sites-enabled/scepward`);
  await mkdir(`${raddb}/certs/scepward`);
  await writeFile(`${raddb}/certs/scepward/root.pem`, options.root);
  const bundle = `${agent}/certificates/radius`;
  await mkdir(bundle, { recursive: true });
  await writeFile(`${bundle}/certificate.pem`, options.server.certificate);
  await writeFile(`${bundle}/chain.pem`, options.server.chain);
  await writeFile(`${bundle}/key.pem`, options.server.key);
  await chown(folder.path, `${uid}:${gid}`);

  let daemon: Daemon | null = null;
  opening.defer(async () => daemon?.stop());
  const connections = { count: 0 };
  const open = opening.move();
  return {
    folder,
    run: async (line, change = {}) => {
      const [script = '', ...args] = line.split(' ');
      const file = folder.file('usr/local/sbin', script);
      const text = await readFile(file, 'utf8');
      const changed = Object.entries(change).reduce((so, [from, to]) => so.replaceAll(from, to), text);
      return runCommand('/bin/sh', ['-s', '--', ...args], { input: changed });
    },
    async start() {
      daemon = await startDaemon(['-X', '-d', raddb], uid, gid);
    },
    async stop() {
      await daemon?.stop();
      daemon = null;
    },
    said: () => daemon?.said() ?? '',
    async connect(identity) {
      const before = daemon?.said().length ?? 0;
      const name = `device-${++connections.count}`;
      const write = (kind: string, text: string) => writeFile(folder.file(`${name}.${kind}`), text, { mode: 0o600 });
      await write('crt', identity.certificate);
      await write('key', identity.key);
      await write('root', options.root);
      await write('conf', supplicant(folder, name));
      const args = ['-c', folder.file(`${name}.conf`), '-a', '127.0.0.1', '-p', String(port)];
      const { code, stdout } = await runCommand('eapol_test', [...args, '-s', 'testing123', '-t', '10', '-r', '0']);
      const last = new TextDecoder().decode(stdout).trimEnd().split('\n').at(-1);
      assert.equal(last, code === 0 ? 'SUCCESS' : 'FAILURE', 'eapol_test came to an end');
      return { accepted: code === 0, said: daemon?.said().slice(before) ?? '' };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** wpa_supplicant's network, with what the page asks of devices: our root alone, and the server's name. */
function supplicant(folder: TemporaryFolder, name: string): string {
  return `network={
  key_mgmt=WPA-EAP
  eap=TLS
  identity="anonymous"
  ca_cert="${folder.file(`${name}.root`)}"
  domain_match="radius.example.org"
  client_cert="${folder.file(`${name}.crt`)}"
  private_key="${folder.file(`${name}.key`)}"
}
`;
}

type Daemon = { said(): string; stop(): Promise<void> };

async function startDaemon(args: readonly string[], uid: number, gid: number): Promise<Daemon> {
  const child = spawn(findProgram('freeradius') ?? 'freeradius', args, { uid, gid, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  let ended = false;
  const exited = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      ended = true;
      resolve();
    });
  });
  await until('FreeRADIUS to listen', () => {
    if (ended) throw new Error(`FreeRADIUS ended:\n${said.slice(-4000)}`);
    return said.includes('Ready to process requests') || undefined;
  });
  return {
    said: () => said,
    async stop() {
      if (!ended) child.kill('SIGTERM');
      await exited;
    },
  };
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

async function chown(path: string, owner: string): Promise<void> {
  const { code, stderr } = await runCommand('chown', ['-R', owner, path]);
  assert.equal(code, 0, stderr);
}

async function userOf(name: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const id = async (option: string) => {
    const { code, stdout, stderr } = await runCommand('id', [option, name]);
    assert.equal(code, 0, stderr);
    return Number(new TextDecoder().decode(stdout));
  };
  return { uid: await id('-u'), gid: await id('-g') };
}

function freeUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createSocket('udp4');
    probe.once('error', reject);
    probe.bind(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
