import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { DeviceId } from '../../src/directory/device.ts';
import { readCsv } from '../../src/formats/csv/read-csv.ts';
import { day } from '../../src/lib/clock.ts';
import type { ProfileId } from '../../src/profiles/profile-id.ts';
import { inventorySorts } from '../../src/reporting/certificate-inventory.ts';
import { assertProblem } from '../support/admin-client.ts';
import { startAdminFixture } from '../support/admin-fixture.ts';
import { aCertificate, aChallenge, aDeployment, anIssuance } from '../support/records.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { world, api, addDevice, addScepProfile } = fixture;
const { store } = world.server.foundation;
const profile = await addScepProfile();

/** A certificate of this device that ends in so many days. */
async function issue(device: { id: string; deviceName: string }, ends: number, of = profile) {
  const now = world.clock.now();
  const ids = { deviceId: device.id as DeviceId, profileId: of.id as ProfileId };
  const deployment = aDeployment({ ...ids, consumerId: `report-${ends}` });
  const challenge = aChallenge(deployment, { expiresAt: now + day });
  await store.transact(async () => {
    await store.deployments.save([deployment]);
    await store.challenges.insert([challenge]);
  });
  const certificate = aCertificate({
    deploymentId: deployment.id,
    generation: 1,
    subjectText: `CN=${device.deviceName}`,
    issuedAt: now,
    notBefore: now,
    notAfter: now + ends * day,
  });
  const issuance = anIssuance(deployment, challenge, { certificate, now });
  assert.deepEqual(await store.ledger.commit(issuance), { kind: 'committed' });
  return certificate;
}

const hostile = await addDevice({ deviceName: '=HYPERLINK("http://evil.example","A, B")' });
const plain = await addDevice({ deviceName: 'Büro-Notebook 7' });
// Else they would find that nobody wants what is made here.
await world.server.reconciling.settled();
const soon = await issue(hostile, 5);
const later = await issue(plain, 45);

describe('the list of certificates', () => {
  test('is searched by names, serial number and thumbprint, from three characters', async () => {
    const found = async (search: string) =>
      (await api('GET', `/certificates?search=${encodeURIComponent(search)}`)).body.items.map(
        ({ id }: { id: string }) => id,
      );
    assert.deepEqual(await found('BÜRO-note'), [later.id]);
    assert.deepEqual(await found(later.serial), [later.id]);
    assert.deepEqual(await found((later.thumbprint.match(/../g) ?? []).join(':').toUpperCase()), [later.id]);
    assert.deepEqual(await found('hyperlink('), [soon.id]);
    assertProblem(await api('GET', '/certificates?search=ab'), 422, 'search-too-short');
    for (const sort of inventorySorts)
      for (const order of ['asc', 'desc']) {
        const { items } = (await api('GET', `/certificates?search=notebook&sort=${sort}&order=${order}`)).body;
        assert.deepEqual(
          items.map(({ id }: { id: string }) => id),
          [later.id],
          sort,
        );
      }
    assertProblem(await api('GET', '/certificates?cursor=nonsense'), 422, 'bad-cursor');
  });

  test('says whose each is, and is counted', async () => {
    const { items } = (await api('GET', `/certificates?profile=${profile.slug}&sort=expires`)).body;
    assert.deepEqual(
      items.map((each: Record<string, unknown>) => [each.deviceName, each.profileSlug, each.platform, each.status]),
      [
        [hostile.deviceName, profile.slug, 'linux', 'valid'],
        [plain.deviceName, profile.slug, 'linux', 'valid'],
      ],
    );
    const counted = await api('GET', `/certificates/count?profile=${profile.slug}`);
    assert.deepEqual(counted.body, { count: 2, capped: false });
  });

  test('is exported as CSV, where no name runs as a formula, and as JSON lines', async () => {
    const query = `profile=${profile.slug}&sort=expires`;
    const csv = await api('GET', `/certificates/export?${query}`);
    assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/);
    assert.match(csv.headers.get('content-disposition') ?? '', /certificates\.csv/);
    const text = typeof csv.body === 'string' ? csv.body : new TextDecoder().decode(csv.body);
    const [head, first, second, ...others] = [...readCsv(text)].map(({ fields }) => fields.map((field) => field.text));
    assert.equal(others.length, 0);
    const at = head?.indexOf('Device name') ?? -1;
    assert.equal(first?.[at], `'${hostile.deviceName}`);
    assert.equal(second?.[at], plain.deviceName);
    const lines = await api('GET', `/certificates/export?${query}&format=jsonl`);
    const documents = String(lines.body)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      documents.map(({ id }) => id),
      [soon.id, later.id],
    );
    assertProblem(await api('GET', '/certificates/export?search=ab'), 422, 'search-too-short');
  });
});

