import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../temporary-folder.ts';
import { runJob } from './run-job.ts';

const start = "import { after, describe, it } from 'node:test';\n";

async function outcome(source: string, limit = 30_000) {
  await using folder = temporaryFolder('run-job');
  const file = folder.file('planted.test.ts');
  await writeFile(file, start + source);
  const { tests, broken, output } = await runJob({ name: 'planted', files: [file] }, limit, {});
  return {
    passed: tests.filter((test) => test.passed && test.skip === undefined && !test.suite).map((test) => test.name),
    failed: tests.filter((test) => !test.passed && !test.onlyChildrenFailed).map((test) => test.name),
    skipped: tests.flatMap((test) => (test.skip === undefined ? [] : [test.skip])),
    broken,
    output,
  };
}

describe('a job of the test run', () => {
  it('tells passed, failed and skipped tests apart, with the suites around them', async () => {
    const seen = await outcome(`
      describe('suite', () => {
        it('passes', () => {});
        it('fails', () => { throw new Error('planted'); });
        it('skips', { skip: 'no such program' }, () => {});
      });`);
    assert.deepEqual(seen.passed, ['suite › passes']);
    assert.deepEqual(seen.failed, ['suite › fails']);
    assert.deepEqual(seen.skipped, ['no such program']);
    assert.equal(seen.broken, undefined);
  });

  it('counts a file that cannot be loaded as failed', async () => {
    const seen = await outcome("throw new Error('planted');");
    assert.equal(seen.failed.length, 1);
  });

  it('counts a file without a test as failed', async () => {
    const seen = await outcome('export const nothing = 1;');
    assert.deepEqual([seen.passed.length, seen.failed.length], [0, 1]);
  });

  it('says so when a process leaves before its tests are done, with exit code 0 even', async () => {
    const seen = await outcome("it('passes', () => {}); it('leaves', () => process.exit(0)); it('never', () => {});");
    assert.match(seen.broken ?? '', /before its tests did/);
  });

  it('says so when an error comes after the test that caused it', async () => {
    const seen = await outcome(
      "it('passes', () => { setImmediate(() => { throw new Error('planted'); }); }); it('waits', (_, done) => setTimeout(done, 20));",
    );
    assert.match(seen.broken ?? '', /exit code/);
    assert.match(seen.output, /planted/);
  });

  it('runs hooks outside a suite, so that a file may close what it opened', async () => {
    const seen = await outcome(`
      const timer = setInterval(() => {}, 1000);
      after(() => clearInterval(timer));
      it('passes', () => {});`);
    assert.deepEqual([seen.passed, seen.broken], [['passes'], undefined]);
  });

  it('kills a file that hangs, with its children, and says so', async () => {
    const hang = `
      import { spawn } from 'node:child_process';
      it('hangs', () => new Promise((resolve) => { spawn('sleep', ['600'], { stdio: 'inherit' }).once('exit', resolve); }));`;
    const seen = await outcome(hang, 1500);
    assert.match(seen.broken ?? '', /Killed/);
  });
});
