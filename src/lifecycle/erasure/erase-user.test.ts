/** A person is taken out of everything, nobody else is, and the seals hold, on both stores. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { erasureOn } from '../../../test/support/erasure-on.ts';
import { aCertificate, aDeployment, aDevice, anId, aScepTransaction, aUser } from '../../../test/support/records.ts';
import { type SealedStore, sealedStoreTest } from '../../../test/support/sealed-store.ts';
import { tableColumns } from '../../../test/support/table-columns.ts';
import { importChanges } from '../../directory/import/import-changes.ts';
import { saveUser } from '../../directory/save-user.ts';
import { systemCause } from '../../events/event.ts';
import { entriesOf } from '../../events/seal/seal-block.ts';
import { systemClock } from '../../lib/clock.ts';
import { defaultMassRemoval } from '../mass-removal.ts';
import { redactor } from './redact.ts';

const upn = 'jane.o\'doe+"x"@example.com';

/** Jane with a device, certificates and events; a second Jane who has nothing to do with it. */
async function furnish(store: SealedStore) {
  const jane = await saveUser(
    { ...store, clock: systemClock },
    {
      id: null,
      facts: {
        userPrincipalName: 'maiden@example.com',
        displayName: 'Maiden, Jane',
        givenName: 'Jane',
        surname: 'Maiden',
      },
      source: 'api',
      cause: systemCause,
    },
  );
  const facts = {
    userPrincipalName: upn,
    displayName: 'Doe, Jane',
    surname: "O'Doe",
    emailAddress: 'jane@example.com',
  };
  await saveUser({ ...store, clock: systemClock }, { id: jane.id, facts, source: 'api', cause: systemCause });
  const other = aUser({ displayName: 'Jane Other', givenName: 'Jane', emailAddress: 'other@example.com' });
  const device = aDevice({ primaryUserId: jane.id, reported: { osVersion: '1' } });
  const subject = 'CN=Doe\\, Jane,E=jane@example.com';
  const base = aDeployment({ userId: jane.id, deviceId: device.id, wanted: false, state: 'deleted' });
  const deployment = { ...base, expectation: { ...(base.expectation as object), subjectText: subject } as never };
  const certificate = aCertificate({
    subjectText: subject,
    subjectAlternativeNames: [`upn:${upn}`],
    deploymentId: deployment.id,
    generation: 1,
  });
  const theirs = aCertificate({ subjectText: 'CN=Jane Other', subjectAlternativeNames: ['email:other@example.com'] });
  await store.transact(async () => {
    await store.users.save([other]);
    await store.devices.save([device]);
    await store.deployments.save([deployment]);
    for (const each of [certificate, theirs]) await store.certificates.insert(each);
    await store.scepTransactions.append(
      aScepTransaction({
        deploymentId: deployment.id,
        detail: { field: 'subject', expected: subject, received: 'CN=Jane' },
      }),
    );
    await store.events.append([
      {
        type: 'certificate.issued',
        cause: systemCause,
        subjects: [{ kind: 'device', id: device.id }],
        data: { subject, serial: certificate.serial },
      },
      // About nobody that is known, but it says who.
      {
        type: 'enrollment.refused',
        cause: systemCause,
        subjects: [],
        data: { received: `CN=Jane ${upn.toUpperCase()}` },
      },
      {
        type: 'certificate.issued',
        cause: systemCause,
        subjects: [{ kind: 'user', id: other.id, name: 'other@example.com' }],
        data: { subject: 'CN=Jane Other' },
      },
    ]);
  });
  await store.tamper(`UPDATE certificate SET user_id = '${jane.id}' WHERE id = '${certificate.id}'`);
  return { jane, other, theirs, certificate };
}

/** Every text of every table. */
async function everything(store: SealedStore): Promise<string> {
  const byTable = Map.groupBy(await tableColumns(store), ({ table }) => table);
  let text = '';
  for (const [table, columns] of byTable) {
    const texts = columns.filter(({ type }) => type === 'text').map(({ column }) => column);
    if (texts.length > 0)
      text += `${table}: ${JSON.stringify(await store.tamper(`SELECT ${texts.join(', ')} FROM ${table}`))}\n`;
  }
  return text.toLowerCase();
}

const noNames = {
  userName: null,
  displayName: null,
  givenName: null,
  surname: null,
  emailAddress: null,
  onPremisesDistinguishedName: null,
};

