import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { aChallenge, aDeployment, anId, aScepProfile } from '../../test/support/records.ts';
import { openTestStores } from '../../test/support/stores.ts';
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

test('a rejection stands when the device asks again in the very moment', async () => {
  const clock = fakeClock();
  await using stores = await openTestStores({ clock });
  const { settings, ...header } = aScepProfile();
  const profile: ScepProfile = {
    ...header,
    settings: { ...settings, server: { ...settings.server, approval: 'manual' } },
  };
  const deployment = aDeployment({ profileId: profile.id });
  const challenge = aChallenge(deployment);
  const { expectation } = deployment;
  if (expectation === null) throw new Error('nothing is expected');
  await stores.transact(async () => {
    await stores.deployments.save([deployment]);
    await stores.challenges.insert([challenge]);
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
  const ask = (latest: typeof stores.pendingRequests.latest) => {
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
    return issueOrWait(deps, {
      call: call(),
      deployment,
      expectation,
      publicKey: spki,
      keyHash: 'key',
      certificationRequest,
      proof: { kind: 'challenge', challengeId: challenge.id },
      generation: deployment.generation,
      renewsId: null,
    });
  };
  const waits = await ask(stores.pendingRequests.latest);
  assert.equal(waits.kind, 'pending');
  const [request] = await stores.pendingRequests.list('waiting', 2);
  assert.ok(request !== undefined);

  let reads = 0;
  const again = await ask(async (...about) => {
    const known = await stores.pendingRequests.latest(...about);
    if (reads++ === 0)
      await decideApproval({ ...stores, clock }, { id: request.id, decision: 'rejected', cause: systemCause });
    return known;
  });
  assert.equal(again.kind === 'refused' && again.refusal.reason, 'approval-rejected');
  assert.equal((await stores.pendingRequests.get(request.id))?.state, 'rejected');
});
