import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { deviceCertificates } from '../support/device-certificates.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, addScepProfile } = fixture;

/** Five devices, two of which cannot have a certificate: nobody owns them. */
async function fleet() {
  const rows = [1, 2, 3].map((at) => `job-${at},linux,corporate,2026-01-01T09:00:00Z`);
  const files = { devices: ['deviceName,platform,ownership,registeredAt', ...rows, ''].join('\n') };
  const imported = await api('POST', '/directory/import', { files });
  assert.equal(imported.status, 200, JSON.stringify(imported.body));
  const profile = await addScepProfile({ assignments: [{ include: 'allDevices' }] });
  await world.server.reconciling.settled();
  return profile;
}

test('many are issued anew by a job, which tells how far it is and what failed', async () => {
  const profile = await fleet();
  const dry = await api('POST', '/deployments/re-issue', { body: { profile: profile.slug, dryRun: true } });
  assert.deepEqual([dry.status, dry.body.total, dry.body.job], [201, 3, null]);
  const started = await api('POST', '/deployments/re-issue', { body: { profile: profile.slug } });
  assert.equal(started.status, 201, JSON.stringify(started.body));
  assert.equal(started.body.job.total, 3);
  await world.server.jobs.runner.settled();
  const { body: job } = await api('GET', `/jobs/${started.body.job.id}`);
  assert.equal(job.state, 'done');
  assert.equal(job.done + job.skipped + job.failed, 3);
  const failures = await api('GET', `/jobs/${job.id}/failures`);
  assert.equal(failures.body.items.length, job.failed);
  const lines = await api('GET', `/jobs/${job.id}/failures`, { headers: { accept: 'application/x-ndjson' } });
  assert.equal(lines.status, 200);
  const listed = await api('GET', '/jobs?state=done');
  assert.ok(listed.body.items.some(({ id }: { id: string }) => id === job.id));
  assertProblem(await api('POST', `/jobs/${job.id}/pause`), 409, 'job-over');
});

test('one at a rate is paused, resumed and cancelled', async () => {
  const { body } = await api('POST', '/deployments/re-issue', { body: { all: true, rate: 1 } });
  const path = `/jobs/${body.job.id}`;
  const seen = async () => {
    const { done, skipped, failed } = (await api('GET', path)).body;
    return done + skipped + failed;
  };
  while ((await seen()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await api('POST', `${path}/pause`)).body.state, 'paused');
  assert.equal((await api('POST', `${path}/resume`)).body.state, 'running');
  assert.equal((await api('POST', `${path}/cancel`)).body.state, 'cancelled');
  assert.equal(await seen(), 1);
});

test('who selects nothing, or everything and something, is told how', async () => {
  for (const body of [{}, { all: true, device: 'x' }])
    assertProblem(await api('POST', '/deployments/re-issue', { body }), 400, 'bad-request');
  assertProblem(await api('POST', '/deployments/re-issue', { body: { device: 'nobody' } }), 404, 'device-not-found');
  assertProblem(await api('POST', '/jobs/none/pause'), 404, 'job-not-found');
});

