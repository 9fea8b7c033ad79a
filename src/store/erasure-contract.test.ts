/** A person's names are looked for in every text of every table, and where that is not so there is a reason, on both stores. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { erasureOn } from '../../test/support/erasure-on.ts';
import { aCertificate, aDeployment, aDevice, anId, aUser } from '../../test/support/records.ts';
import { type SealedStore, sealedStoreTest } from '../../test/support/sealed-store.ts';
import { plantRow, tableColumns } from '../../test/support/table-columns.ts';
import type { User } from '../directory/user.ts';
import { systemCause } from '../events/event.ts';
import { hour, systemClock } from '../lib/clock.ts';
import { indexCertificates } from '../reporting/index-certificates.ts';
import { handOutEvents } from '../webhooks/hand-out-events.ts';
import { saveWebhook } from '../webhooks/save-webhook.ts';
import { personalPlaces } from './personal-texts.ts';

/** Goes with the person: with `removeUsers`, with the rest of the events, or when the erasure has ended. */
const elsewhere: Readonly<Record<string, string>> = {
  directory_user: `user_principal_name user_name display_name given_name surname email_address department
    on_premises_sam_account_name on_premises_distinguished_name on_premises_user_principal_name
    on_premises_security_identifier entra_object_id user_principal_name_folded display_name_folded`,
  event: 'actor subjects data',
  pending_request: 'transaction_id',
  idempotent_response: 'body',
  erasure: 'traces',
};

/** What people call things and configure: an erasure says which of it names the person, and they change it. */
const writtenByPeople: Readonly<Record<string, string>> = {
  device: 'device_name fully_qualified_domain_name device_name_folded enrollment_profile_name device_category',
  directory_group: 'name description name_folded',
  profile: 'slug name description settings name_folded',
  profile_version: 'slug name description settings',
  assignment_filter: 'name description rule name_folded',
  scope_tag: 'name description name_folded',
  api_token: 'name',
  role: 'name description name_folded',
  webhook: 'name url name_folded',
  authority: 'slug name pki_url templates rollover',
  administrator: 'name sign_in_name sign_in_key',
  administrator_identity: 'subject',
  admin_session: 'groups',
  identity_provider: 'name issuer scopes groups_claim name_folded',
  passkey: 'name',
  issuer: 'slug',
  setting: 'value',
};

/** Numbers of things, words of ours, digests, keys, names of servers. */
const namesNobody: Readonly<Record<string, string>> = {
  directory_user: 'sources',
  device: `platform management ownership retired_by os_version os_edition serial_number imei meid wifi_mac_address trust_type
    on_premises_security_identifier manufacturer model cpu_architecture co_management_workload sources serial_number_folded`,
  directory_group: 'kind',
  group_member: 'member_kind',
  profile: 'kind scope_tags platform',
  profile_version: 'kind scope_tags',
  profile_history: 'kind',
  assignment: 'mode target filter',
  assignment_filter: 'platform scope_tags',
  scope_tag: 'group_ids',
  deployment: 'kind delivery_ref state state_cause removal',
  challenge: 'secret_hash state cancel_reason bound_key',
  issuer: 'chain registration_authorities',
  stored_key: 'purpose',
  certificate: 'serial purpose thumbprint thumbprint256 key_hash state revocation_reason revoke_reason',
  certificate_search: 'thumbprint thumbprint256',
  pending_request: 'key_hash proof state',
  event: 'node type mark',
  event_subject: 'subject_kind',
  scep_transaction: 'node client_address operation outcome reason algorithms timings',
  api_token: 'secret_hash permissions scope made_by',
  held_change: 'operation fingerprint state',
  role: 'permissions',
  administrator: 'state',
  administrator_lock: 'name',
  administrator_password: 'hash',
  admin_session: 'method secret_hash next_hash previous_hash address user_agent',
  identity_provider: 'client_secret',
  passkey: 'transports',
  sign_in_code: 'secret_hash',
  sign_in_record: 'key',
  used_challenge: 'hash',
  role_assignment: 'members scope',
  device_credential: 'secret_hash superseded_by',
  join_token: 'secret_hash',
  idempotent_response: 'idempotency_key request_hash',
  setting: 'name',
  lease: 'name holder',
  job: 'kind state cursor',
  job_failure: 'item code',
  removal: 'occasion state rule',
  removal_case: 'occasion state',
  activity: 'kind reason platform quarters',
  follower: 'name position',
  webhook: 'event_types secrets',
  webhook_delivery: 'type state last_problem',
  webhook_outbox: 'name position',
  audit_block: 'kind previous mac node digest detail entries seed salts',
  erasure: 'pseudonym progress',
  schema_migration: 'name checksum',
};

