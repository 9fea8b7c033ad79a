/** What touches many waits for a second administrator: who may be that, what is done then, and every way around it. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { newSetUpCode } from '../../src/access/set-up.ts';
import type { AdminClient, ApiAnswer } from '../support/admin-client.ts';
import { assertProblem } from '../support/admin-client.ts';
import { type AdminFixture, startAdminFixture } from '../support/admin-fixture.ts';
import { type SessionClient, sessionClient } from '../support/session-client.ts';
import { addDana, dana } from '../support/sign-in-to-console.ts';
import { storeKinds } from '../support/stores.ts';

for (const store of storeKinds())
  suite(`second approval (${store})`, () => {
    let fixture: AdminFixture;
    let api: AdminClient;
    let other: SessionClient;
    let otherToken: string;
    let profile: { id: string; slug: string };

    before(async () => {
      fixture = await startAdminFixture({ store });
      api = fixture.api;
      const { world } = fixture;
      await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
      other = sessionClient(world);
      const { signInName, password } = dana;
      assert.equal((await other('POST', '/session', { body: { signInName, password } })).status, 200);
      otherToken = (await other('POST', '/tokens', { body: { name: 'of dana', permissions: 'all' } })).body.secret;
      for (let i = 0; i < 3; i++) await fixture.addDevice({ registeredAt: world.clock.now() });
      profile = await fixture.addScepProfile({ assignments: [{ include: 'allDevices' }] });
      await world.server.reconciling.settled();
      const setting = { deployments: 3, hours: 24 };
      assert.equal((await api('PUT', '/settings/second-approval', { body: setting })).status, 200);
    });
    after(() => fixture[Symbol.asyncDispose]());

    const held = (answer: ApiAnswer): string => {
      assertProblem(answer, 409, 'approval-needed');
      return answer.body.params.heldChange;
    };
    const decide = (id: string, decision: string, token?: string) =>
      token === undefined
        ? other('POST', `/held-changes/${id}/decision`, { body: { decision } })
        : api('POST', `/held-changes/${id}/decision`, { body: { decision }, token });
    const unassign = () => api('PUT', `/profiles/${profile.slug}/assignments`, { body: { items: [] } });
    const assigned = async () => (await api('GET', `/profiles/${profile.slug}/assignments`)).body.items.length;

    test('what touches few is done; what touches many waits, once, and nothing is done', async () => {
      const one = await fixture.addScepProfile();
      assert.equal((await api('DELETE', `/profiles/${one.slug}`)).status, 204);
      const id = held(await unassign());
      assert.equal(held(await unassign()), id, 'the same is the same');
      assert.equal(await assigned(), 1);
      const [shown] = (await other('GET', '/held-changes')).body.items;
      assert.deepEqual(
        [shown.id, shown.operation, shown.deployments, shown.state, shown.own, shown.askedBy.name],
        [id, 'assign-profile', 3, 'waiting', false, 'test'],
      );
      assert.equal((await decide(id, 'rejected')).body.state, 'rejected');
      assertProblem(await decide(id, 'approved'), 409, 'held-change-over');
      assert.equal(await assigned(), 1);
    });

    test('it is carried out as the asker’s once another approves it, with both names', async () => {
      const id = held(await api('POST', '/deployments/re-issue', { body: { all: true } }));
      const done = await decide(id, 'approved');
      assert.deepEqual([done.status, done.body.state, done.body.outcome.status], [200, 'done', 201]);
      const [job] = (await api('GET', '/jobs')).body.items;
      assert.equal(job.total, 3);
      const [started] = (await api('GET', '/audit?types=job.started')).body.items;
      assert.match(started.actor.name, /^test \(approved by dana@/);
      const types = (await api('GET', '/audit')).body.items.map(({ type }: { type: string }) => type);
      for (const type of ['access.change-held', 'access.change-approved', 'access.change-carried-out'])
        assert.ok(types.includes(type), type);
      await fixture.world.server.jobs.runner.settled();
    });

    test('nobody approves their own, nor by a token that they made, nor by a token of that', async () => {
      const asked = await other('PUT', `/profiles/${profile.slug}/assignments`, { body: { items: [] } });
      const id = held(asked);
      assertProblem(await decide(id, 'approved'), 403, 'own-change');
      assertProblem(await decide(id, 'approved', otherToken), 403, 'own-change');
      const made = await api('POST', '/tokens', { body: { name: 'deeper', permissions: 'all' }, token: otherToken });
      assertProblem(await decide(id, 'rejected', made.body.secret), 403, 'own-change');
      assertProblem(
        await api('POST', `/held-changes/${id}/decision`, { body: { decision: 'withdrawn' } }),
        403,
        'not-own-change',
      );
      assert.equal((await decide(id, 'withdrawn', otherToken)).body.state, 'withdrawn');
      assert.equal(await assigned(), 1);
    });

    test('it is stale when what it is about has changed, and says so', async () => {
      const id = held(await api('DELETE', `/profiles/${profile.slug}`));
      const { document } = (await api('GET', `/profiles/${profile.slug}`)).body;
      const known = await api('GET', `/profiles/${profile.slug}`);
      const headers = { 'if-match': known.headers.get('etag') ?? '' };
      const saved = await api('PUT', `/profiles/${profile.slug}`, {
        body: { ...document, description: 'another' },
        headers,
      });
      assert.equal(saved.status, 200, JSON.stringify(saved.body));
      const answer = await decide(id, 'approved');
      assert.deepEqual([answer.body.state, answer.body.outcome.code], ['stale', 'changed-meanwhile']);
      assert.equal((await api('GET', `/profiles/${profile.slug}`)).status, 200);
    });

    test('who lost the right meanwhile has nothing carried out', async () => {
      const { body } = await api('POST', '/tokens', { body: { name: 'for now', permissions: 'all' } });
      const id = held(await api('DELETE', `/profiles/${profile.slug}`, { token: body.secret }));
      assert.equal((await api('DELETE', `/tokens/${body.token.id}`)).status, 204);
      const answer = await decide(id, 'approved');
      assert.deepEqual([answer.body.state, answer.body.outcome.code], ['failed', 'asker-gone']);
    });

    test('the ways around need two as well: the settings, documents, groups, files', async () => {
      held(await api('PUT', '/settings/second-approval', { body: { deployments: null, hours: 72 } }));
      const { body: gate } = await api('GET', '/settings/mass-removal');
      held(await api('PUT', '/settings/mass-removal', { body: { ...gate, hold: false } }));
      const { document } = (await api('GET', `/profiles/${profile.slug}`)).body;
      held(
        await api('POST', '/profiles/apply', { body: { documents: [{ document: { ...document, assignments: [] } }] } }),
      );
      held(await api('POST', '/profiles/apply', { body: { documents: [], prune: {} } }));
      const headers = { 'if-match': (await api('GET', `/profiles/${profile.slug}`)).headers.get('etag') ?? '' };
      const other = { ...document, assignments: [] };
      held(await api('PUT', `/profiles/${profile.slug}/document`, { body: other, headers }));
      held(await api('DELETE', `/profiles/${profile.id}`));
      assert.equal(await assigned(), 1);
    });

    test('nobody pretends from outside to be the server itself', async () => {
      for (const headers of [{ authorization: '' }, { 'x-scepward-held': '1' }, { authorization: 'Bearer observer' }])
        assert.equal((await api('GET', '/held-changes', { token: null, headers })).status, 401);
      const { body } = await api('POST', '/tokens', { body: { name: 'reads', permissions: ['profiles.read'] } });
      assertProblem(await api('GET', '/held-changes', { token: body.secret }), 403, 'forbidden');
    });

    test('off again by two, everything is as it was', async () => {
      const id = held(await api('PUT', '/settings/second-approval', { body: { deployments: null } }));
      assert.equal((await decide(id, 'approved')).body.state, 'done');
      assert.equal((await unassign()).status, 200);
      assert.equal(await assigned(), 0);
    });
  });
