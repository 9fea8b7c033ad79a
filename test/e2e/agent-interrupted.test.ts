import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runAgentOnce } from '../../src/client/agent.ts';
import type { AgentStore } from '../../src/client/agent-store.ts';
import { fileAgentStore } from '../../src/client/file-agent-store.ts';
import { publicKeyOf } from '../../src/crypto/key-pair.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { sameBytes } from '../../src/lib/bytes.ts';
import { day, hour, minute } from '../../src/lib/clock.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { losing, startAgentWorld } from '../support/agent-world.ts';

describe('an agent that is interrupted', () => {
  it('gets the same certificate when the answer was lost', async () => {
    await using world = await startAgentWorld();
    await world.join();
    let lose = true;
    const openTransport = losing((url, method) => {
      const lost = lose && method === 'POST' && url.includes('PKIOperation');
      if (lost) lose = false;
      return lost;
    });
    const first = await runAgentOnce({ ...world.deps, openTransport });
    assert.deepEqual(
      first.results.map(({ outcome, code }) => [outcome, code]),
      [['failed', 'unreachable']],
    );
    const [issued] = await world.certificates();
    assert.ok(issued !== undefined);
    world.clock.advance(hour + minute);
    const second = await runAgentOnce({ ...world.deps, store: fileAgentStore(world.agentFolder) });
    assert.deepEqual(
      second.results.map(({ outcome }) => outcome),
      ['enrolled'],
    );
    const [installed] = pemBlocks(world.read('certificates', 'wifi', 'certificate.pem'), 'CERTIFICATE');
    assert.ok(installed !== undefined && sameBytes(installed, issued.der));
    assert.equal((await world.certificates()).length, 1);
    assert.equal((await world.deployment()).state, 'installed');
  });

  it('that reached no SCEP server begins its next attempt with what the next check-in brings', async () => {
    await using world = await startAgentWorld();
    await world.join();
    const challenges = async () =>
      (await world.store.events.list({ subject: null, types: ['challenge.issued'] }, { limit: 100, cursor: null }))
        .items.length;
    const task = async () => (await world.deps.store.load())?.items.find(({ kind }) => kind === 'scep')?.task;
    const none = { ...world.deps, openTransport: losing((url) => url.includes('operation=')) };
    for (const attempts of [1, 2]) {
      await runAgentOnce(none);
      const { sent, attempts: made, nextAttempt = 0 } = (await task()) ?? {};
      assert.deepEqual([sent, made], [false, attempts]);
      assert.equal(nextAttempt - world.clock.now(), attempts * minute, 'attempts go on being counted');
      assert.equal(await challenges(), attempts, 'each with a challenge and addresses of its own');
      world.clock.advance(10 * minute);
    }
    const { results } = await runAgentOnce(world.deps);
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['enrolled'],
    );
    assert.equal((await world.certificates()).length, 1);
  });

  it('survives being killed at any write to its folder', async () => {
    await using world = await startAgentWorld();
    await world.join();
    class Killed extends Error {}
    const killedAt = (when: number): AgentStore => {
      const store = fileAgentStore(world.agentFolder);
      let writes = 0;
      const count = <Input extends readonly unknown[]>(write: (...input: Input) => Promise<void>) => {
        return async (...input: Input): Promise<void> => {
          if (++writes === when) throw new Killed();
          return write(...input);
        };
      };
      return {
        ...store,
        save: count(store.save),
        writeBundle: count(store.writeBundle),
        removeBundle: count(store.removeBundle),
      };
    };
    let kills = 0;
    for (let when = 1; ; when += 1) {
      try {
        await runAgentOnce({ ...world.deps, store: killedAt(when) });
        break;
      } catch (error) {
        assert.ok(error instanceof Killed, String(error));
        kills += 1;
      }
      // Past the longest pause between attempts.
      world.clock.advance(9 * hour);
    }
    assert.ok(kills >= 3, `${kills} places to be killed at`);
    await runAgentOnce(world.deps);
    const certificate = parseCertificate(
      pemBlocks(world.read('certificates', 'wifi', 'certificate.pem'), 'CERTIFICATE')[0] as Uint8Array,
    );
    const [key] = pemBlocks(world.read('certificates', 'wifi', 'key.pem'), 'PRIVATE KEY');
    assert.ok(key !== undefined && sameBytes(publicKeyOf(key), certificate.spki));
    assert.equal((await world.deployment()).state, 'installed');
  });

  it('keeps going when the check-in answer with a new credential was lost', async () => {
    await using world = await startAgentWorld();
    await world.join();
    world.clock.advance(31 * day);
    let lose = true;
    const openTransport = losing((url) => {
      const lost = lose && url.endsWith('/check-in');
      if (lost) lose = false;
      return lost;
    });
    const before = (await world.deps.store.load())?.credential;
    await assert.rejects(runAgentOnce({ ...world.deps, openTransport }), (error) => isFailure(error, 'unreachable'));
    await runAgentOnce(world.deps);
    const after = (await world.deps.store.load())?.credential;
    assert.notEqual(after, before);
    assert.deepEqual((await runAgentOnce(world.deps)).retired, false);
  });
});