sealedStoreTest(
  'of every text of every table it is known how a person is taken out, or why nobody is in it',
  async (store) => {
    const known = new Set<string>();
    for (const { table, columns } of Object.values(personalPlaces))
      for (const column of Object.keys(columns)) known.add(`${table}.${column}`);
    for (const list of [elsewhere, writtenByPeople, namesNobody])
      for (const [table, columns] of Object.entries(list))
        for (const column of columns.split(/\s+/)) known.add(`${table}.${column}`);
    const texts = (await tableColumns(store)).filter(({ type }) => type === 'text');
    const all = texts.map(({ table, column }) => `${table}.${column}`);
    assert.deepEqual(
      all.filter((each) => !known.has(each) && !/\.id$|_id$/.test(each)),
      [],
      'say in personal-texts.ts how a person is taken out of it, or above why nobody is named in it',
    );
    assert.deepEqual(
      [...known].filter((each) => !all.includes(each)),
      [],
      'there is no such column',
    );
  },
);

const upn = 'jane.o\'doe+"x"@example.com';
const named = { userPrincipalName: upn, displayName: 'Ångström, Jane', givenName: 'Jane', surname: 'Ångström' };
/** Unique, and shared ones. */
const names = ["jane.o'doe", 'ångström', 'jane'];

sealedStoreTest(
  'whatever names a person in any text of any table is gone, and what is of others stays',
  async (store) => {
    const world = await furnish(store);
    await store.seal();
    const before = await wordsOf(store);
    for (const { table, columns } of Object.values(personalPlaces))
      for (const column of Object.keys(columns))
        assert.ok(before(table, column).includes("jane.o'doe"), `${table}.${column}`);

    const erasure = erasureOn(store);
    const { counts, stays } = await erasure.useCases.previewErasure(upn);
    assert.ok(
      Object.entries(counts).every(([place, count]) => count > 0 || place === 'erasures'),
      JSON.stringify(counts),
    );
    assert.deepEqual(stays.map(({ kind, name }) => [kind, name]).sort(), [
      ['device', `laptop of ${upn}`],
      ['group', 'Alice and Jane'],
    ]);
    await erasure.useCases.eraseUser({ user: upn, confirm: upn, cause: systemCause });

    const after = await wordsOf(store);
    for (const { table, column, type } of await tableColumns(store)) {
      if (type !== 'text' || writtenByPeople[table]?.split(/\s+/).includes(column)) continue;
      const text = after(table, column).replaceAll('jane roe', '');
      for (const name of names) assert.ok(!text.includes(name), `${table}.${column}: ${text}`);
    }
    assert.deepEqual((await store.verify()).findings, []);
    await world.othersAreUntouched();
  },
);

sealedStoreTest('a delivery that is made of an event while it is written anew names nobody either', async (store) => {
  const jane = aUser({ ...named, userName: null, emailAddress: null, onPremisesDistinguishedName: null });
  const ports = { ...store, clock: systemClock, secret: store.secret, transport: { refusal: async () => null } };
  const told = { name: 'all', url: 'https://hooks.example/', eventTypes: ['*'], enabled: true };
  await saveWebhook(ports, { ...told, id: null, version: null, secret: null, cause: systemCause });
  await store.transact(async () => {
    await store.users.save([jane]);
    await store.events.append([
      {
        type: 'directory.changed',
        cause: systemCause,
        subjects: [{ kind: 'user', id: jane.id, name: upn }],
        data: { displayName: jane.displayName },
      },
    ]);
  });
  const reading = Promise.withResolvers<void>();
  const slow = {
    ...ports,
    deliveries: {
      ...store.deliveries,
      insert: async (made: Parameters<typeof store.deliveries.insert>[0]) => {
        reading.resolve();
        await sleep(200);
        await store.deliveries.insert(made);
      },
    },
  };
  const handing = handOutEvents(slow, { webhooks: await store.webhooks.all(), limit: 250 });
  await reading.promise;
  const erasing = erasureOn(store).useCases.eraseUser({ user: upn, confirm: upn, cause: systemCause });
  await Promise.all([handing, erasing]);
  const bodies = await store.tamper('SELECT body FROM webhook_delivery');
  assert.ok(
    bodies.some(({ body }) => String(body).includes(jane.id)),
    'it was handed out',
  );
  for (const { body } of bodies)
    for (const name of names) assert.ok(!String(body).toLowerCase().includes(name), String(body));
});

