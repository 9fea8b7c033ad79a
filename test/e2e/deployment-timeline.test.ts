import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { encodeName } from '../../src/formats/x509/name.ts';
import { minute, systemClock } from '../../src/lib/clock.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import { deploymentTimeline } from '../../src/reporting/deployment-timeline.ts';
import {
  buildMessage,
  csrOf,
  post,
  registrationAuthorityOf,
  requestedBy,
  selfSigned,
  testClientKey,
} from '../support/scep-test-client.ts';
import { commonName, type ScepTestServer, startScepTestServer } from '../support/scep-test-server.ts';

const time = { offset: 0 };
const clock = { now: () => Date.now() + time.offset, monotonic: systemClock.monotonic };
let server: ScepTestServer;
let profile: ScepProfile;
let key: ClientKey;

before(async () => {
  server = await startScepTestServer({ clock });
  profile = await server.addProfile();
  key = await testClientKey();
});
after(() => server[Symbol.asyncDispose]());

const timeline = ({ id }: Deployment) =>
  deploymentTimeline({ ...server.stores, facts: server.stores, clock }, { deploymentId: id });

async function ask(deployment: Deployment, operation: string): Promise<void> {
  assert.equal((await fetch(`${server.addressOf(profile, deployment)}?operation=${operation}`)).status, 200);
}

async function enrol(deployment: Deployment, subject?: Uint8Array): Promise<void> {
  const recipient = await registrationAuthorityOf(server.addressOf(profile));
  const requested = requestedBy(deployment, subject === undefined ? {} : { subject });
  const content = csrOf(key, requested, await server.mint(deployment));
  const signer = selfSigned(key, requested.subject);
  await post(server.addressOf(profile, deployment), buildMessage({ type: 'PKCSReq', content, signer, recipient }));
}

describe('the timeline of a deployment', () => {
  test('has every step of an enrolment, with how long it took, from where and with what', async () => {
    const deployment = await server.addDeployment(profile);
    await ask(deployment, 'GetCACaps');
    await ask(deployment, 'GetCACert');
    await enrol(deployment);
    const { steps, findings, cut } = await timeline(deployment);
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['getCACaps', 'getCACert', 'challengeIssued', 'pkiOperation', 'validated', 'issued', 'answered'],
    );
    for (const step of steps) {
      assert.equal(step.outcome, 'ok');
      assert.equal(step.node, 'test-node');
      assert.ok(Number.isInteger(step.at), `${step.name} at ${step.at}`);
    }
    const [, , , came, , issued] = steps;
    assert.equal(came?.clientAddress, '127.0.0.1');
    assert.equal(came?.algorithms.digest, 'sha256');
    assert.ok((issued?.duration ?? 0) > 0);
    assert.equal(issued?.detail.generation, 1);
    assert.equal(issued?.requestId, came?.requestId);
    assert.deepEqual(findings, []);
    assert.equal(cut, false);
  });

  test('shows a refusal with expected beside received, a reason, and what to do', async () => {
    const deployment = await server.addDeployment(profile, { subject: [[commonName, 'right']] });
    await enrol(deployment, encodeName([[{ type: commonName, tag: 12, value: 'wrong' }]]));
    const { steps } = await timeline(deployment);
    const failed = steps.filter(({ outcome }) => outcome === 'failed');
    assert.equal(failed.length, 1);
    assert.equal(failed[0]?.name, 'validated');
    assert.equal(failed[0]?.stage, 3);
    assert.equal(failed[0]?.reason, 'subject-name-mismatch');
    assert.equal(failed[0]?.guidance?.validationCode, 'SubjectNameMismatch');
    assert.deepEqual(failed[0]?.differences, [{ field: 'subject.CN', expected: 'CN=right', received: 'CN=wrong' }]);
    assert.ok(!steps.some(({ name }) => name === 'issued' || name === 'answered'));
  });

  test('notices a client that fetched the CA certificates and then fell silent, and why that may be', async () => {
    const deployment = await server.addDeployment(profile);
    await ask(deployment, 'GetCACert');
    assert.deepEqual((await timeline(deployment)).findings, [], 'it may yet come');
    time.offset += 6 * minute;
    const [finding, ...others] = (await timeline(deployment)).findings;
    assert.equal(others.length, 0);
    assert.equal(finding?.code, 'no-request-after-ca-certificate');
    assert.ok((finding?.causes.length ?? 0) >= 3);
    await enrol(deployment);
    const codes = (await timeline(deployment)).findings.map(({ code }) => code);
    assert.ok(!codes.includes('no-request-after-ca-certificate'), 'it came after all');
  });

  test('notices a challenge that nobody used, and a certificate that nobody reported', async () => {
    const silent = await server.addDeployment(profile);
    await server.mint(silent);
    const issued = await server.addDeployment(profile);
    await enrol(issued);
    time.offset += 6 * minute;
    const codes = async (deployment: Deployment) => (await timeline(deployment)).findings.map(({ code }) => code);
    assert.deepEqual(await codes(silent), ['no-contact-after-challenge']);
    assert.deepEqual(await codes(issued), ['no-report-after-issuance']);
  });
});