describe('reports', () => {
  test('what ends soon, the next first, and how many', async () => {
    const within = async (days: number) =>
      (await api('GET', `/reports/expiring?profile=${profile.slug}&days=${days}`)).body.items.map(
        ({ id }: { id: string }) => id,
      );
    assert.deepEqual(await within(4), []);
    assert.deepEqual(await within(5), [soon.id]);
    assert.deepEqual(await within(60), [soon.id, later.id]);
    const { items } = (await api('GET', `/reports/expiring/counts?profile=${profile.slug}`)).body;
    assert.deepEqual(
      items.map((each: { count: number }) => each.count),
      [1, 1, 2, 2],
    );
  });

  test('what was issued and what failed, by day of a time zone', async () => {
    const address = `${world.url}/scep/${profile.slug}?operation=PKIOperation`;
    await fetch(address, { method: 'POST', body: 'no message at all' });
    const report = await api('GET', '/reports/activity?days=2&timeZone=Asia/Kathmandu');
    assert.equal(report.status, 200, JSON.stringify(report.body));
    const { total, platforms, days } = report.body;
    assert.equal(total.issued, 2);
    assert.equal(total.failed, 1);
    assert.equal(days.length, 2);
    assert.equal(days[1].issued + days[0].issued, 2);
    assert.deepEqual(platforms, [{ platform: 'linux', issued: 2, renewed: 0, revoked: 0, failed: 1 }]);
    const failures = (await api('GET', '/reports/failures')).body.items;
    assert.equal(failures[0].reason, 'message-malformed');
    assert.equal(failures[0].validationCode, 'CertificateRequestDecodingFailed');
    assert.ok(failures[0].whatToDo.length > 20);
    const one = (await api('GET', '/reports/failures/list?reason=message-malformed')).body.items;
    assert.equal(one.length, 1);
    assert.equal(one[0].profileSlug, profile.slug);
    assert.deepEqual((await api('GET', '/reports/failures/list?reason=key-weak')).body.items, []);
    assertProblem(await api('GET', '/reports/activity?timeZone=Mars/Olympus'), 422, 'time-zone-unknown');
  });

  test('the overview is what its reports say', async () => {
    await fetch(`${world.url}/scep/${profile.slug}?operation=PKIOperation`, { method: 'POST', body: 'no message' });
    const { status, body } = await api('GET', '/reports/overview?days=7&timeZone=Asia/Kathmandu');
    assert.equal(status, 200, JSON.stringify(body));
    for (const state of ['valid', 'expired', 'revoked'] as const)
      assert.equal(body.certificates[state], state === 'valid' ? 2 : 0, state);
    const expiring = (await api('GET', '/reports/expiring/counts')).body.items;
    assert.deepEqual(body.expiring, expiring);
    assert.deepEqual(
      expiring.map(({ count }: { count: number }) => count),
      [1, 1, 2, 2],
    );
    const activity = (await api('GET', '/reports/activity?days=7&timeZone=Asia/Kathmandu')).body;
    assert.deepEqual(body.activity.days, activity.days);
    assert.deepEqual(body.activity.total, activity.total);
    assert.deepEqual(body.failures, (await api('GET', '/reports/failures?days=7&timeZone=Asia/Kathmandu')).body.items);
    const own = body.profiles.find((each: { profileId: string }) => each.profileId === profile.id);
    const alone = (await api('GET', `/profiles/${profile.slug}/status`)).body;
    assert.deepEqual([own.profileSlug, own.platform, own.total], [profile.slug, 'linux', alone.total]);
    assert.deepEqual(own.counts, alone.counts);
    const { scep } = body;
    assert.equal(scep.isLoopback, true);
    assert.ok(scep.outcomes.failure + scep.outcomes.error > 0, 'no message');
    assert.ok(scep.lastAt !== null && scep.capped === false);
  });

  test('what happened to one deployment, step by step', async () => {
    const [deployment] = (await api('GET', `/deployments?device=${plain.id}&profile=${profile.slug}`)).body.items;
    const { status, body } = await api('GET', `/deployments/${deployment.id}/timeline`);
    assert.equal(status, 200, JSON.stringify(body));
    const asked = body.steps.filter((step: { clientAddress: string | null }) => step.clientAddress !== null);
    assert.deepEqual(
      asked.map(({ name }: { name: string }) => name),
      ['pkiOperation', 'validated', 'answered'],
    );
  });
});

