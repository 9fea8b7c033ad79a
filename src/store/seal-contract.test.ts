/** Seals over the events, and whoever reaches into the database past the server, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import fc from 'fast-check';
import { anId } from '../../test/support/records.ts';
import { rounds } from '../../test/support/rounds.ts';
import { openSealedStore, type SealedStore, sealedStoreTest } from '../../test/support/sealed-store.ts';
import { eventText } from '../events/seal/event-text.ts';
import { holdMark } from '../events/seal/hold-mark.ts';
import { entriesOf, idsOf, type SealHead } from '../events/seal/seal-block.ts';
import { sealEvents } from '../events/seal/seal-events.ts';
import { parseSealMark, type SealMark, sealMarkText } from '../events/seal/seal-mark.ts';
import type { SealingKey } from '../events/seal/sealing-key.ts';
import { verifySeals } from '../events/seal/verify-seals.ts';
import { systemClock } from '../lib/clock.ts';
import { idAt, timeOfId } from '../lib/ids.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

async function ids(store: SealedStore): Promise<readonly string[]> {
  return store.storedEvents.idsAfter('', 10_000);
}

async function headOf({ sealChain }: SealedStore): Promise<SealHead> {
  const last = await sealChain.latest();
  assert.ok(last);
  return { number: last.number, mac: last.mac };
}

async function kinds(store: SealedStore): Promise<readonly string[]> {
  return (await store.verify()).findings.map(({ kind }) => kind);
}

/** Every event is covered by exactly one seal. */
async function coveredOnce(store: SealedStore): Promise<void> {
  const blocks = await store.sealChain.list(0, 10_000);
  const covered = blocks.filter(({ kind }) => kind === 'seal').flatMap(idsOf);
  assert.deepEqual(covered.sort(), [...(await ids(store))].sort());
}