/** Rows about a person with names that others may have too, a row with the unique one for each text of ours, and others. */
async function furnish(store: SealedStore) {
  const columns = await tableColumns(store);
  const none = { userName: null, emailAddress: null, onPremisesDistinguishedName: null };
  const jane = aUser({ ...none, ...named });
  const bob = aUser({ ...none, displayName: 'Jane Roe', givenName: null, surname: 'Roe' });
  const device = aDevice({ primaryUserId: jane.id, reported: { enrollmentProfileName: 'Jane' } });
  const bobs = aDevice({ primaryUserId: bob.id, deviceName: `laptop of ${upn}` });
  // She had it before him.
  const [ended, bobsOwn] = [ofUser(jane, bobs.id, false), ofUser(bob, bobs.id, true)];
  const shared = { ...ofUser(jane, bobs.id, true), userId: null };
  const theirs = aCertificate({ subjectText: 'CN=Jane Ångström', deploymentId: ended.id, generation: 1 });
  const bobsCertificate = aCertificate({ subjectText: 'CN=Jane Roe', deploymentId: bobsOwn.id, generation: 1 });
  await store.transact(async () => {
    await store.users.save([jane, bob]);
    await store.devices.save([device, bobs]);
    await store.deployments.save([ended, shared, bobsOwn]);
    for (const each of [theirs, bobsCertificate]) await store.certificates.insert(each);
  });
  const told = anId<string>();
  await store.transact(() =>
    store.events.append([
      {
        type: 'directory.changed',
        cause: { ...systemCause, actor: { kind: 'token', id: 't', name: upn } },
        subjects: [{ kind: 'user', id: jane.id, name: upn }],
        data: { displayName: 'Ångström, Jane' },
      },
    ]),
  );
  const [event] = await store.tamper('SELECT id FROM event ORDER BY id DESC LIMIT 1');
  for (const [id, userId] of [
    [theirs.id, jane.id],
    [bobsCertificate.id, bob.id],
  ])
    await store.tamper(`UPDATE certificate SET user_id = '${userId}', device_id = '${bobs.id}' WHERE id = '${id}'`);
  const later = { now: () => Date.now() + hour };
  const { certificateIndex, segmentSource, segmentColumns } = store;
  const deps = { ...store, clock: later, index: certificateIndex, source: segmentSource, columns: segmentColumns };
  await indexCertificates(deps, { store: store.kind, fence: async () => {}, segmentSize: 2 });
  for (const [place, { table, columns: own, only }] of Object.entries(personalPlaces)) {
    const given: Record<string, string | number> = {};
    for (const [column, kind] of Object.entries(own))
      given[column] =
        kind === 'text'
          ? `to ${upn}`
          : JSON.stringify(kind === 'lines' ? [['a', `to ${upn}`]] : { said: `to ${upn}, Jane` });
    if (table === 'certificate_text') given.position = 999_999;
    if (only !== undefined) given.wanted = place === 'wantedDeployments' ? 1 : 0;
    if (table === 'erasure') given.ended_at = 1;
    const id = `planted-${place}`;
    for (const column of ['id', 'certificate_id', 'delivery_ref', 'device_id'])
      if (columns.some((each) => each.table === table && each.column === column)) given[column] = id;
    await plantRow(store, columns, table, given);
  }
  // About her, by names alone that others have too.
  const delivery = { id: told, message_id: String(event?.id), body: '{"data":{"displayName":"Ångström, Jane"}}' };
  await plantRow(store, columns, 'webhook_delivery', delivery);
  await plantRow(store, columns, 'idempotent_response', { body: JSON.stringify({ name: upn }) });
  const waiting = { id: 'waits', deployment_id: ended.id, transaction_id: upn, state: 'waiting' };
  await plantRow(store, columns, 'pending_request', waiting);
  await plantRow(store, columns, 'directory_group', { name: 'Alice and Jane', description: upn });
  return {
    async othersAreUntouched() {
      assert.deepEqual(await store.deployments.get(bobsOwn.id), bobsOwn, 'for Bob, on a device that she had too');
      assert.deepEqual((await store.certificates.get(bobsCertificate.id))?.subjectText, 'CN=Jane Roe');
      assert.deepEqual(await store.users.get(bob.id), bob);
    },
  };
}

function ofUser({ id: userId, displayName }: User, deviceId: ReturnType<typeof aDevice>['id'], wanted: boolean) {
  const base = aDeployment({ deviceId, userId, wanted, state: wanted ? 'issued' : 'deleted' });
  const said = { ...(base.expectation as NonNullable<typeof base.expectation>), subjectText: `CN=${displayName}` };
  return {
    ...base,
    expectation: wanted ? base.expectation : said,
    issuedExpectation: said,
    withheld: { kind: 'resolved', expectation: said } as const,
    problem: { code: 'subject-differs', detail: `CN=${displayName}`, unresolved: [] },
  };
}

/** All that a column says, in small letters. */
async function wordsOf(store: SealedStore): Promise<(table: string, column: string) => string> {
  const said = new Map<string, string>();
  for (const { table, column, type } of await tableColumns(store))
    if (type === 'text') {
      const rows = await store.tamper(`SELECT ${column} AS text FROM ${table}`);
      said.set(
        `${table}.${column}`,
        rows
          .map(({ text }) => String(text ?? ''))
          .join('\n')
          .toLowerCase(),
      );
    }
  return (table, column) => said.get(`${table}.${column}`) ?? '';
}
