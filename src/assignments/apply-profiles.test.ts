import assert from 'node:assert/strict';
import { makeGroup } from '../../test/support/make-facts.ts';
import { storeTest } from '../../test/support/stores.ts';
import { testRoot } from '../../test/support/test-root.ts';
import { systemCause } from '../events/event.ts';
import { systemClock } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { type ApplyProfilesInput, applyProfiles } from './apply-profiles.ts';

type Store = Parameters<Parameters<typeof storeTest>[1]>[0];

const root = await testRoot();

const trusted = (slug: string, changes: object = {}) => ({
  kind: 'trustedCertificate',
  name: slug,
  slug,
  platform: 'linux',
  settings: { certificate: root.pem },
  assignments: [{ include: 'allDevices' }],
  ...changes,
});

const scep = (slug: string, rootCertificate: string, changes: object = {}) => ({
  kind: 'scep',
  name: slug,
  slug,
  platform: 'linux',
  settings: {
    certificateType: 'device',
    subjectNameFormat: 'CN={{DeviceName}}',
    rootCertificate,
    extendedKeyUsages: ['Client Authentication'],
  },
  assignments: [{ include: { group: 'Sales' } }],
  ...changes,
});

async function world(stores: Store) {
  const marked = { all: 0, devices: 0 };
  const dirtyQueue = {
    ...stores.dirtyQueue,
    mark: async (ids: readonly unknown[]) => {
      marked.devices += ids.length;
    },
    markAll: async () => {
      marked.all++;
    },
  };
  const deps = {
    ...stores,
    dirtyQueue,
    clock: systemClock,
    issuers: { describe: async () => root.issuer, ownRoot: async () => null },
  };
  await stores.transact(() => stores.groups.save([makeGroup({ name: 'Sales' })]));
  const run = (documents: readonly unknown[], rest: Partial<ApplyProfilesInput> = {}) =>
    applyProfiles(deps, {
      documents: documents.map((document) => ({ document })),
      prune: null,
      mode: 'apply',
      cause: systemCause,
      ...rest,
    });
  const slugs = async () => (await stores.profiles.all()).map(({ slug }) => slug as string).sort();
  const events = async () =>
    (await stores.events.list({ subject: null, types: null }, { limit: 200, cursor: null })).items;
  return { marked, run, slugs, events };
}

const actions = ({ items }: Awaited<ReturnType<typeof applyProfiles>>) => items.map(({ action }) => action);
const rules = ({ items }: Awaited<ReturnType<typeof applyProfiles>>) =>
  items.map(({ findings }) => findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule));

storeTest('documents that refer to each other, in any order; once more changes nothing', async (stores) => {
  const { run, marked, slugs, events } = await world(stores);
  const documents = [scep('wifi', 'root'), trusted('root')];
  const first = await run(documents);
  assert.equal(first.outcome, 'applied');
  assert.deepEqual(actions(first), ['create', 'create']);
  assert.deepEqual(first.items[0]?.assignments, { added: [{ include: { group: 'Sales' } }], removed: [] });
  assert.deepEqual(await slugs(), ['root', 'wifi']);
  // All in one: each device is marked once.
  assert.equal(marked.all, 1);
  const before = (await events()).length;
  const second = await run(documents);
  assert.deepEqual(actions(second), ['unchanged', 'unchanged']);
  assert.equal((await events()).length, before);
  assert.equal(marked.all, 1);
});

storeTest('an error in one document keeps all of them out, and says why for each', async (stores) => {
  const { run, slugs, events, marked } = await world(stores);
  const result = await run([
    trusted('good'),
    trusted('bad', { settings: { certificate: 'nonsense' } }),
    scep('wifi', 'good'),
    scep('vpn', 'bad'),
    scep('mail', 'good', { assignments: [{ include: { group: 'Nobody' } }, { exclude: 'allUsers' }] }),
    'no document',
  ]);
  assert.equal(result.outcome, 'refused');
  assert.deepEqual(actions(result), ['create', 'refused', 'create', 'refused', 'refused', 'refused']);
  assert.deepEqual(rules(result), [[], ['T1'], [], ['V16'], ['target-not-found'], ['wrong-type']]);
  assert.match(result.items[3]?.findings[0]?.detail ?? '', /errors of its own/);
  assert.equal(result.items[4]?.findings[0]?.path, 'assignments.0.include.group');
  assert.deepEqual([await slugs(), await events(), marked], [[], [], { all: 0, devices: 0 }]);
});

