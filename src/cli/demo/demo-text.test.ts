import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { DemoSummary } from './demo-summary.ts';
import { demoText } from './demo-text.ts';

const detail = 'The device has no serial number, and the subject of the profile asks for one in every certificate.';
const summary: DemoSummary = {
  devices: 2,
  enrolled: 1,
  failed: [{ device: 'AF-ODD-01', profile: 'linux-machine', code: 'unresolved', detail, expected: true }],
  missing: [],
  seconds: 1,
  data: '/data',
};
const server = { url: 'http://127.0.0.1:8080', tlsUrl: null };

test('a failure takes one line of the terminal; without one it is told whole', () => {
  const line = (width: number | null) =>
    demoText(summary, server, '/data/admin-token', width)
      .split('\n')
      .find((each) => each.startsWith('AF-ODD-01'));
  assert.ok(line(null)?.endsWith(detail));
  const short = line(80) ?? '';
  assert.ok(short.length <= 80 && short.endsWith('…'), short);
});

test('what a client of one’s own writes lands in a folder of its own', () => {
  const lines = demoText(summary, server, '/data/admin-token', 80).split('\n');
  const change = lines.findIndex((line) => line.includes('cd "$FOLDER"'));
  const firstKey = lines.findIndex((line) => line.includes('> key.pem'));
  assert.ok(change > 0 && change < firstKey);
  assert.ok(lines.some((line) => line.includes('> "$FOLDER/challenge.json"')));
});

test('commands say where server and data are, unless they find them by themselves', () => {
  const exported = (url: string, data: string) =>
    demoText({ ...summary, data }, { url, tlsUrl: null }, 'token', null)
      .split('\n')
      .filter((line) => line.includes('export '));
  assert.deepEqual(exported('http://127.0.0.1:8080', resolve('data')), []);
  assert.deepEqual(exported('http://127.0.0.1:9090', "/srv/it's here"), [
    `  export SCEPWARD_URL=http://127.0.0.1:9090 SCEPWARD_DATA='/srv/it'\\''s here'`,
  ]);
});