suite('seals', () => {
  sealedStoreTest('cover every event once, and nothing is found', async (store) => {
    await store.happen(numbers(7));
    assert.equal((await store.verify()).unsealed, 7);
    const first = await store.seal();
    assert.deepEqual([first.events, first.blocks], [7, 1]);
    assert.equal((await store.seal()).events, 0);
    await store.happen(numbers(3));
    assert.equal((await store.seal()).events, 3);
    await coveredOnce(store);
    const report = await store.verify();
    assert.deepEqual([report.found, report.blocks, report.events, report.unsealed], [0, 3, 10, 0]);
    assert.deepEqual(report.head, await headOf(store));
    assert.equal((await store.verify(first.head)).found, 0, 'an earlier head is still there');
  });

  sealedStoreTest('are verified with word of how far that is, also behind what was pruned', async (store) => {
    for (const at of numbers(45)) {
      await store.happen([at]);
      await store.seal();
    }
    const told: (readonly [done: number, total: number])[] = [];
    const verify = () => {
      told.length = 0;
      const deps = { chain: store.sealChain, events: store.storedEvents, key: store.key };
      return verifySeals(deps, { head: null, onProgress: ({ done, total }) => told.push([done, total]) });
    };
    assert.equal((await verify()).found, 0);
    assert.deepEqual(told, [
      [0, 46],
      [20, 46],
      [40, 46],
    ]);
    assert.ok((await store.prune(systemClock.now() + 1)) > 0);
    assert.equal((await verify()).found, 0);
    assert.ok(
      told.every(([done, total]) => done >= 0 && done <= total),
      JSON.stringify(told),
    );
  });

  sealedStoreTest('show which of many rows was altered, in whatever column', async (store) => {
    await store.happen(numbers(5));
    await store.seal();
    const all = await ids(store);
    const changes = [
      `at = at + 1`,
      `node = 'other'`,
      `type = 'profile.deleted'`,
      `actor = '{"kind":"token","id":"x","name":"Somebody else"}'`,
      `request_id = 'r'`,
      `subjects = '[{"kind":"user","id":"u"}]'`,
      `data = '{"number":99}'`,
    ];
    for (const [at, change] of changes.entries()) {
      const id = all[at % all.length];
      const [before] = await store.tamper(`SELECT * FROM event WHERE id = '${id}'`);
      await store.tamper(`UPDATE event SET ${change} WHERE id = '${id}'`);
      const { findings } = await store.verify();
      assert.deepEqual(
        findings.map(({ kind, event, block }) => [kind, event?.id, block]),
        [['altered', id, 2]],
        change,
      );
      await restore(store, before ?? {});
    }
    assert.deepEqual(await kinds(store), []);
  });

  sealedStoreTest('show a row that was removed, and one that was inserted, wherever', async (store) => {
    await store.happen(numbers(5));
    await store.seal();
    const all = await ids(store);
    for (const id of all) {
      const [before] = await store.tamper(`SELECT * FROM event WHERE id = '${id}'`);
      await store.tamper(`DELETE FROM event WHERE id = '${id}'`);
      const { findings } = await store.verify();
      assert.deepEqual(
        findings.map(({ kind, event, block }) => [kind, event?.id, block]),
        [['removed', id, 2]],
      );
      await insert(store, before ?? {});
    }
    assert.deepEqual(await kinds(store), []);
    const [copy] = await store.tamper(`SELECT * FROM event WHERE id = '${all[2]}'`);
    for (const [id, mark, kind] of [
      [`${all[2]?.slice(0, -1)}g`, copy?.mark, 'inserted'],
      ['ffffffff-ffff-7fff-bfff-ffffffffffff', copy?.mark, 'inserted'],
      ['x', null, 'unmarked'],
    ] as const) {
      await insert(store, { ...copy, id, mark });
      assert.deepEqual(await kinds(store), [kind], id);
      await store.seal();
      assert.deepEqual(await kinds(store), [kind], `${id} once it is sealed`);
      await store.tamper(`DELETE FROM event WHERE id = '${id}'`);
      assert.deepEqual(await kinds(store), ['removed']);
      await insert(store, { ...copy, id, mark });
      await store.tamper(`DELETE FROM event WHERE id = '${id}'`);
      await store.tamper(`DELETE FROM audit_block WHERE number = (SELECT max(number) FROM audit_block)`);
    }
  });

  sealedStoreTest('show what was altered before it was sealed', async (store) => {
    await store.happen(numbers(2));
    await store.tamper(`UPDATE event SET data = '{}' WHERE id = '${(await ids(store))[0]}'`);
    assert.deepEqual(await kinds(store), ['inserted']);
    await store.seal();
    assert.deepEqual(await kinds(store), ['inserted']);
  });

  sealedStoreTest('show where the chain was touched', async (store) => {
    for (let block = 2; block <= 6; block++) {
      await store.happen(numbers(2));
      await store.seal();
    }
    const kept = await headOf(store);
    const blocks = await store.tamper('SELECT * FROM audit_block ORDER BY number');
    const restoreChain = async () => {
      await store.tamper('DELETE FROM audit_block');
      for (const row of blocks) await insert(store, row, 'audit_block');
      assert.deepEqual(await kinds(store), []);
    };
    const finds = async (statement: string, expected: readonly (readonly [string, number | null])[]) => {
      await store.tamper(statement);
      const { findings } = await store.verify(kept);
      assert.deepEqual(
        findings.map(({ kind, block }) => [kind, block]),
        expected,
        statement,
      );
      await restoreChain();
    };
    await finds('DELETE FROM audit_block WHERE number = 3', [['block-removed', 3]]);
    await finds('DELETE FROM audit_block WHERE number IN (3, 4)', [['block-removed', 3]]);
    await finds('DELETE FROM audit_block WHERE number <= 2', [['block-removed', 1]]);
    await finds('UPDATE audit_block SET sealed_at = sealed_at + 1 WHERE number = 4', [['block-altered', 4]]);
    await finds(`UPDATE audit_block SET entries = '' WHERE number = 4`, [['block-altered', 4]]);
    await finds(`UPDATE audit_block SET kind = 'checkpoint' WHERE number = 4`, [['block-altered', 4]]);
    await finds('DELETE FROM audit_block WHERE number > 4', [['chain-cut', 6]]);
    await finds(`DELETE FROM audit_block WHERE number > 0`, [
      ['chain-missing', null],
      ['chain-cut', 6],
    ]);
    // Row and leaf together: only the key is missing.
    await store.tamper(`DELETE FROM event WHERE id = (SELECT min(id) FROM event)`);
    await store.tamper(`UPDATE audit_block SET entries = substr(entries, 61), count = 1 WHERE number = 2`);
    assert.deepEqual(await kinds(store), ['block-altered']);
  });

  sealedStoreTest('show a chain that was made anew with another key', async (store) => {
    await store.happen(numbers(4));
    await store.seal();
    const kept = await headOf(store);
    await using other = await openSealedStore('sqlite');
    await store.tamper('DELETE FROM audit_block');
    await store.tamper(`DELETE FROM event WHERE id = (SELECT min(id) FROM event)`);
    const events = store.storedEvents;
    await store.transact(async () => {
      for (const block of await other.sealChain.list(0, 10)) await store.sealChain.append(block);
    });
    const forged = { chain: store.sealChain, events, key: other.key, publish: store.transact };
    await sealEvents({ ...forged, by: { clock: { now: () => 1 }, node: 'n' } }, { after: '' });
    const { findings } = await store.verify(kept);
    assert.deepEqual(findings.map(({ kind }) => kind).sort(), [
      'block-altered',
      'block-altered',
      'chain-replaced',
      'chain-replaced',
    ]);
  });

  sealedStoreTest('do not begin anew when the chain is gone', async (store) => {
    await store.happen(numbers(2));
    await store.tamper('DELETE FROM audit_block');
    await assert.rejects(store.seal(), { code: 'audit-chain-missing', kind: 'misconfigured' });
  });

  sealedStoreTest(
    'whose key was removed too begin anew: that is said, and a head that was kept shows it',
    async (store) => {
      await store.happen(numbers(3));
      await store.seal();
      const kept = await headOf(store);
      await store.tamper(`DELETE FROM stored_key WHERE id = 'audit'`);
      await store.tamper('DELETE FROM audit_block');
      await store.tamper(`UPDATE event SET mark = NULL, data = '{"forged":true}'`);
      const said: number[] = [];
      const { findings } = await store.verifyAnew(kept, (unmarked) => said.push(unmarked));
      assert.deepEqual(said, [3]);
      await store.verifyAnew(kept, () => assert.fail('it is said once'));
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ['chain-cut'],
      );
    },
  );

  sealedStoreTest(
    'are held against a mark outside of the database: how far they went, and by which key',
    async (store) => {
      const hold = async (mark: SealMark, key: SealingKey | null = store.key) => {
        const text = parseSealMark(sealMarkText(mark), 'secret.audit');
        const held = await holdMark({ chain: store.sealChain, key }, { mark: text, now: systemClock.now(), file: 'f' });
        return { ...held, kinds: held.findings.map(({ kind }) => kind) };
      };
      const begun = await hold([]);
      assert.deepEqual([begun.next?.length, begun.kinds], [1, []]);
      await store.happen(numbers(600));
      const early = await store.seal();
      assert.equal(early.blocks, 3);
      const first = await hold(begun.next ?? []);
      assert.deepEqual([first.next?.[0]?.head, first.kinds], [await headOf(store), []]);
      assert.equal((await hold(first.next ?? [])).next?.[0]?.at, first.next?.[0]?.at, 'nothing new, nothing to write');

      await store.prune(systemClock.now() + 60_000);
      assert.deepEqual((await hold(begun.next ?? [])).kinds, [], 'what was pruned is no gap');
      const pruned = await hold(first.next ?? []);
      assert.ok(pruned.next);
      await store.happen(numbers(3));
      const last = await store.seal();
      const known = await hold(pruned.next);
      assert.ok(known.next);
      await store.tamper(`DELETE FROM audit_block WHERE number = ${last.head.number}`);
      assert.deepEqual([(await hold(known.next)).next, (await hold(known.next)).kinds], [null, ['chain-cut']]);
      await store.seal();
      const replaced = await hold(known.next);
      assert.deepEqual(
        [replaced.next, replaced.kinds],
        [null, ['chain-cut']],
        'also when other blocks took their place',
      );

      await store.tamper(`DELETE FROM stored_key WHERE id = 'audit'`);
      await store.tamper('DELETE FROM audit_block');
      assert.deepEqual((await hold(known.next, null)).kinds, ['chain-begun-anew'], 'before a server begins another');
      const key = await store.openKeyAnew();
      const anew = await hold(known.next, key);
      assert.deepEqual([anew.next?.length, anew.kinds], [2, ['chain-begun-anew']]);
      assert.deepEqual(
        (await hold(anew.next ?? [], key)).kinds,
        ['chain-begun-anew'],
        'for as long as the mark is there',
      );
    },
  );

  sealedStoreTest('know events from before there were marks, as many as there were', async (store) => {
    // As a release without marks left them: then the key is made.
    await store.happen(numbers(3));
    await store.tamper('UPDATE event SET mark = NULL');
    assert.deepEqual(await kinds(store), ['unmarked', 'unmarked', 'unmarked']);
    const [start] = await store.sealChain.list(0, 1);
    assert.deepEqual(start?.detail, { unmarked: 0 });
  });

  sealedStoreTest('keep a commitment to each row that needs its salt', async (store) => {
    await store.happen(numbers(2));
    await store.seal();
    const block = (await store.sealChain.list(1, 1))[0];
    assert.ok(block);
    const [first, second] = entriesOf(store.key, block);
    assert.ok(first?.salt && second?.salt && first.salt !== second.salt);
    assert.equal(new Set(block.entries.split('\n')).size, 2);
  });

  sealedStoreTest('go by age with their events, and what remains is still verified', async (store) => {
    for (let block = 0; block < 4; block++) {
      await store.happen(numbers(300));
      await store.seal();
    }
    const early = await headOf(store);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.happen(numbers(2));
    await store.seal();
    const cut = (await store.sealChain.list(early.number, 1))[0]?.firstId ?? '';
    assert.equal(await store.prune(timeOfId(cut)), 1200);
    const report = await store.verify();
    assert.deepEqual([report.found, report.events, report.checkpoint?.events], [0, 2, 1200]);
    assert.ok(report.checkpoint !== null && report.checkpoint.through >= 5);
    assert.deepEqual((await store.verify(early)).found, 0, 'the head at the checkpoint is known still');
    const [left] = await store.tamper('SELECT count(*) AS rows FROM event_subject');
    assert.equal(Number(left?.rows), 0);
    assert.equal(await store.prune(timeOfId(cut)), 0, 'nothing is left to prune');

    await store.tamper(`DELETE FROM event WHERE id = '${cut}'`);
    assert.deepEqual(await kinds(store), ['removed']);
  });

  sealedStoreTest('forged checkpoints hide nothing', async (store) => {
    for (let block = 0; block < 3; block++) {
      await store.happen(numbers(2));
      await store.seal();
    }
    const [second] = await store.sealChain.list(1, 1);
    await store.tamper(`DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY id LIMIT 2)`);
    await store.tamper('DELETE FROM audit_block WHERE number <= 2');
    const forged = { through: 2, throughMac: second?.mac, events: 2, unmarked: 0 };
    await store.tamper(
      `UPDATE audit_block SET kind = 'checkpoint', detail = '${JSON.stringify(forged)}' WHERE number = 4`,
    );
    assert.deepEqual(await kinds(store), ['block-removed', 'block-altered']);
  });

  sealedStoreTest('cover each once, whatever commits late and however many seal', async (store) => {
    const events = fc.integer({ min: 1, max: 4 });
    const late = fc.nat(60);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('commit' as const), events, late }),
      fc.record({ kind: fc.constant('seal' as const), sealers: fc.integer({ min: 1, max: 2 }) }),
      fc.record({ kind: fc.constant('both' as const), events, late }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        for (const each of steps) {
          if (each.kind === 'commit') await commitLate(store, each.events, each.late);
          else if (each.kind === 'seal') await Promise.all(numbers(each.sealers).map(() => store.seal()));
          // On SQLite there is one process, and one after the other.
          else if (store.kind === 'postgres')
            await Promise.all([store.seal(), commitLate(store, each.events, each.late), store.seal()]);
        }
        // Those that met took turns.
        while ((await store.seal()).events > 0);
        await coveredOnce(store);
        assert.equal((await store.verify()).found, 0);
      }),
      { numRuns: rounds(8, 60) },
    );
  });
});