const names = ['doe', 'maiden', 'jane@example.com', "o'doe"];

/** As a word: three letters stand in a random mark now and then. */
function isNamed(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text);
}

sealedStoreTest('nothing names an erased person, others stay, and the seals hold', async (store) => {
  const { jane, theirs } = await furnish(store);
  await store.seal();
  const last = await store.sealChain.latest();
  const head = last && { number: last.number, mac: last.mac };
  const erasure = erasureOn(store);
  const before = await everything(store);
  for (const name of names) assert.ok(isNamed(before, name), name);

  const preview = await erasure.useCases.previewErasure(upn);
  assert.equal(await everything(store), before, 'a preview writes nothing');
  assert.deepEqual(
    [preview.counts.events, preview.counts.certificates, preview.counts.scepTransactions, preview.counts.deployments],
    [4, 1, 1, 1],
  );
  await assert.rejects(erasure.useCases.eraseUser({ user: upn, confirm: 'Jane', cause: systemCause }), {
    code: 'erasure-not-confirmed',
  });

  const done = await erasure.useCases.eraseUser({ user: upn, confirm: upn, cause: systemCause });
  assert.ok(done.endedAt !== null && done.traces === null);
  const after = await everything(store);
  for (const name of names) assert.ok(!isNamed(after, name), `${name} is left: ${context(after, name)}`);
  assert.ok(after.includes(done.pseudonym));
  assert.equal(await store.users.get(jane.id), null);
  assert.ok(after.includes('cn=jane other'), 'another Jane is another person');
  assert.deepEqual(await store.certificates.get(theirs.id), theirs);

  const report = await store.verify(head);
  assert.deepEqual(report.findings, []);
  const [block] = await store.sealChain.list(1, 1);
  assert.ok(block?.seed === null && entriesOf(store.key, block).some(({ salt }) => salt === null));
  await store.seal();
  assert.equal((await store.verify(head)).unsealed, 0);

  const [row] = await store.tamper(`SELECT id FROM event WHERE data LIKE '%${done.pseudonym}%' ORDER BY id LIMIT 1`);
  await store.tamper(`UPDATE event SET data = '{}' WHERE id = '${row?.id}'`);
  assert.deepEqual(
    (await store.verify(head)).findings.map(({ kind, event }) => [kind, event?.id]),
    [['altered', row?.id]],
  );
});

sealedStoreTest('what was begun is finished by another node, and again changes nothing', async (store) => {
  await furnish(store);
  await store.seal();
  const interrupted = {
    ...store,
    storedEvents: { ...store.storedEvents, about: () => Promise.reject(new Error('cut')) },
  };
  await assert.rejects(
    erasureOn(interrupted).useCases.eraseUser({ user: upn, confirm: upn, cause: systemCause }),
    /cut/,
  );
  assert.equal((await store.erasures.open()).length, 1);
  const other = erasureOn(store);
  await other.finishDue();
  assert.deepEqual(await store.erasures.open(), []);
  const after = await everything(store);
  for (const name of names) assert.ok(!isNamed(after, name), `${name} is left: ${context(after, name)}`);
  assert.deepEqual((await store.verify()).findings, []);
  await assert.rejects(other.useCases.previewErasure(upn), { code: 'user-not-found' });
});

sealedStoreTest('what the person had goes at once, although many would have to wait for a word', async (store) => {
  const { jane } = await furnish(store);
  const device = aDevice({ primaryUserId: jane.id });
  const base = aDeployment({ userId: jane.id, deviceId: device.id });
  const expectation = { ...(base.expectation as object), subjectText: `CN=${upn}` } as never;
  await store.transact(async () => {
    await store.massRemoval.put({ ...defaultMassRemoval, fewest: 1, devices: 1 });
    await store.devices.save([device]);
    await store.deployments.save([{ ...base, expectation }]);
  });
  const { useCases } = erasureOn(store);
  await useCases.eraseUser({ user: upn, confirm: upn, cause: systemCause });
  const [gone] = await store.deployments.byDevices([device.id]);
  assert.deepEqual([gone?.wanted, gone?.removal], [false, null]);
  const after = await everything(store);
  for (const name of names) assert.ok(!isNamed(after, name), `${name} is left: ${context(after, name)}`);
});

