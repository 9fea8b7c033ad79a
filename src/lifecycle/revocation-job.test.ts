import assert from 'node:assert/strict';
import { aCertificate, recordTime } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import type { Certificate } from '../authority/certificate.ts';
import { recordRevocation } from '../authority/revoke.ts';
import { systemCause } from '../events/event.ts';
import { type RevocationCandidates, type RevocationJobInput, revocationJob } from './revocation-job.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

/** Pages as a search gives them: some hold fewer than asked for, or nothing, and lead on. */
function searched(pages: readonly (readonly Certificate[])[]): RevocationCandidates {
  return {
    async page(_question, { cursor }) {
      const at = cursor === null ? 0 : Number(cursor);
      return { items: pages[at] ?? [], next: at + 1 < pages.length ? String(at + 1) : null };
    },
  };
}

function jobOn(stores: Store, candidates: RevocationCandidates = searched([])) {
  const clock = { now: () => recordTime + 1, monotonic: () => 0 };
  return revocationJob({
    ...stores,
    candidates,
    revoke: (input) => recordRevocation({ ...stores, clock, holderOf: async () => [] }, input),
    afterBatch: () => undefined,
  });
}

const about = { reason: 'keyCompromise', profileId: null, deviceId: null } as const;

async function stored(stores: Store, ...given: readonly Partial<Certificate>[]): Promise<readonly Certificate[]> {
  const certificates = given.map((some) => aCertificate({ purpose: 'device', revokedAt: null, ...some }));
  await stores.transact(async () => {
    for (const certificate of certificates) await stores.certificates.insert(certificate);
  });
  return certificates;
}

storeTest('those that were named are revoked once; what cannot be is told by name', async (stores) => {
  const [one, own, two] = await stored(stores, {}, { purpose: 'ra', subjectText: 'CN=RA' }, {});
  assert.ok(one && own && two);
  const gone = aCertificate();
  const ids = [one.id, own.id, gone.id, two.id];
  const input: RevocationJobInput = { scope: { by: 'ids', ids }, ...about };
  const job = jobOn(stores);
  assert.equal(await job.count(input), 4);
  const first = await job.next(input, null, 3);
  assert.deepEqual(
    first.map(({ id }) => id),
    ids.slice(0, 3),
  );
  const outcomes = await stores.transact(() => job.work(input, first, systemCause));
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === 'failed' ? [outcome.code, outcome.name] : outcome.kind)),
    ['done', ['certificate-not-a-device', 'CN=RA'], ['certificate-unknown', gone.id]],
  );
  const rest = await job.next(input, first.at(-1)?.cursor ?? null, 3);
  assert.deepEqual(
    rest.map(({ id }) => id),
    [two.id],
  );
  assert.deepEqual(await job.next(input, rest.at(-1)?.cursor ?? null, 3), []);
  const again = await stores.transact(() => job.work(input, first.slice(0, 1), systemCause));
  assert.deepEqual(again, [{ kind: 'skipped' }]);
  const revoked = await stores.certificates.get(one.id);
  assert.deepEqual([revoked?.revokedAt, revoked?.revocationReason], [recordTime + 1, 'keyCompromise']);
  assert.equal((await stores.certificates.get(own.id))?.revokedAt, null);
});

storeTest('pages that are empty lead on, and the last one ends', async (stores) => {
  const [a, b, c] = await stored(stores, {}, {}, {});
  assert.ok(a && b && c);
  const pages = [[], [a, b], [], [c], []];
  const input: RevocationJobInput = { scope: { by: 'question', question: {} }, ...about };
  const job = jobOn(stores, searched(pages));
  assert.equal(await job.count(input), 3);
  const seen: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const items = await job.next(input, cursor, 2);
    if (items.length === 0) break;
    seen.push(...items.map(({ id }) => id));
    cursor = items.at(-1)?.cursor ?? null;
  }
  assert.deepEqual(seen, [a.id, b.id, c.id]);
});