storeTest('one profile twice, and a name that several have', async (stores) => {
  const { run } = await world(stores);
  const twin = { ...trusted('x'), slug: undefined };
  const twice = await run([trusted('root'), trusted('root'), twin, twin]);
  assert.deepEqual(rules(twice), [[], ['profile-twice'], [], ['profile-twice']]);
  await run([trusted('a', { name: 'x' }), trusted('b', { name: 'x' })]);
  const unclear = await run([twin]);
  assert.deepEqual(rules(unclear), [['ambiguous-name']]);
  assert.match(unclear.items[0]?.findings[0]?.fix ?? '', /a, b/);
});

storeTest('a plan is what would be done, and leaves everything as it is', async (stores) => {
  const { run, events, marked } = await world(stores);
  await run([trusted('root'), scep('wifi', 'root')]);
  const before = [(await events()).length, marked.all, marked.devices];
  const edited = scep('wifi', 'root', { description: 'new', assignments: [{ exclude: 'allUsers' }] });
  const bigger = {
    ...edited,
    settings: { ...edited.settings, renewalThreshold: 30, subjectNameFormat: 'CN={{DeviceId}}' },
  };
  const plan = await run([bigger, trusted('other')], { mode: 'plan' });
  assert.equal(plan.outcome, 'planned');
  assert.deepEqual(actions(plan), ['change', 'create']);
  const [item] = plan.items;
  assert.deepEqual(
    item?.changes.map(({ path, before, after, effect }) => [path, before, after, effect]),
    [
      ['description', '', 'new', 'none'],
      ['settings.renewalThreshold', 20, 30, 'redeliver'],
      ['settings.subjectNameFormat', 'CN={{DeviceName}}', 'CN={{DeviceId}}', 'reissue'],
    ],
  );
  assert.deepEqual(item?.assignments, { added: [{ exclude: 'allUsers' }], removed: [{ include: { group: 'Sales' } }] });
  assert.equal(item?.version, 1);
  assert.deepEqual([(await events()).length, marked.all, marked.devices], before);
  assert.equal((await stores.profiles.findBySlug('wifi'))?.version, 1);
  assert.equal(await stores.profiles.findBySlug('other'), null);
});

storeTest('what was planned is done only while it holds', async (stores) => {
  const { run } = await world(stores);
  await run([trusted('root'), scep('wifi', 'root')]);
  const document = scep('wifi', 'root', { description: 'mine' });
  const planned = async () => {
    const [item] = (await run([document], { mode: 'plan' })).items;
    assert.ok(item);
    const { version, assignments } = item;
    return { documents: [{ document, planned: { version, assignments } }] };
  };
  const outdated = (error: unknown) => isFailure(error, 'plan-outdated') && error.message.includes('wifi');

  const first = await planned();
  await run([scep('wifi', 'root', { description: 'theirs' })]);
  await assert.rejects(run([], first), outdated);
  assert.equal((await stores.profiles.findBySlug('wifi'))?.description, 'theirs');

  const second = await planned();
  await run([scep('wifi', 'root', { description: 'theirs', assignments: [{ include: 'allUsers' }] })]);
  await assert.rejects(run([], second), outdated);

  const third = await planned();
  assert.equal((await run([], third)).outcome, 'applied');
  assert.equal((await stores.profiles.findBySlug('wifi'))?.description, 'mine');
  await assert.rejects(run([], third), outdated);

  const fresh = scep('new', 'root');
  await run([fresh]);
  await assert.rejects(
    run([], { documents: [{ document: fresh, planned: { version: null, assignments: null } }] }),
    /there/,
  );
});

storeTest('pruning deletes what no document means, and nothing that something else needs', async (stores) => {
  const { run, slugs } = await world(stores);
  await run([trusted('root'), trusted('old-root'), scep('wifi', 'root'), scep('old', 'old-root')]);
  const kept = [trusted('root'), scep('wifi', 'root')];
  const plan = await run(kept, { mode: 'plan', prune: {} });
  assert.deepEqual(
    plan.removals.map(({ slug }) => slug),
    ['old', 'old-root'],
  );
  assert.equal((await slugs()).length, 4);
  const needed = await run([trusted('root'), scep('wifi', 'root'), scep('old', 'old-root')], { prune: {} });
  assert.equal(needed.outcome, 'refused');
  assert.match(needed.removals[0]?.findings[0]?.detail ?? '', /: old\./);
  await assert.rejects(run(kept, { prune: { planned: [{ slug: 'old', version: 1 }] } }), (error) =>
    isFailure(error, 'plan-outdated'),
  );
  const planned = plan.removals.map(({ slug, version }) => ({ slug, version }));
  assert.equal((await run(kept, { prune: { planned } })).outcome, 'applied');
  assert.deepEqual(await slugs(), ['root', 'wifi']);
});

