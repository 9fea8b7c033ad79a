import assert from 'node:assert/strict';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { aChallenge, aDeployment, anId, aScepProfile } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import { systemCause } from '../events/event.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
} from '../formats/pkcs10/certification-request.ts';
import { rsaEncryption } from '../formats/x509/algorithms.ts';
import { nameOf } from '../formats/x509/name.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import type { Ca } from './ca-directory.ts';
import { decideApproval } from './decide-approval.ts';
import { type IssueOrWaitDeps, issueOrWait } from './issue-or-wait.ts';
import type { PendingRequestId } from './pending-request.ts';
import type { ScepCall } from './scep-call.ts';
import { stopwatch } from './stopwatch.ts';

// RFC 8410 §10.1: short, and no key of anybody's.
const spki = Buffer.from(
  '302a300506032b657003210019bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1',
  'hex',
);
const certificationRequest = assembleCertificationRequest(
  encodeCertificationRequestInfo({ subject: nameOf([['2.5.4.3', 'device']]), spki, extensions: [] }),
  rsaEncryption,
  Uint8Array.of(1, 2, 3),
);

type Store = Awaited<ReturnType<typeof openTestStores>>;
type Latest = Store['pendingRequests']['latest'];

/** A deployment whose profile wants approval, and how its device asks. */
async function approving(stores: Store) {
  const clock = fakeClock();
  const { settings, ...header } = aScepProfile();
  const profile: ScepProfile = {
    ...header,
    settings: { ...settings, server: { ...settings.server, approval: 'manual' } },
  };
  const deployment = aDeployment({ profileId: profile.id });
  const challenges = [aChallenge(deployment), aChallenge(deployment)] as const;
  const { expectation } = deployment;
  if (expectation === null) throw new Error('nothing is expected');
  await stores.transact(async () => {
    await stores.deployments.save([deployment]);
    await stores.challenges.insert(challenges);
  });
  const call = (): ScepCall => ({
    id: anId(),
    node: 'test-node',
    requestId: 'request',
    clientAddress: '127.0.0.1',
    now: clock.now(),
    profile,
    ca: {} as Ca,
    deliveryRef: null,
    messageType: 19,
    transactionID: 'T',
    algorithms: {},
    watch: stopwatch(clock),
    reply: null,
  });
  const ask = async (latest: Latest = stores.pendingRequests.latest, which: 0 | 1 = 0) => {
    const never = () => Promise.reject(new Error('nothing may be issued'));
    const deps: IssueOrWaitDeps = {
      issuing: { clockGuard: { behind: never }, prepare: never, ledger: { commit: never } },
      approvals: {
        ...stores,
        clock,
        transactions: stores.scepTransactions,
        pendingRequests: { ...stores.pendingRequests, latest },
      },
    };
    const current = (await stores.deployments.get(deployment.id)) ?? deployment;
    return issueOrWait(deps, {
      call: call(),
      deployment: current,
      expectation,
      publicKey: spki,
      keyHash: `key-${which}`,
      certificationRequest,
      proof: { kind: 'challenge', challengeId: challenges[which].id },
      generation: current.generation,
      renewsId: null,
    });
  };
  const decide = (id: PendingRequestId, decision: 'approved' | 'rejected') =>
    decideApproval({ ...stores, clock }, { id, decision, cause: systemCause });
  return { ask, decide };
}

storeTest('a rejection stands when the device asks again in the very moment', async (stores) => {
  const { ask, decide } = await approving(stores);
  assert.equal((await ask()).kind, 'pending');
  const [request] = await stores.pendingRequests.list('waiting', 2);
  assert.ok(request !== undefined);

  let reads = 0;
  const again = await ask(async (...about) => {
    const known = await stores.pendingRequests.latest(...about);
    if (reads++ === 0) await decide(request.id, 'rejected');
    return known;
  });
  assert.equal(again.kind === 'refused' && again.refusal.reason, 'approval-rejected');
  assert.equal((await stores.pendingRequests.get(request.id))?.state, 'rejected');
});

storeTest('of two first requests that come at once one waits, and both are told so', async (stores) => {
  const { ask } = await approving(stores);
  const both = Promise.withResolvers<void>();
  let reads = 0;
  const latest: Latest = async (...about) => {
    const known = await stores.pendingRequests.latest(...about);
    reads++;
    if (reads === 2) both.resolve();
    if (reads <= 2) await both.promise;
    return known;
  };
  const conclusions = await Promise.all([ask(latest, 0), ask(latest, 1)]);
  assert.deepEqual(
    conclusions.map(({ kind }) => kind),
    ['pending', 'pending'],
  );
  assert.equal((await stores.pendingRequests.list('waiting', 9)).length, 1);
});
