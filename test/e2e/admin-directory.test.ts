import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { assertProblem } from '../support/admin-client.ts';
import { sampleDirectory, sampleFile, startAdminFixture } from '../support/admin-fixture.ts';

const fixture = await startAdminFixture();
after(() => fixture[Symbol.asyncDispose]());
const { api, unique, addDevice } = fixture;

describe('the directory', () => {
  test('is imported from files: planned, done, and then unchanged', async () => {
    const files = sampleDirectory();
    const planned = await api('POST', '/directory/import?dryRun=true', { files });
    assert.equal(planned.body.kind, 'planned');
    assert.ok(planned.body.changes.some(({ name }: { name: string }) => name === 'jane.doe@alderfinch.example'));
    assert.equal((await api('GET', '/users/jane.doe@alderfinch.example')).status, 404);
    const done = await api('POST', '/directory/import', { files });
    assert.deepEqual(done.body, { ...planned.body, kind: 'imported', changes: [] });
    assert.ok(done.body.counts.devices.created > 100);
    const again = await api('POST', '/directory/import', { files });
    assert.equal(again.body.counts.devices.created + again.body.counts.devices.updated, 0);
    assert.equal((await api('GET', '/users/Jane.Doe@alderfinch.example')).body.displayName, 'Jane Doe');
  });

  test('a file with mistakes is refused with every one, by file, line and column', async () => {
    const users = `${sampleFile('users.csv')}no-such,row\n`;
    const devices = sampleFile('devices.csv').replace('windows10', 'amiga');
    const answer = await api('POST', '/directory/import', { files: { ...sampleDirectory(), users, devices } });
    assertProblem(answer, 422, 'import-refused');
    const { faults, total } = answer.body.params;
    assert.equal(total, faults.length);
    const amiga = faults.find(({ file }: { file: string }) => file === 'devices.csv');
    assert.deepEqual([amiga.line, amiga.column], [2, 12]);
    assert.ok(faults.some(({ file }: { file: string }) => file === 'users.csv'));
  });

  test('pages through without gaps or repeats', async () => {
    await api('POST', '/directory/import', { files: sampleDirectory() });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await api('GET', `/users?limit=7${query}`);
      assert.ok(page.body.items.length <= 7);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.next;
    }
    const whole = await api('GET', '/users?limit=200');
    assert.deepEqual(
      seen,
      whole.body.items.map(({ id }: { id: string }) => id),
    );
    assertProblem(await api('GET', '/users?cursor=nonsense'), 422, 'bad-cursor');
  });

  test('a fact is said, changed and taken back; what is not said stays', async () => {
    const userPrincipalName = `${unique('ada')}@example.org`;
    const made = await api('POST', '/users', { body: { userPrincipalName, givenName: 'Ada', surname: 'L' } });
    assert.equal(made.status, 201);
    assert.equal(made.body.sources.givenName, 'api');
    const changed = await api('PATCH', `/users/${userPrincipalName}`, { body: { surname: null, department: 'R&D' } });
    const { givenName, surname, department } = changed.body;
    assert.deepEqual({ givenName, surname, department }, { givenName: 'Ada', surname: null, department: 'R&D' });
    assertProblem(await api('POST', '/users', { body: { userPrincipalName } }), 409, 'principal-name-taken');
    assert.equal((await api('DELETE', `/users/${made.body.id}`)).status, 204);
    assertProblem(await api('GET', `/users/${made.body.id}`), 404, 'user-not-found');
  });

  test('a name that two devices answer to lists both', async () => {
    const deviceName = unique('twin');
    const one = await addDevice({ deviceName, serialNumber: 'A1' });
    const other = await addDevice({ deviceName, serialNumber: 'B2' });
    const answer = await api('GET', `/devices/${deviceName}`);
    assertProblem(answer, 409, 'ambiguous-name');
    const ids = answer.body.params.candidates.map(({ id }: { id: string }) => id);
    assert.deepEqual(ids.sort(), [one.id, other.id].sort());
    assert.equal((await api('GET', `/devices/${one.id}`)).body.serialNumber, 'A1');
  });

  test('members come and go by name', async () => {
    const device = await addDevice();
    const group = (await api('POST', '/groups', { body: { name: unique('group'), kind: 'device' } })).body;
    const member = { kind: 'device', member: device.deviceName };
    const path = `/groups/${group.name}/members`;
    assert.deepEqual((await api('POST', path, { body: { add: [member] } })).body, { changed: 1 });
    assert.deepEqual((await api('GET', path)).body.items, [{ kind: 'device', id: device.id }]);
    assert.deepEqual((await api('POST', path, { body: { remove: [member] } })).body, { changed: 1 });
    const user = { kind: 'user', member: 'nobody@example.org' };
    assertProblem(await api('POST', path, { body: { add: [user] } }), 404, 'user-not-found');
  });
});
