/** Ctrl-C while the demo still makes its organisation: it ends, in good order, and goes on when started again. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { after, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/temporary-folder.ts';

const scepward = fileURLToPath(new URL('../../bin/scepward', import.meta.url));
const folder = temporaryFolder('demo-stop');
after(() => folder[Symbol.asyncDispose]());

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly said: string };

/** Sends SIGINT as soon as standard error has said `when`. */
function interruptedDemo(when: RegExp, args: readonly string[] = []): Promise<Ended & { readonly out: string }> {
  return new Promise((resolve, reject) => {
    const environment = {
      SCEPWARD_DATA: folder.file('data'),
      SCEPWARD_LISTEN: '127.0.0.1:0',
      SCEPWARD_TLS_LISTEN: '127.0.0.1:0',
    };
    const child: ChildProcess = spawn(scepward, ['demo', ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let out = '';
    let sent = false;
    const tooLong = setTimeout(() => child.kill('SIGKILL'), 60_000);
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (sent || !when.test(said)) return;
      sent = true;
      child.kill('SIGINT');
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(tooLong);
      resolve({ code, signal, said, out });
    });
  });
}

it('in its first second, and among its devices, it is heard', async () => {
  const first = await interruptedDemo(/Certification authority/);
  assert.deepEqual([first.code, first.signal], [1, null], first.said);
  assert.match(first.said, /Started again, the demo goes on/);
  assert.doesNotMatch(first.said, /mistake of ours|Simulated devices/);

  const second = await interruptedDemo(/Simulated devices: /, ['--json']);
  assert.deepEqual([second.code, second.signal], [1, null], second.said);
  assert.equal(JSON.parse(second.out).code, 'interrupted');
  assert.doesNotMatch(second.said, /mistake of ours/);
});