/** By another node: ids that are `late` seconds old already, after a long transaction or by a slow clock. */
async function commitLate(store: SealedStore, count: number, late: number): Promise<void> {
  const clock = { now: () => systemClock.now() - late * 1000 };
  const rows = numbers(count).map((number) => {
    const id = `${idAt(clock.now()).slice(0, 13)}-7${anId().slice(15)}`;
    const event = { id, at: clock.now(), node: 'other', type: 'profile.saved', actor: '{}', requestId: null };
    return { ...event, subjects: '[]', data: `{"number":${number}}` };
  });
  const values = rows.map((row) => {
    const { id, at, node, type, actor, subjects, data } = row;
    return `(${[id, at, node, type, actor, subjects, data, store.key.mark(eventText(row))].map(literal).join(', ')})`;
  });
  await store.tamper(`INSERT INTO event (id, at, node, type, actor, subjects, data, mark) VALUES ${values.join(', ')}`);
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

async function insert(store: SealedStore, row: Record<string, unknown>, table = 'event'): Promise<void> {
  const names = Object.keys(row);
  await store.tamper(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => literal(row[name])).join(', ')})`,
  );
}

async function restore(store: SealedStore, row: Record<string, unknown>): Promise<void> {
  await store.tamper(`DELETE FROM event WHERE id = ${literal(row.id)}`);
  await insert(store, row);
}
