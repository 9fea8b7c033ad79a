/**
 * `npm run bench`: every measurement that README quotes. Ratios inside one run, because machines differ and are noisy.
 * Exits with 1 when a goal is missed. `npm run bench -- enrolment cores` runs some; `-- --vs scepserver` adds Debian's
 * scep package; `-- --write` keeps the results in bench/results.json.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { cores } from './cores.ts';
import { crl } from './crl.ts';
import { directory } from './directory.ts';
import { enrolment } from './enrolment.ts';
import { largeStore } from './large-store.ts';
import { ocsp } from './ocsp.ts';
import { renewal } from './renewal.ts';
import { reports } from './reports.ts';
import { seals } from './seals.ts';
import { type Figure, meets, say } from './support/measure.ts';
import { versusScepserver } from './versus-scepserver.ts';

const measurements: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  enrolment,
  cores,
  'large-store': largeStore,
  directory,
  reports,
  crl,
  ocsp,
  renewal,
  seals,
};

const { names, versus, write } = readArguments(process.argv.slice(2));
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
if (write) {
  const document = { date: new Date().toISOString().slice(0, 10), machine, results };
  writeFileSync(new URL('./results.json', import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
}
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
  const chosen = args.filter((arg) => Object.hasOwn(measurements, arg));
  const known = new Set([...Object.keys(measurements), '--vs', 'scepserver', '--write']);
  const stranger = args.find((arg) => !known.has(arg));
  if (stranger !== undefined) {
    say(
      `There is no measurement "${stranger}": choose of ${Object.keys(measurements).join(', ')}, --vs scepserver, --write.`,
    );
    process.exit(2);
  }
  const versus = args.includes('--vs');
  const names = chosen.length > 0 ? chosen : versus ? [] : Object.keys(measurements);
  return { names, versus, write: args.includes('--write') };
}
