/** The life of a certificate through the whole server, on each store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enroll, poll, renew } from '../../src/client/scep-client.ts';
import type { ScepOutcome } from '../../src/client/scep-outcome.ts';
import { decideApproval } from '../../src/enrollment/decide-approval.ts';
import { systemCause } from '../../src/events/event.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { sameBytes } from '../../src/lib/bytes.ts';
import { checkIssued } from '../support/issued-certificate.ts';
import { ownClient } from '../support/own-client.ts';
import { refusals } from '../support/refusals.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { storeKinds } from '../support/stores.ts';
import { startWorld } from '../support/world.ts';

function issued(outcome: ScepOutcome): Uint8Array {
  if (outcome.kind !== 'issued') throw new assert.AssertionError({ message: JSON.stringify(outcome) });
  return outcome.certificate;
}

for (const kind of ['sqlite', 'postgres'] as const) {
  const missing = storeKinds().includes(kind) ? false : 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)';
  test(`enrol, repeat, renew, revoke, wait for approval (${kind})`, {
    skip: skipUnless('openssl') || missing,
  }, async () => {
    await using world = await startWorld({ store: kind });
    const { store, clock } = world.server.foundation;
    const scenario = await makeScenario(world, { name: 'both' });
    await using client = await ownClient(world, scenario.scepUrl);
    const { exchange } = client;
    const [first, second, third] = [await testClientKey(), await testClientKey(), await testClientKey()];
    const requested = requestedBy(await scenario.deployment());
    const challenge = await scenario.challenge();

    const certificate = issued(await enroll(exchange, first, requested, challenge));
    assert.equal((await checkIssued(world, toPem('CERTIFICATE', certificate))).subject, 'CN=both');
    assert.ok(sameBytes(issued(await enroll(exchange, first, requested, challenge)), certificate), 'the same again');
    assert.equal((await enroll(exchange, second, requested, challenge)).kind, 'refused');
    assert.equal((await refusals(world))[0]?.data.reason, 'challenge-spent');

    const old = { key: first, certificate };
    const renewed = issued(await renew(exchange, second, requested, old));
    await checkIssued(world, toPem('CERTIFICATE', renewed));
    assert.equal((await renew(exchange, third, requested, old)).kind, 'refused');

    const { currentCertificateId } = await scenario.deployment();
    await world.server.authority.revoke({
      certificateId: currentCertificateId as never,
      reason: 'superseded',
      cause: systemCause,
    });
    const revoked = await renew(exchange, third, requested, { key: second, certificate: renewed });
    assert.equal(revoked.kind, 'refused');
    assert.equal((await refusals(world))[0]?.data.reason, 'signer-revoked');

    const manual = await makeScenario(world, { name: 'both-manual', server: { approval: 'manual' } });
    await using waiting = await ownClient(world, manual.scepUrl);
    const wanted = requestedBy(await manual.deployment());
    const key = await testClientKey();
    assert.equal((await enroll(waiting.exchange, key, wanted, await manual.challenge())).kind, 'pending');
    assert.equal((await poll(waiting.exchange, key, wanted)).kind, 'pending');
    for (const { id } of await store.pendingRequests.list('waiting', 10))
      await decideApproval({ ...store, clock }, { id, decision: 'approved', cause: systemCause });
    await checkIssued(world, toPem('CERTIFICATE', issued(await poll(waiting.exchange, key, wanted))));
  });
}
