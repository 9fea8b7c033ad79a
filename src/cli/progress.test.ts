import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barProgress, startProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

function screen(columns: number) {
  const written: string[] = [];
  return { columns, written, write: (text: string) => written.push(text) };
}

test('the bar grows with what is done, on one line however narrow', () => {
  const wide = screen(200);
  const bar = barProgress(wide, 'Devices');
  bar.update(1, 2, 'half');
  assert.equal(wide.written[0], `\r\u001b[K${'━'.repeat(12)}${'┈'.repeat(12)} Devices: half`);
  bar.end('Devices: done.');
  assert.equal(wide.written[1], '\r\u001b[KDevices: done.\n');
  const narrow = screen(40);
  barProgress(narrow, 'Devices').update(1, 2, 'a message that is much too long for that');
  assert.equal(narrow.written[0]?.length, '\r\u001b[K'.length + 39);
});

test('what has not changed is not drawn again', () => {
  const seen = screen(80);
  const bar = barProgress(seen, 'Devices');
  bar.update(1, 2, 'half');
  bar.update(1, 2, 'half');
  assert.equal(seen.written.length, 1);
});

test('where nobody watches there is a line at each tenth', () => {
  const said: string[] = [];
  const terminal = { interactive: false, say: (line: string) => said.push(line) } as unknown as Terminal;
  const progress = startProgress(terminal, 'Devices');
  for (let done = 0; done <= 100; done++) progress.update(done, 100, `${done}`);
  progress.end('Devices: done.');
  assert.equal(said.length, 12);
  assert.equal(said[0], 'Devices: 0');
  assert.equal(said.at(-1), 'Devices: done.');
});
