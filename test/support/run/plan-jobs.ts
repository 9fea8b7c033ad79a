import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job } from './run-job.ts';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Files that set things up for the whole process (hooks outside a suite, mocks, the environment) would do so for every
 * file that runs beside them, so they get a process of their own. So does one that says so in a line of comment.
 */
const forWholeProcess =
  /^(?:before|after|beforeEach|afterEach)\(|\bmock\b[^;]*from 'node:test'|process\.(?:chdir|env\b)|^\/\/ In a process of its own:/m;

/** Every command that counts as a test, cheapest to read first. */
export function staticChecks(): Job[] {
  const node = process.execPath;
  return [
    { name: 'types (tsc)', command: [node, join(repository, 'node_modules/typescript/bin/tsc'), '-p', '.'] },
    { name: 'types of the console (tsc)', command: [node, join(repository, 'console/check-types.ts')] },
    {
      name: 'format and lint (biome)',
      command: [node, join(repository, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--colors=off', '.'],
    },
  ];
}

/** `src/**` tests and the console's: one process per folder of `src`, because starting Node costs more than most of these files. */
export function unitJobs(wanted: readonly string[]): Job[] {
  const folders = new Map<string, string[]>();
  const jobs: Job[] = [];
  for (const file of testFiles('{src,console/src}/**/*.test.ts', wanted)) {
    if (forWholeProcess.test(readFileSync(join(repository, file), 'utf8'))) {
      jobs.push({ name: file, files: [join(repository, file)] });
      continue;
    }
    const folder = file.startsWith('console/') ? 'console' : file.split('/').slice(0, 2).join('/');
    folders.set(folder, [...(folders.get(folder) ?? []), join(repository, file)]);
  }
  for (const [folder, files] of folders) jobs.push({ name: folder, files });
  return jobs;
}

/** `test/**` tests (servers, real clients, crashes): each file in a process of its own. */
export function wholeJobs(wanted: readonly string[]): Job[] {
  return testFiles('test/**/*.test.ts', wanted).map((file) => ({ name: file, files: [join(repository, file)] }));
}

/** Those of half a minute and more, which would otherwise run alone at the end. */
const longest = [
  'test/crash/jobs.test.ts',
  'src/store',
  'test/e2e/console/pages.test.ts',
  'src/lifecycle',
  'test/crash/webhooks.test.ts',
  'test/e2e/simulated-year.test.ts',
];

/** The long ones first: the many short ones then fill the gaps. */
export function longestFirst(jobs: readonly Job[]): Job[] {
  const rank = ({ name }: Job) => (longest.includes(name) ? longest.indexOf(name) : longest.length);
  return jobs.toSorted((one, other) => rank(one) - rank(other));
}

/** Paths from the repository's root, sorted; only those that contain one of `wanted` when there is any. */
function testFiles(pattern: string, wanted: readonly string[]): string[] {
  return globSync(pattern, { cwd: repository })
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part.replace(/^\.\//, ''))))
    .sort();
}
