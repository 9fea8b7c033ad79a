import assert from 'node:assert/strict';
import { type GraphJson, scepExample, stems, trustedExample } from '../../test/support/graph-examples.ts';
import { makeGroup } from '../../test/support/make-facts.ts';
import { storeTest } from '../../test/support/stores.ts';
import { testRoot } from '../../test/support/test-root.ts';
import { systemCause } from '../events/event.ts';
import { pemBlocks } from '../formats/x509/pem.ts';
import { toBase64 } from '../lib/bytes.ts';
import { systemClock } from '../lib/clock.ts';
import { type ImportProfilesInput, importProfiles } from './import-profiles.ts';

type Store = Parameters<Parameters<typeof storeTest>[1]>[0];

const root = await testRoot();
const certificate = toBase64(pemBlocks(root.pem, 'CERTIFICATE')[0] ?? new Uint8Array());
const ownScepAddress = 'https://pki.example.org/scep';

function importer(stores: Store) {
  const deps = {
    ...stores,
    clock: systemClock,
    issuers: { describe: async () => root.issuer, ownRoot: async () => null },
    ownScepAddress,
  };
  const run = (graph: unknown, changes: Partial<ImportProfilesInput> = {}) =>
    importProfiles(deps, {
      graph,
      windows81: false,
      roots: [],
      groups: [],
      filters: [],
      mode: 'apply',
      permit: () => {},
      cause: systemCause,
      ...changes,
    });
  const slugs = async () => (await stores.profiles.all()).map(({ slug }) => slug as string).sort();
  return { run, slugs };
}

const actions = ({ items }: Awaited<ReturnType<typeof importProfiles>>) => items.map(({ action }) => action);
const both = (stem: (typeof stems)[number], changes: GraphJson = {}) => [
  trustedExample(stem, certificate),
  scepExample(stem, changes),
];

storeTest('profiles of every type, with a plan before and nothing to do after', async (stores) => {
  const { run, slugs } = importer(stores);
  const value = stems.flatMap((stem) => both(stem));
  const planned = await run({ value }, { mode: 'plan' });
  assert.equal(planned.outcome, 'planned', JSON.stringify(planned.items.flatMap(({ findings }) => findings)));
  assert.deepEqual(await slugs(), []);
  const done = await run({ value });
  assert.equal(done.outcome, 'applied', JSON.stringify(done.items));
  assert.deepEqual(new Set(actions(done)), new Set(['create']));
  assert.equal((await slugs()).length, value.length);
  assert.deepEqual(new Set(actions(await run({ value }))), new Set(['unchanged']));
});

storeTest('one mistake keeps all of them out, wherever it is found', async (stores) => {
  const { run, slugs } = importer(stores);
  for (const wrong of [{ keySize: 'size7' }, { subjectNameFormatString: 'CN={{Nonsense}}' }]) {
    const refused = await run([...both('ios'), scepExample('ios', { displayName: 'Bad', ...wrong })]);
    assert.equal(refused.outcome, 'refused');
    assert.deepEqual(await slugs(), []);
  }
});

storeTest('who may not do it does nothing', async (stores) => {
  const { run, slugs } = importer(stores);
  const permit = () => {
    throw new Error('not you');
  };
  await assert.rejects(run(both('ios'), { permit }), /not you/);
  assert.deepEqual(await slugs(), []);
});

storeTest('groups are found by their ids here; what cannot be carried over is listed apart', async (stores) => {
  const { run } = importer(stores);
  const group = makeGroup({ name: 'Sales' });
  await stores.transact(() => stores.groups.save([group]));
  const target = (groupId: string) => ({
    target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId },
  });
  const assignments = [target(group.id.toUpperCase()), target('11111111-1111-4111-8111-111111111111')];
  const { outcome, items, notCarriedOver, findings } = await run(both('ios', { assignments }));
  assert.equal(outcome, 'applied');
  assert.deepEqual(items[1]?.assignments?.added, [{ include: { group: 'Sales' } }]);
  const lost = notCarriedOver.filter(({ severity }) => severity !== 'information').map(({ path }) => path);
  assert.deepEqual(lost, ['1.assignments.1.target.groupId']);
  assert.ok(findings.every((finding) => !notCarriedOver.includes(finding)));
});