sealedStoreTest('of an event about many only what is about the person is replaced', async (store) => {
  const [jane, other] = [aUser({ ...noNames, givenName: 'Jane' }), aUser({ ...noNames, givenName: 'Jane' })];
  const changes = importChanges('user', systemCause);
  for (const { id, userPrincipalName } of [jane, other])
    changes.add({ id, name: userPrincipalName }, [
      { field: 'displayName', before: 'Jane Doe', after: 'Jane Roe' },
      { field: 'department', before: 'Of Jane', after: null },
    ]);
  await store.transact(async () => {
    await store.users.save([jane, other]);
    await store.events.append(changes.events());
  });
  await store.seal();
  const { pseudonym } = await erasureOn(store).useCases.eraseUser({
    user: jane.id,
    confirm: jane.userPrincipalName,
    cause: systemCause,
  });
  const [event] = (
    await store.events.list({ subject: null, types: ['directory.changed'] }, { limit: 9, cursor: null })
  ).items.filter(({ data }) => data.by === 'import');
  assert.deepEqual(
    event?.subjects.map(({ name }) => name),
    [pseudonym, other.userPrincipalName],
  );
  assert.deepEqual(event?.data.changesOf, {
    [jane.id]: [
      { field: 'displayName', before: pseudonym, after: pseudonym },
      { field: 'department', before: `Of ${pseudonym}`, after: null },
    ],
    [other.id]: [
      { field: 'displayName', before: 'Jane Doe', after: 'Jane Roe' },
      { field: 'department', before: 'Of Jane', after: null },
    ],
  });
  assert.deepEqual((await store.verify()).findings, []);
});

sealedStoreTest('somebody who was imported, and left with the next file, is found by the events', async (store) => {
  const jane = aUser({ ...noNames, userPrincipalName: 'first@example.com' });
  const came = importChanges('user', systemCause);
  came.add({ id: jane.id, name: 'first@example.com' }, null);
  const renamed = importChanges('user', systemCause);
  const change = { field: 'emailAddress', before: 'first@example.com', after: 'second@example.com' };
  renamed.add({ id: jane.id, name: 'first@example.com' }, [change]);
  const went = importChanges('user', systemCause);
  went.remove({ id: jane.id, name: 'first@example.com' });
  await store.transact(async () => {
    for (const each of [came, renamed, went]) await store.events.append(each.events());
  });
  await erasureOn(store).useCases.eraseUser({
    user: 'First@example.com',
    confirm: 'first@example.com',
    cause: systemCause,
  });
  assert.doesNotMatch(await everything(store), /first@|second@/);
});

sealedStoreTest('somebody whom the directory has forgotten is found by the events', async (store) => {
  const { jane } = await furnish(store);
  const { removeUsers } = await import('../../directory/remove-users.ts');
  await removeUsers(store, { userIds: [jane.id], cause: systemCause });
  const done = await erasureOn(store).useCases.eraseUser({
    user: 'MAIDEN@example.com',
    confirm: 'maiden@example.com',
    cause: systemCause,
  });
  assert.equal(done.userId, jane.id);
  const after = await everything(store);
  for (const name of names) assert.ok(!isNamed(after, name), `${name} is left: ${context(after, name)}`);
});

for (const [name, about, given, expected] of [
  ['a unique name wherever it is', false, '{"a":"to ANNA@x.org now"}', '{"a":"to P now"}'],
  ['a shared name in what is about the person', true, '{"a":["Anna Beck"]}', '{"a":["P P"]}'],
  ['a shared name beside a unique one', false, '{"a":"Anna, anna@x.org","b":"Anna"}', '{"a":"P, P","b":"Anna"}'],
  ['no part of a word', true, '{"a":"Annabel"}', '{"a":"Annabel"}'],
  ['no name of a property', true, '{"Anna":1}', '{"Anna":1}'],
  [
    'the encoding of a name with its text',
    true,
    '{"subject":"MA==","subjectText":"CN=Anna"}',
    '{"subject":"","subjectText":"CN=P"}',
  ],
  ['a name as certificates escape it', true, '{"a":"CN=Beck\\\\, Anna"}', '{"a":"CN=P"}'],
] as const)
  test(`redaction replaces ${name}`, () => {
    const traces = { unique: ['anna@x.org'], shared: ['Beck, Anna', 'Anna', 'Beck'], deviceIds: [] };
    assert.equal(redactor(traces, 'P', anId()).json(given, about), expected);
  });

function context(text: string, name: string): string {
  const at = text.indexOf(name);
  return text.slice(Math.max(0, at - 200), at + 60);
}
