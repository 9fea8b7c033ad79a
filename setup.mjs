// What `npm start`, `npm test`, `npm run check` and `npm run bench` run first: installs what is missing and says so.
// The one file that must run on an older Node (20), because Node 24 itself comes with the packages it installs.
// Usage: node setup.mjs start|test|check|bench. Exit 0: ready. Exit 1: not ready, and the last lines say what to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

/** What the tests drive from outside; the binaries that prove a package is there without asking dpkg. */
const clientPackages = [
  'openssl',
  'curl',
  'scep',
  'certmonger',
  'dbus',
  'strongswan-pki',
  'libstrongswan-standard-plugins',
  'libstrongswan-extra-plugins',
  'freeradius',
  'eapoltest',
  'postgresql',
  'iproute2',
  'chromium',
];
const debianPackages = { start: [], check: [], bench: ['scep', 'openssl', 'chromium'], test: clientPackages };

/** What the console is made of, its own files and those of the server that it bundles. */
const consoleSources = [
  'console',
  'src/assignments',
  'src/directory',
  'src/events',
  'src/formats',
  'src/lib',
  'src/profiles',
];

const purpose = process.argv[2] ?? '';
if (!Object.hasOwn(debianPackages, purpose)) {
  process.stderr.write('usage: node setup.mjs start|test|check|bench\n');
  process.exit(2);
}

installPackages();
requireNode24();
installDebianPackages(debianPackages[purpose]);
if (purpose !== 'check') buildConsole();

/** `npm ci` when node_modules is not what package-lock.json says. A stamp with the lock's hash tells, in a millisecond. */
function installPackages() {
  const stamp = join(root, 'node_modules', '.scepward-setup');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  say('installing the packages of package-lock.json, Node 24 among them (npm ci, about 15 seconds) …');
  const started = Date.now();
  rmSync(stamp, { force: true });
  const npmScript = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  // Under an older Node npm warns once per package about `engines`; the packages run on the Node 24 that comes along.
  const flags = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  let result = run([...npmScript, ...flags]);
  if (result.status !== 0) {
    say('npm ci failed; once more …');
    result = run([...npmScript, ...flags]);
  }
  if (result.status !== 0) {
    stop(
      `npm ci failed twice:\n${tail(result)}\nIt needs the npm registry (see "npm config get registry") and a writable ${root}.`,
    );
  }
  writeFileSync(stamp, wanted);
  say(`packages installed in ${seconds(started)}.`);
}

/** Linux on x64 and arm64 and Windows on x64 get Node 24 from the lockfile; elsewhere the one in PATH must do. */
function requireNode24() {
  if (existsSync(join(root, 'node_modules', '.bin', 'node'))) return;
  if (existsSync(join(root, 'node_modules', '.bin', 'node.cmd'))) return;
  if (Number(process.versions.node.split('.')[0]) >= 24) return;
  stop(
    `Scepward runs on Node 24 or newer. For ${process.platform}-${process.arch} none comes with the packages, and the ` +
      `node in PATH is ${process.versions.node}: install Node 24 and run this again.`,
  );
}

/** When a source has changed since. The hash of them all takes some 50 ms. */
function buildConsole() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const folder of consoleSources) hashFolder(folder, hash);
  const wanted = hash.digest('hex');
  if (builtFrom() === wanted) return;

  say('building the console (about 10 seconds) …');
  const started = Date.now();
  const ownNode = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  const node = existsSync(ownNode) ? ownNode : process.execPath;
  const result = run([node, join(root, 'console', 'build.ts'), `--sources=${wanted}`]);
  if (result.status !== 0) stop(`the console does not build:\n${tail(result)}`);
  say(`console built in ${seconds(started)}.`);
}

function builtFrom() {
  try {
    return JSON.parse(readFileSync(join(root, 'console', 'dist', 'files.json'), 'utf8')).sources;
  } catch {
    return undefined;
  }
}

/** Sources only: not what is built, installed, generated, or a test. */
function hashFolder(folder, hash) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!/^(?:\.|dist$|node_modules$)/.test(entry.name)) hashFolder(path, hash);
    } else if (!/\.test\.tsx?$|\.md$|^api-types\.ts$/.test(entry.name)) {
      hash
        .update(path)
        .update('\0')
        .update(readFileSync(join(root, path)))
        .update('\0');
    }
  }
}

function installDebianPackages(names) {
  const missing = missingDebianPackages(names);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!onPath('apt-get') || !onPath('dpkg-query')) {
    return warn(`this is not Debian, so these are not installed for you: ${missing.join(', ')}.`);
  }
  if (process.getuid?.() !== 0) {
    return warn(`not root, so these Debian packages stay missing: ${missing.join(', ')}.`, `sudo ${command}`);
  }

  say(`installing Debian packages that the ${purpose} run needs: ${missing.join(', ')} (about a minute) …`);
  const started = Date.now();
  const undo = keepServicesFromStarting();
  try {
    // The package lists may be absent or old, which only shows when an install fails.
    let result = aptGet('install', '--no-install-recommends', ...missing);
    for (let attempt = 1; result.status !== 0 && attempt <= 2; attempt++) {
      say(`refreshing the package lists (apt-get update)${attempt > 1 ? ', once more' : ''} …`);
      const update = aptGet('update');
      result = aptGet('install', '--no-install-recommends', ...missing);
      if (result.status !== 0 && update.status !== 0) result = update;
    }
    if (result.status !== 0) {
      undo();
      stop(
        `apt-get failed:\n${tail(result)}\nCheck /etc/apt/sources.list and the network, then run this again, or by hand:\n  apt-get update && ${command}`,
      );
    }
  } finally {
    undo();
  }
  say(`Debian packages installed in ${seconds(started)}.`);
}

function missingDebianPackages(names) {
  if (names.length === 0) return [];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query has placeholders of its own.
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], {
    encoding: 'utf8',
  });
  const installed = new Set(
    (query.stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

function aptGet(...args) {
  return run(['apt-get', '-y', '-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0', ...args], {
    DEBIAN_FRONTEND: 'noninteractive',
  });
}

/**
 * The tests start their own PostgreSQL and certmonger, so Debian's packages need not start services or make a cluster.
 * Returns what removes our two files again; files of the machine's owner stay as they are.
 */
function keepServicesFromStarting() {
  const made = [];
  const make = (folder, name, text, mode) => {
    if (existsSync(join(folder, name))) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text, { mode });
    made.push(join(folder, name));
  };
  const undo = () => {
    for (const file of made.splice(0)) rmSync(file, { force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      undo();
      process.exit(1);
    });
  }
  make('/usr/sbin', 'policy-rc.d', '#!/bin/sh\nexit 101\n', 0o755);
  make('/etc/postgresql-common/createcluster.d', 'scepward-setup.conf', 'create_main_cluster = false\n', 0o644);
  return undo;
}

function run([command, ...args], environment = {}) {
  return spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function tail(result) {
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? `${result.error.message}\n` : ''}`;
  return output.trimEnd().split('\n').slice(-25).join('\n');
}

function seconds(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function warn(text, command) {
  const bar = '*'.repeat(100);
  const mend = command === undefined ? '' : `  To run them all: ${command}\n`;
  process.stderr.write(
    `${bar}\n  ${text}\n  The ${purpose} run goes on; whatever needs them is SKIPPED and listed at the end (a failure under CI=true).\n${mend}${bar}\n`,
  );
}

function stop(text) {
  process.stderr.write(`setup: ${text}\n`);
  process.exit(1);
}
