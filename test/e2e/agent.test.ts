import assert from 'node:assert/strict';
import { readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { openStoredKey } from '../../src/authority/stored-key.ts';
import { leaveAgent, runAgentOnce } from '../../src/client/agent.ts';
import { agentStatus } from '../../src/client/agent-status.ts';
import { type HttpTransport, httpTransport, type TransportTrust } from '../../src/client/http-transport.ts';
import { joinAgent } from '../../src/client/join-agent.ts';
import { runAgent } from '../../src/client/run-agent.ts';
import { sleep } from '../../src/client/sleep.ts';
import { publicKeyOf } from '../../src/crypto/key-pair.ts';
import type { DeviceId } from '../../src/directory/device.ts';
import { decideApproval } from '../../src/enrollment/decide-approval.ts';
import { systemCause } from '../../src/events/event.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { sameBytes } from '../../src/lib/bytes.ts';
import { hour, minute } from '../../src/lib/clock.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { startAgentWorld } from '../support/agent-world.ts';
import { opensslText } from '../support/openssl.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('an agent from joining to leaving', () => {
  it('holds a key, a certificate that leads to the root, and the root, in files that nobody else may read', async () => {
    await using world = await startAgentWorld();
    await world.join();
    const run = await runAgentOnce(world.deps);
    assert.deepEqual(
      run.results.map(({ outcome, code }) => [outcome, code]),
      [['enrolled', null]],
    );
    const certificate = parseCertificate(
      pemBlocks(world.read('certificates', 'wifi', 'certificate.pem'), 'CERTIFICATE')[0] as Uint8Array,
    );
    const [key] = pemBlocks(world.read('certificates', 'wifi', 'key.pem'), 'PRIVATE KEY');
    assert.ok(key !== undefined && sameBytes(publicKeyOf(key), certificate.spki));
    const [trusted] = pemBlocks(world.read('trusted', 'wifi-root', 'certificate.pem'), 'CERTIFICATE');
    assert.ok(trusted !== undefined && sameBytes(trusted, world.root.certificate));
    const verified = await opensslText([
      'verify',
      '-x509_strict',
      '-attime',
      String(Math.floor(world.clock.now() / 1000) + 60),
      '-CAfile',
      world.folder.file('agent', 'trusted', 'wifi-root', 'certificate.pem'),
      '-untrusted',
      world.folder.file('agent', 'certificates', 'wifi', 'chain.pem'),
      world.folder.file('agent', 'certificates', 'wifi', 'certificate.pem'),
    ]);
    assert.match(verified, /OK/);
    assert.equal(mode(world.agentFolder), 0o700);
    assert.equal(mode(realpathSync(world.folder.file('agent', 'certificates', 'wifi'))), 0o700);
    for (const file of [['state.json'], ['certificates', 'wifi', 'key.pem']])
      assert.equal(mode(world.folder.file('agent', ...file)), 0o600);
    const deployment = await world.deployment();
    assert.equal(deployment.state, 'installed');
    const [issued] = await world.certificates();
    assert.equal(issued?.installedAt, world.clock.now());
  });

  it('does not pretend to keep a key where it cannot: nothing is requested, and the server knows why', async () => {
    await using world = await startAgentWorld();
    const { scep } = world.profiles;
    assert.ok(scep.settings.platform === 'linux');
    const settings = { ...scep.settings, keyStorage: 'tpm' } as const;
    await world.store.transact(() => world.store.profiles.save({ ...scep, version: 2, settings }));
    await world.join();
    const run = await runAgentOnce(world.deps);
    assert.deepEqual(
      run.results.map(({ outcome, code }) => [outcome, code]),
      [['failed', 'key-storage-unavailable']],
    );
    const { state, problem, issuedGeneration } = await world.deployment();
    assert.deepEqual([state, issuedGeneration], ['requestCreationFailed', 0]);
    assert.match(String(problem?.detail), /TPM/);
    assert.deepEqual(await world.certificates(), []);
    // What it cannot do is not asked of it at every check-in.
    const days = async (count: number) => {
      const results: unknown[] = [];
      for (let calls = 0; calls < 8 * count; calls++) {
        world.clock.advance(3 * hour);
        results.push(...(await runAgentOnce(world.deps)).results);
      }
      return results.length;
    };
    assert.equal(await days(3), 3);
    await world.store.transact(() =>
      world.store.profiles.save({ ...scep, version: 3, contentVersion: scep.contentVersion + 1 }),
    );
    await world.store.transact(() => world.store.dirtyQueue.markAll());
    assert.equal((await runAgentOnce(world.deps)).results[0]?.outcome, 'enrolled', 'edited, it is asked at once');
  });

  it('says what applies to it and the server cannot fill in, until it can', async () => {
    await using world = await startAgentWorld();
    const { scep } = world.profiles;
    assert.ok(scep.settings.platform === 'linux');
    const settings = { ...scep.settings, subjectNameFormat: 'CN={{SerialNumber}}' } as const;
    await world.store.transact(() => world.store.profiles.save({ ...scep, version: 2, settings }));
    await world.join();
    const run = await runAgentOnce(world.deps);
    assert.deepEqual([run.results.length, run.undeliverable[0]?.code], [0, 'variable-unresolved']);
    const status = await agentStatus(world.deps.store);
    assert.deepEqual(status?.undeliverable, run.undeliverable);
    assert.match(String(status?.undeliverable[0]?.detail), /SerialNumber/);

    await world.store.transact(async () => {
      await world.store.profiles.save({ ...scep, version: 3, contentVersion: 2 });
      await world.store.dirtyQueue.markAll();
    });
    assert.equal((await runAgentOnce(world.deps)).results[0]?.outcome, 'enrolled');
    assert.deepEqual((await agentStatus(world.deps.store))?.undeliverable, []);
  });

  it('has nothing to do the second time, and waits by the cadence', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    const run = await runAgentOnce(world.deps);
    assert.deepEqual(run.results, []);
    assert.equal(run.nextRun, world.clock.now() + 3 * minute);
    assert.equal((await world.certificates()).length, 1);
  });

  it('neither challenge, token, credential nor key appears in log or events', async () => {
    await using world = await startAgentWorld();
    const token = await world.token();
    await joinAgent(world.deps, { server: world.url, token });
    const challenges: string[] = [];
    const open = (trust: TransportTrust): HttpTransport => {
      const transport = httpTransport(trust);
      return {
        send: async (request) => {
          const answer = await transport.send(request);
          for (const [, text] of Buffer.from(answer.body)
            .toString()
            .matchAll(/"challenge":"([A-Z2-7]{26})"/g))
            challenges.push(text as string);
          return answer;
        },
        [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
      };
    };
    await runAgentOnce({ ...world.deps, openTransport: open });
    assert.equal(challenges.length, 1);
    const { credential } = (await world.deps.store.load()) ?? { credential: '' };
    const events = await world.store.events.list({ subject: null, types: null }, { limit: 200, cursor: null });
    const said = `${world.logged.join('\n')}\n${JSON.stringify(events)}`;
    assert.ok(said.includes('/device/v1/check-in'), 'the log saw the requests');
    const { secret, store } = world.foundation;
    // Parts of keys as they would be found in PEM, JSON and the like.
    const keys = [
      secret,
      ...(await store.keys.all()).flatMap((key) => (key.sealed ? [openStoredKey(secret, key)] : [])),
    ];
    const texts = keys.flatMap((key) => [
      Buffer.from(key).toString('base64').slice(-60, -20),
      Buffer.from(key).toString('hex').slice(-60, -20),
    ]);
    const own = readdirSync(world.agentFolder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('key.pem'))
      .map((name) => world.read(name).split('\n')[2] ?? '')
      .filter((line) => line.length >= 20);
    assert.ok(keys.length >= 3 && own.length >= 1, `${keys.length} keys of the server, ${own.length} of the device`);
    for (const hidden of [...challenges, credential, token.split('.')[0] ?? '', ...texts, ...own]) {
      assert.ok(hidden.length >= 20);
      assert.ok(!said.includes(hidden));
    }
  });

  it('fetches again what somebody deleted', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    rmSync(world.folder.file('agent', 'certificates', 'wifi', 'certificate.pem'));
    const run = await runAgentOnce(world.deps);
    assert.deepEqual(
      run.results.map(({ outcome }) => outcome),
      ['enrolled'],
    );
    assert.equal((await world.certificates()).length, 2);
  });

  it('renews with a new key at the threshold, and keeps the old pair until then', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    const oldKey = world.read('certificates', 'wifi', 'key.pem');
    const { renewAt } = await world.deployment();
    assert.ok(renewAt !== null);
    world.clock.advance(renewAt - world.clock.now() - 1);
    await world.lifecycle.renewDue();
    assert.deepEqual((await runAgentOnce(world.deps)).results, []);
    world.clock.advance(1);
    assert.equal(world.read('certificates', 'wifi', 'key.pem'), oldKey);
    // The check-in itself finds what is due; no sweep has come by.
    const run = await runAgentOnce(world.deps);
    assert.deepEqual(
      run.results.map(({ outcome, detail }) => [outcome, detail]),
      [['enrolled', null]],
    );
    assert.notEqual(world.read('certificates', 'wifi', 'key.pem'), oldKey);
    assert.equal((await world.deployment()).issuedGeneration, 2);
  });

  it('removes what is no longer assigned', async () => {
    await using world = await startAgentWorld();
    await world.join();
    await runAgentOnce(world.deps);
    await world.assign(false);
    await runAgentOnce(world.deps);
    assert.throws(() => world.read('certificates', 'wifi', 'key.pem'), { code: 'ENOENT' });
    assert.throws(() => world.read('trusted', 'wifi-root', 'certificate.pem'), { code: 'ENOENT' });
    assert.deepEqual((await agentStatus(world.deps.store))?.items, []);
    assert.equal((await world.deployment()).state, 'revoked');
  });

  it('a retired device loses everything at its next check-in', async () => {
    await using world = await startAgentWorld();
    const { deviceId } = await world.join();
    await runAgentOnce(world.deps);
    await world.lifecycle.retire({ deviceId: deviceId as DeviceId, action: 'retire', cause: systemCause });
    assert.equal((await runAgentOnce(world.deps)).retired, true);
    assert.throws(() => statSync(world.agentFolder), { code: 'ENOENT' });
    const [issued] = await world.certificates();
    assert.ok(issued !== undefined && issued.revokedAt !== null);
  });

  it('a revocation stands in its timeline, whoever asked for it', async () => {
    await using world = await startAgentWorld();
    const { deviceId } = await world.join();
    await runAgentOnce(world.deps);
    const subject = { kind: 'device', id: deviceId } as const;
    const revocations = async () =>
      (await world.store.events.list({ subject, types: ['certificate.revoked'] }, { limit: 9, cursor: null })).items
        .length;
    const [first] = await world.certificates();
    assert.ok(first !== undefined);
    await world.authority.revoke({ certificateId: first.id, reason: 'keyCompromise', cause: systemCause });
    assert.equal(await revocations(), 1);
    await world.lifecycle.renewDue();
    await runAgentOnce(world.deps);
    assert.equal((await world.certificates()).length, 2);
    await world.lifecycle.retire({ deviceId: deviceId as DeviceId, action: 'retire', cause: systemCause });
    assert.equal(await revocations(), 2);
  });

  it('a device that leaves is retired, and its credential dead', async () => {
    await using world = await startAgentWorld();
    const { deviceId } = await world.join();
    const state = await world.deps.store.load();
    assert.deepEqual(await leaveAgent(world.deps), { told: true });
    assert.ok((await world.store.devices.get(deviceId as DeviceId))?.retiredAt);
    assert.ok(state !== null);
    await world.deps.store.save(state);
    await assert.rejects(runAgentOnce(world.deps), (error) => isFailure(error, 'credential-revoked'));
  });

  it('waits for an approval, and polls with the same key', async () => {
    await using world = await startAgentWorld({ approval: 'manual' });
    await world.join();
    const first = await runAgentOnce(world.deps);
    assert.deepEqual(
      first.results.map(({ outcome }) => outcome),
      ['pending'],
    );
    assert.equal(first.nextRun, world.clock.now() + minute);
    const keyBefore = world.read('pending', (await world.deployment()).id, 'key.pem');
    world.clock.advance(2 * hour);
    const waiting = await world.store.pendingRequests.list('waiting', 10);
    assert.equal(waiting.length, 1);
    for (const { id } of waiting)
      await decideApproval({ ...world.store, clock: world.clock }, { id, decision: 'approved', cause: systemCause });
    const second = await runAgentOnce(world.deps);
    assert.deepEqual(
      second.results.map(({ outcome, detail }) => [outcome, detail]),
      [['enrolled', null]],
    );
    assert.equal(world.read('certificates', 'wifi', 'key.pem'), keyBefore);
  });

  it('a change wakes a connected agent long before its cadence', async () => {
    await using world = await startAgentWorld();
    await world.assign(false);
    await world.join();
    const stop = new AbortController();
    const results: string[] = [];
    const ended = runAgent(world.deps, {
      signal: stop.signal,
      // The clock stands still: only the server's word ends the wait.
      sleep: (_delay, signal) => sleep(hour, signal),
      onRun: (run) => {
        for (const { outcome } of run.results) results.push(outcome);
        if (results.length > 0) stop.abort();
        else void world.assign(true);
      },
      onFailure: (failure) => {
        results.push(failure.code);
        stop.abort();
      },
    });
    assert.equal(await ended, 'stopped');
    assert.deepEqual(results, ['enrolled']);
  });
});
