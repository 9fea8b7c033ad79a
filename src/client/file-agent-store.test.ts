import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { isFailure } from '../lib/failure.ts';
import type { AgentState } from './agent-store.ts';
import { fileAgentStore } from './file-agent-store.ts';

const state: AgentState = {
  version: 1,
  server: 'https://scep.test',
  deviceId: 'd-1',
  deviceName: 'bench-01',
  platform: 'linux',
  credential: 'secret',
  anchor: 'MAA=',
  joinedAt: 1,
  lastCheckIn: null,
  nextCheckIn: 1,
  wakeVersion: null,
  items: [],
  outbox: [],
};

describe("an agent's folder", () => {
  it('is made for its owner alone, also when it was there with other rights', async () => {
    await using folder = temporaryFolder();
    mkdirSync(folder.file('agent'), { mode: 0o755 });
    const store = fileAgentStore(folder.file('agent'));
    await store.save(state);
    assert.deepEqual(await store.load(), state);
    assert.equal(statSync(folder.file('agent')).mode & 0o777, 0o700);
    assert.equal(statSync(folder.file('agent', 'state.json')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder.file('agent')), ['state.json'], 'no temporary file is left');
  });

  it('a bundle is replaced as a whole, and nothing of the old one stays', async () => {
    await using folder = temporaryFolder();
    const store = fileAgentStore(folder.file('agent'));
    await store.writeBundle('certificates/wifi', { 'key.pem': 'k1', 'certificate.pem': 'c1', 'extra.pem': 'x' });
    await store.writeBundle('certificates/wifi', { 'key.pem': 'k2', 'certificate.pem': 'c2' });
    assert.equal(await store.readFile('certificates/wifi', 'key.pem'), 'k2');
    assert.equal(await store.readFile('certificates/wifi', 'extra.pem'), null);
    assert.equal(readdirSync(folder.file('agent', 'certificates')).length, 2, 'the link and the folder behind it');
    assert.ok(lstatSync(folder.file('agent', 'certificates', 'wifi')).isSymbolicLink());
    await store.removeBundle('certificates/wifi');
    assert.deepEqual(readdirSync(folder.file('agent', 'certificates')), []);
  });

  it('what a crash left behind goes with the next write, and other bundles stay', async () => {
    await using folder = temporaryFolder();
    const store = fileAgentStore(folder.file('agent'));
    await store.writeBundle('certificates/wifi', { 'key.pem': 'k1' });
    await store.writeBundle('certificates/wifi.x', { 'key.pem': 'other' });
    mkdirSync(folder.file('agent', 'certificates', '.wifi.0123456789ab'));
    await store.writeBundle('certificates/wifi', { 'key.pem': 'k2' });
    assert.ok(!readdirSync(folder.file('agent', 'certificates')).includes('.wifi.0123456789ab'));
    assert.equal(await store.readFile('certificates/wifi.x', 'key.pem'), 'other');
  });

  for (const name of ['../outside', 'certificates/../../outside', '/etc/passwd', 'certificates/.hidden', 'a b', ''])
    it(`refuses the name "${name}" that a server might send`, async () => {
      await using folder = temporaryFolder();
      const store = fileAgentStore(folder.file('agent'));
      await assert.rejects(store.writeBundle(name, { 'key.pem': '' }), (error) => isFailure(error, 'agent-path'));
    });

  it('a state that does not read is refused without being quoted', async () => {
    await using folder = temporaryFolder();
    mkdirSync(folder.file('agent'));
    writeFileSync(folder.file('agent', 'state.json'), '{"credential":"scepward_device_x"');
    await assert.rejects(
      fileAgentStore(folder.file('agent')).load(),
      (error) => isFailure(error, 'agent-state') && !error.message.includes('scepward_device_x'),
    );
  });

  it('is gone after clearing', async () => {
    await using folder = temporaryFolder();
    const store = fileAgentStore(folder.file('agent'));
    await store.save(state);
    await store.clear();
    assert.equal(await store.load(), null);
  });
});
