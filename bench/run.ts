/**
 * `npm run bench`: every measurement that README quotes. Ratios inside one run, because machines differ and are noisy.
 * Exits with 1 when a goal is missed. `npm run bench -- enrolment cores` runs some; `-- --vs scepserver` adds Debian's
 * scep package; `-- directory --store postgres --part check-ins` is one store and one part of that measurement; `-- --write`
 * keeps the figures in bench/results.json, in place of those of the same name; `-- reports --fleet <folder>` keeps the
 * filled store there, and uses what is there.
 */

import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { consoleSpeed } from './console.ts';
import { cores } from './cores.ts';
import { crl } from './crl.ts';
import { directory, directoryParts, directoryStores } from './directory.ts';
import { enrolment } from './enrolment.ts';
import { largeStore } from './large-store.ts';
import { ocsp } from './ocsp.ts';
import { renewal } from './renewal.ts';
import { reports, reportsOnPostgres } from './reports.ts';
import { seals } from './seals.ts';
import { keepResults } from './support/kept-results.ts';
import { type Figure, meets, say } from './support/measure.ts';
import { versusScepserver } from './versus-scepserver.ts';

const measurements: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  enrolment,
  cores,
  'large-store': largeStore,
  directory: () => directory({ stores, parts }),
  reports: () => reports({ folder }),
  'reports-postgres': () => reportsOnPostgres({ folder }),
  crl,
  console: () => consoleSpeed({ folder }),
  ocsp,
  renewal,
  seals,
};

const { names, versus, write, stores, parts, folder } = readArguments(process.argv.slice(2));
const results: Record<string, readonly Figure[]> = {};
for (const name of names) {
  say(`== ${name}`);
  const measure = measurements[name];
  if (measure !== undefined) results[name] = await measure();
}
if (versus) {
  say('== versus scepserver');
  results['versus-scepserver'] = await versusScepserver();
}

const figures = Object.values(results).flat();
for (const figure of figures) process.stdout.write(`${line(figure)}\n`);
const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `Linux ${release()}`,
  node: process.version,
  openssl: process.versions.openssl,
};
if (write) keepResults(new URL('./results.json', import.meta.url), machine, results);
const missed = figures.filter((figure) => !meets(figure));
say(missed.length === 0 ? 'All goals met.' : `${missed.length} of the goals missed.`);
process.exitCode = missed.length === 0 ? 0 : 1;

function line(figure: Figure): string {
  const { name, value, unit, goal } = figure;
  const wanted = goal === null ? '' : 'most' in goal ? `at most ${goal.most}` : `at least ${goal.least}`;
  const verdict = goal === null ? '' : meets(figure) ? ' ✔' : ' ✘ missed';
  return `${name}: ${value >= 100 ? Math.round(value) : value.toFixed(2)} ${unit}${wanted === '' ? '' : ` (${wanted})`}${verdict}`;
}

function readArguments(args: readonly string[]) {
  const known = Object.keys(measurements);
  const { values, positionals } = parsed(args);
  const { vs, store, part, write, fleet = null } = values;
  const stranger = positionals.find((name) => !known.includes(name));
  if (stranger !== undefined) refuse(`There is no measurement "${stranger}": choose of ${known.join(', ')}.`);
  if (vs !== undefined && vs !== 'scepserver') refuse('What is compared with is scepserver: --vs scepserver');
  const names = positionals.length > 0 ? positionals : vs === undefined ? known : [];
  if ((store !== undefined || part !== undefined) && names.some((name) => name !== 'directory'))
    refuse('A store and parts can be chosen for the measurement "directory" alone.');
  return {
    names,
    versus: vs !== undefined,
    write,
    folder: fleet,
    stores: chosen('store', store, directoryStores),
    parts: chosen('part', part, directoryParts),
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const many = { ...text, multiple: true } as const;
  const options = {
    vs: text,
    store: many,
    part: many,
    fleet: text,
    write: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

/** All when none is named. */
function chosen<Word extends string>(
  option: string,
  words: readonly string[] | undefined,
  known: readonly Word[],
): readonly Word[] {
  const stranger = words?.find((word) => !(known as readonly string[]).includes(word));
  if (stranger !== undefined) refuse(`--${option} ${stranger}: choose of ${known.join(', ')}.`);
  return words === undefined ? known : known.filter((word) => words.includes(word));
}

function refuse(reason: string): never {
  say(reason);
  process.exit(2);
}
