/**
 * Builds the console into `console/dist`: Vite's bundle, each file compressed beside itself, and `files.json`, from which
 * the server serves. `setup.mjs` runs it when a source has changed; `--watch` builds again at each change.
 * Made in a folder of its own and put in place at once: a server that runs meanwhile never sees half of it.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Plugin, type Rolldown } from 'vite';
import { chunkFileNames, earlyName, firstPage, groups } from './chunks.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = join(here, 'dist');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** `sources`: what setup.mjs compares with; empty when it is not asked to. */
async function buildInto(folder: string, sources: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const result = await build({
    root: here,
    configFile: false,
    logLevel: 'warn',
    plugins: [earlyFirst],
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: ['chrome120', 'firefox121', 'safari17'],
      sourcemap: false,
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2000,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        // Fluent's “use client” is for servers that render; there is none here.
        onLog: (level, log, handle) => {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
        },
        output: { codeSplitting: { groups }, chunkFileNames },
      },
    },
  });
  const bundles = [result].flat() as Rolldown.RolldownOutput[];
  const shell = bundles.flatMap(({ output }) => shellOf(output));
  const files: Record<string, object> = {};
  const paths = globSync('**/*.*', { cwd: folder }).filter((path) => extname(path) in contentTypes);
  await Promise.all(
    paths.map(async (path) => {
      files[`/${path}`] = await described(folder, path);
    }),
  );
  writeFileSync(join(folder, 'files.json'), JSON.stringify({ sources, shell, files }, null, 1));
}

/** Has the file that asks early run before all others, and the first page of the morning fetched along with the shell. */
const earlyFirst: Plugin = {
  name: 'early-first',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const file = Object.values(bundle).find((one) => one.type === 'chunk' && one.name === earlyName);
      if (file === undefined) throw new Error('what asks early has become no file of its own');
      const first = Object.values(bundle).find((one) => one.type === 'chunk' && one.name === firstPage);
      if (first === undefined) throw new Error('the first page has become no file of its own');
      const others = [...closureOf(Object.values(bundle), [first.fileName])].filter((name) => !html.includes(name));
      return {
        html: html.replace(new RegExp(`<[^<]*/${file.fileName}"[^<]*(</script>)?\\s*`), ''),
        tags: [
          { tag: 'script', attrs: { type: 'module', crossorigin: true, src: `/${file.fileName}` } },
          ...others.map((name) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `/${name}` },
            injectTo: 'head' as const,
          })),
        ],
      };
    },
  },
};

/** What the browser fetches before it shows anything, and the first page: what `index.html` names, and all that that imports. */
function shellOf(output: Rolldown.RolldownOutput['output']): string[] {
  const page = output.find(({ fileName }) => fileName === 'index.html');
  const html = page?.type === 'asset' ? String(page.source) : '';
  const named = [...html.matchAll(/"\/(assets\/[^"]+)"/g)].map(([, name = '']) => name);
  return ['/index.html', ...[...closureOf(output, named)].map((name) => `/${name}`)];
}

/** These files and all that they import statically. */
function closureOf(output: readonly Rolldown.OutputBundle[string][], names: readonly string[]): ReadonlySet<string> {
  const chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])));
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    for (const other of chunks.get(name)?.imports ?? []) visit(other);
  };
  for (const name of names) visit(name);
  return found;
}

async function described(folder: string, path: string) {
  const bytes = readFileSync(join(folder, path));
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    promisify(gzip)(bytes, { level: 9 }),
  ]);
  const encodings: string[] = [];
  // What a packet holds anyway is not worth it.
  if (bytes.length > 1000) {
    writeFileSync(join(folder, `${path}.br`), br);
    writeFileSync(join(folder, `${path}.gz`), gz);
    encodings.push('br', 'gzip');
  }
  return {
    contentType: contentTypes[extname(path)],
    etag: `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    encodings,
    bytes: bytes.length,
    gzip: gz.length,
  };
}

async function run(sources: string): Promise<void> {
  const started = performance.now();
  const fresh = join(here, `.dist-${process.pid}`);
  try {
    await buildInto(fresh, sources);
    const old = join(here, `.dist-old-${process.pid}`);
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  process.stderr.write(`console: built in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`);
}

const [option = ''] = process.argv.slice(2);
mkdirSync(here, { recursive: true });
if (option === '--watch') {
  let due: NodeJS.Timeout | undefined;
  let building = Promise.resolve();
  const again = () => {
    clearTimeout(due);
    due = setTimeout(() => {
      building = building.then(() => run('')).catch((error: unknown) => console.error(error));
    }, 100);
  };
  again();
  watch(join(here, 'src'), { recursive: true }, again);
} else {
  await run(option.replace(/^--sources=/, ''));
}