describe('what is deleted', () => {
  test('keeps its last name in reports, lists, timelines and the audit log', async () => {
    const gone = await addScepProfile();
    const device = await addDevice({ deviceName: 'Left behind' });
    await world.server.reconciling.settled();
    await fetch(`${world.url}/scep/${gone.slug}?operation=PKIOperation`, { method: 'POST', body: 'no message at all' });
    const certificate = await issue(device, 9, gone);
    const [deployment] = (await api('GET', `/deployments?device=${device.id}&profile=${gone.slug}`)).body.items;
    const cause = { actor: { kind: 'system', id: null, name: 'test' }, requestId: null } as const;
    const subjects = [
      { kind: 'device', id: device.id },
      { kind: 'profile', id: gone.id },
      { kind: 'deployment', id: deployment.id },
    ] as const;
    await store.transact(() =>
      store.events.append([{ type: 'deployment.failed', cause, subjects, data: { step: 'install', code: 'x' } }]),
    );
    const { version } = (await api('GET', `/profiles/${gone.id}`)).body.profile ?? { version: gone.version };
    const answers = [
      await api('DELETE', `/devices/${device.id}`),
      await api('DELETE', `/profiles/${gone.id}`, { headers: { 'if-match': `"${version}"` } }),
    ];
    for (const { status, body } of answers) assert.ok(status < 300, JSON.stringify(body));

    const failures = (await api('GET', '/reports/failures')).body.items as { profiles: { profileSlug: string }[] }[];
    const slugs = failures.flatMap(({ profiles }) => profiles.map(({ profileSlug }) => profileSlug));
    assert.ok(slugs.includes(gone.slug) && !slugs.includes(null as never), JSON.stringify(failures));
    const activity = (await api('GET', '/reports/activity')).body.profiles;
    assert.ok(activity.some((each: { profileSlug: string }) => each.profileSlug === gone.slug));
    const listed = (await api('GET', '/reports/failures/list')).body.items.find(
      (each: { deviceId: string | null }) => each.deviceId === device.id,
    );
    assert.deepEqual([listed.deviceName, listed.profileSlug], ['Left behind', gone.slug]);
    const timeline = (await api('GET', `/deployments/${deployment.id}/timeline`)).body.deployment;
    assert.deepEqual(
      [timeline.deviceName, timeline.profileSlug, timeline.called],
      [null, null, { device: 'Left behind', profile: gone.name }],
    );
    const [line] = (await api('GET', `/certificates?search=${certificate.serial}`)).body.items;
    assert.deepEqual([line.deviceName, line.lastDeviceName, line.profileName], [null, 'Left behind', gone.name]);
    const { items } = (await api('GET', `/audit?by=all&objectKind=profile&object=${gone.id}`)).body;
    const named = items.flatMap(({ objects }: { objects: { kind: string; name: string | null }[] }) => objects);
    for (const kind of ['profile', 'device'])
      assert.deepEqual(
        [...new Set(named.flatMap((each: (typeof named)[number]) => (each.kind === kind ? [each.name] : [])))],
        [kind === 'profile' ? gone.name : 'Left behind'],
      );
  });
});