storeTest('a document that says nothing of assignments leaves them', async (stores) => {
  const { run } = await world(stores);
  await run([trusted('root')]);
  const { assignments: _, ...silent } = trusted('root');
  const result = await run([silent]);
  assert.deepEqual(actions(result), ['unchanged']);
  assert.equal(result.items[0]?.assignments, null);
  const profile = await stores.profiles.findBySlug('root');
  assert.ok(profile);
  assert.equal((await stores.assignments.byProfile(profile.id)).length, 1);
});

const filter = (name: string, changes: object = {}) => ({
  kind: 'filter',
  name,
  platform: 'linux',
  rule: '(device.deviceName -startsWith "A")',
  ...changes,
});
const filtered = (name: string) => ({ assignments: [{ include: 'allDevices', filter: { include: name } }] });

storeTest('filters come with the profiles that use them, in any order; once more changes nothing', async (stores) => {
  const { run, events } = await world(stores);
  const documents = [scep('wifi', 'root', filtered('ours')), filter('Ours'), trusted('root')];
  const first = await run(documents);
  assert.deepEqual(
    [first.outcome, ...actions(first)],
    ['applied', 'create', 'create', 'create'],
    JSON.stringify(rules(first)),
  );
  assert.deepEqual(first.items[1], {
    ...{ id: null, slug: null, name: 'Ours', kind: 'filter', platform: 'linux', action: 'create', version: null },
    ...{ changes: [], assignments: null, findings: [] },
  });
  const stored = await stores.filters.findByName('OURS');
  const assignments = await stores.assignments.all();
  assert.ok(assignments.some((each) => each.filter?.filterId === stored?.id));
  const before = (await events()).length;
  assert.deepEqual(actions(await run(documents)), ['unchanged', 'unchanged', 'unchanged']);
  assert.equal((await events()).length, before);
  const changed = await run([filter('ours', { rule: '(device.deviceName -startsWith "B")', scopeTags: ['Default'] })]);
  assert.deepEqual(
    changed.items.map(({ action, version, changes }) => [action, version, changes.map(({ path }) => path)]),
    [['change', 1, ['name', 'rule']]],
  );
  assert.equal((await stores.filters.findByName('ours'))?.version, 2);
});

storeTest('a plan with filters leaves everything as it is, and its world has them', async (stores) => {
  const { run } = await world(stores);
  const documents = [trusted('root'), scep('wifi', 'root', filtered('Ours')), filter('Ours')];
  const plan = await run(documents, { mode: 'plan' });
  assert.equal(plan.outcome, 'planned');
  assert.deepEqual(
    plan.world?.filters?.map(({ name }) => name),
    ['Ours'],
  );
  assert.deepEqual(await stores.filters.all(), []);
  const [wanted] = plan.world?.assignments.filter((each) => each.filter !== null) ?? [];
  assert.equal(wanted?.filter?.filterId, plan.world?.filters?.[0]?.id);
});

storeTest('a filter with an error keeps everything out, and is told at its document', async (stores) => {
  const { run, slugs } = await world(stores);
  await run([filter('Theirs', { platform: 'ios', rule: '(device.model -eq "x")' })]);
  for (const [document, rule] of [
    [filter('Ours', { rule: '(device.nothing -eq "x")' }), 'filter-unknown-property'],
    [filter('Theirs'), 'filter-platform-changed'],
    [filter('Ours', { slug: 'ours' }), 'unknown-field'],
  ] as const) {
    const refused = await run([trusted('root'), document]);
    assert.equal(refused.outcome, 'refused');
    assert.deepEqual(rules(refused), [[], [rule]]);
  }
  const twice = await run([filter('Ours'), trusted('root'), filter('OURS')]);
  assert.deepEqual(rules(twice), [[], [], ['filter-twice']]);
  const missing = await run([trusted('root'), scep('wifi', 'root', filtered('Nobody’s'))]);
  assert.equal(missing.outcome, 'refused');
  assert.deepEqual(await slugs(), []);
  assert.deepEqual(
    (await stores.filters.all()).map(({ name }) => name),
    ['Theirs'],
  );
});

storeTest('what was planned of a filter is what is done, or nothing is', async (stores) => {
  const { run } = await world(stores);
  await run([filter('Ours')]);
  const document = filter('Ours', { description: 'new' });
  const planned = { version: 1, assignments: null };
  await run([filter('Ours', { description: 'theirs' })]);
  await assert.rejects(run([], { documents: [{ document, planned }] }), (error) => isFailure(error, 'plan-outdated'));
  assert.equal((await stores.filters.findByName('Ours'))?.description, 'theirs');
});