test('certificates are revoked by a job, those that were named or that a filter finds, and whom it hits is said before', async () => {
  const { store, clock } = world.server.foundation;
  const context = await world.server.authority.issuing.active(null);
  const made = await deviceCertificates(store, context, clock, 12);
  const [named, ...others] = made;
  assert.ok(named && others.length === 11);
  const revoke = (body: object) => api('POST', '/certificates/revoke', { body });
  const settle = async ({ body }: Awaited<ReturnType<typeof revoke>>) => {
    await world.server.jobs.runner.settled();
    const job = await api('GET', `/jobs/${body.job.id}`);
    return [job.body.state, job.body.done, job.body.skipped, job.body.failed];
  };

  const dry = await revoke({ certificates: [named.id, named.id], dryRun: true });
  assert.deepEqual([dry.status, dry.body.total, dry.body.job], [201, 1, null]);
  assert.equal((await store.certificates.get(named.id))?.revokedAt, null);
  const one = await revoke({ certificates: [named.id], reason: 'keyCompromise' });
  assert.match(one.body.job.title, /^Revoke: 1 certificate \(keyCompromise\)$/);
  assert.deepEqual(await settle(one), ['done', 1, 0, 0]);
  assert.equal((await store.certificates.get(named.id))?.revocationReason, 'keyCompromise');
  assert.equal((await revoke({ certificates: [named.id] })).body.job, null, 'nothing is left to do');

  const found = await revoke({ filter: { search: 'device 1' } });
  assert.equal(found.body.total, 3, 'device 1, 10 and 11');
  assert.deepEqual(await settle(found), ['done', 3, 0, 0]);
  const all = await revoke({ all: true, rate: 100_000 });
  assert.equal(all.body.total, 8);
  assert.deepEqual(await settle(all), ['done', 8, 0, 0]);
  const own = await store.certificates.list(
    { deploymentId: null, deviceId: null, profileId: null, search: null, status: 'revoked' },
    clock.now(),
    { limit: 100, cursor: null },
  );
  assert.deepEqual(new Set(own.items.map(({ purpose }) => purpose)), new Set(['device']));

  const [ra] = (await api('GET', '/certificates?limit=200')).body.items.filter(
    ({ purpose }: { purpose: string }) => purpose === 'ra',
  );
  assertProblem(await revoke({ certificates: [ra.id] }), 409, 'certificate-not-a-device');
  assertProblem(await revoke({ certificates: ['nothing'] }), 404, 'certificate-not-found');
  assertProblem(await revoke({ filter: { status: 'expired' } }), 422, 'not-revocable');
  assertProblem(await revoke({ filter: { profile: 'nowhere' } }), 404, 'profile-not-found');
  for (const body of [{}, { filter: {} }, { all: true, certificates: [named.id] }, { all: true, reason: 'boredom' }])
    assertProblem(await revoke(body), 400, 'bad-request');
});

test('what many would lose waits, is shown and rejected, and goes when it is confirmed after all', async () => {
  const profile = await fleet();
  assert.deepEqual((await api('GET', '/settings/mass-removal')).body.devices, 100);
  const setting = { hold: true, devices: 3, percent: 100, fewest: 2, windowMinutes: 60 };
  assert.equal((await api('PUT', '/settings/mass-removal', { body: setting })).status, 200);
  assertProblem(await api('PUT', '/settings/mass-removal', { body: { ...setting, percent: 0 } }), 400, 'bad-request');
  const impact = await api('POST', '/profiles/impact', { body: { profile: profile.slug, delete: true } });
  const [told] = impact.body.profiles;
  assert.deepEqual([told.waits, told.removals[0].occasion, told.removals[0].count], [true, 'profileDeleted', 3]);

  await api('PUT', `/profiles/${profile.slug}/assignments`, { body: { items: [] } });
  await world.server.reconciling.settled();
  const { body: list } = await api('GET', '/removals?state=waiting');
  assert.equal(list.items.length, 1);
  const { id } = list.items[0];
  const shown = await api('GET', `/removals/${id}`);
  assert.equal(shown.status, 200, JSON.stringify(shown.body));
  assert.deepEqual(
    [shown.body.occasion, shown.body.waiting, shown.body.rule.revoke, shown.body.first.length],
    ['unassigned', 3, true, 3],
  );
  const explained = await api('GET', '/devices/job-1/explain');
  const about = explained.body.items.find((each: { profile: { slug: string } }) => each.profile.slug === profile.slug);
  assert.deepEqual([about.status, about.deployment.removal, about.deployment.wanted], ['not-assigned', 'held', true]);

  assert.equal((await api('POST', `/removals/${id}/reject`)).body.state, 'rejected');
  assertProblem(await api('POST', '/removals/none/reject'), 404, 'removal-not-found');
  const confirmed = await api('POST', `/removals/${id}/confirm`, { body: {} });
  assert.equal(confirmed.body.state, 'confirmed', JSON.stringify(confirmed.body));
  await world.server.jobs.runner.settled();
  const { body: job } = await api('GET', `/jobs/${confirmed.body.jobId}`);
  assert.deepEqual([job.state, job.done], ['done', 3]);
  assertProblem(await api('POST', `/removals/${id}/confirm`), 409, 'removal-settled');
  const { items } = (await api('GET', `/deployments?profile=${profile.slug}`)).body;
  assert.ok(items.every(({ wanted }: { wanted: boolean }) => !wanted));
});
