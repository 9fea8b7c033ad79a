import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCertificate } from '../../test/support/make-certificate.ts';
import { openTestStores } from '../../test/support/stores.ts';
import { systemCause } from '../events/event.ts';
import { toPem } from '../formats/x509/pem.ts';
import { toBase64 } from '../lib/bytes.ts';
import { type Clock, day } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { deleteProfile } from './delete-profile.ts';
import type { IssuerDescription } from './issuer-facts.ts';
import { profileDocument } from './profile-document.ts';
import type { ProfileId } from './profile-id.ts';
import { restoreProfile } from './restore-profile.ts';
import { reviewProfile } from './review-profile.ts';
import { type SaveProfileDeps, saveProfile } from './save-profile.ts';

const start = Date.UTC(2026, 5, 1);

const certificate = (given: Parameters<typeof makeCertificate>[1] = {}) => makeCertificate(start, given);

const root = certificate();

const issuer: IssuerDescription = {
  template: {
    name: 'default',
    maximumValidity: 800,
    profileMaySetValidity: true,
    keySizes: [2048],
    hashAlgorithms: ['sha2'],
    keyUsages: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsages: null,
  },
  issuerNotAfter: start + 3650 * day,
  chain: [root],
};

async function world() {
  let now = start;
  const clock: Clock = { now: () => now++, monotonic: () => now };
  const stores = await openTestStores({ clock });
  const { transact, profiles, profileHistory, events } = stores;
  const marks = { all: 0 };
  const dirtyQueue = {
    ...stores.dirtyQueue,
    markAll: () => {
      marks.all++;
      return stores.dirtyQueue.markAll();
    },
  };
  const deps: SaveProfileDeps = {
    transact,
    profiles,
    profileHistory,
    dirtyQueue,
    events,
    clock,
    issuers: { describe: async () => issuer, ownRoot: async () => root },
  };
  const save = (document: unknown, id: ProfileId | null = null, version: number | null = null) =>
    saveProfile(deps, { id, version, document, cause: systemCause });
  const saved = async (...args: Parameters<typeof save>) => {
    const result = await save(...args);
    if (result.kind !== 'saved') assert.fail(JSON.stringify(result.findings));
    return result;
  };
  return { deps, stores, marks, save, saved, [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose]() };
}

const trusted = {
  kind: 'trustedCertificate',
  name: 'Alder & Finch Root',
  platform: 'linux',
  settings: { certificate: toPem('CERTIFICATE', root) },
};

const scep = {
  kind: 'scep',
  name: 'Wi-Fi (Büro)',
  platform: 'linux',
  settings: {
    subjectNameFormat: 'CN={{UserPrincipalName}}',
    subjectAlternativeNames: ['upn'],
    rootCertificate: 'alder & finch root',
    extendedKeyUsages: ['Client Authentication'],
  },
};

test('a profile is created with a slug of its name, an event, and its root found by name', async () => {
  await using it = await world();
  const ca = await it.saved(trusted);
  const first = await it.saved(scep);
  const second = await it.saved(scep);
  assert.deepEqual(
    [ca.profile.slug, first.profile.slug, second.profile.slug],
    ['alder-finch-root', 'wi-fi-buro', 'wi-fi-buro-2'],
  );
  assert.ok(first.profile.kind === 'scep');
  assert.equal(first.profile.settings.rootCertificate, ca.profile.id);
  assert.deepEqual(await it.stores.profiles.get(first.profile.id), first.profile);
  const events = await it.stores.events.list(
    { subject: { kind: 'profile', id: first.profile.id }, types: null },
    { limit: 9, cursor: null },
  );
  assert.deepEqual(
    events.items.map(({ type }) => type),
    ['profile.saved'],
  );
});

test('the version grows with every change, the content version only when certificates must change; settings mark devices', async () => {
  await using it = await world();
  await it.saved(trusted);
  const { profile } = await it.saved(scep);
  const next = async (document: object) => {
    const before = it.marks.all;
    const { profile: now, outcome } = await it.saved({ ...scep, ...document }, profile.id);
    return [outcome, now.version, now.contentVersion, now.deliveryVersion, it.marks.all - before];
  };
  assert.deepEqual(await next({}), ['unchanged', 1, 1, 1, 0]);
  assert.deepEqual(await next({ name: 'Wi-Fi', description: 'x', scopeTags: ['a'] }), ['changed', 2, 1, 1, 0]);
  assert.deepEqual(await next({ settings: { ...scep.settings, renewalThreshold: 30 } }), ['changed', 3, 1, 2, 1]);
  assert.deepEqual(await next({ settings: { ...scep.settings, keyUsage: 'digitalSignature' } }), [
    'changed',
    4,
    2,
    3,
    1,
  ]);
  assert.equal((await it.stores.profiles.get(profile.id))?.slug, 'wi-fi-buro');
});

test('If-Match, identity and slugs are held', async () => {
  await using it = await world();
  await it.saved(trusted);
  const { profile } = await it.saved({ ...scep, slug: 'wifi' });
  await assert.rejects(it.save(scep, profile.id, 7), (error) => isFailure(error, 'profile-version'));
  await assert.rejects(it.save(scep, 'x' as ProfileId), (error) => isFailure(error, 'profile-not-found'));
  await assert.rejects(it.save({ ...scep, slug: 'wifi' }), (error) => isFailure(error, 'slug-taken'));
  const other = await it.save({ ...scep, slug: 'else' }, profile.id);
  assert.deepEqual(
    other.findings.map(({ rule, path }) => [rule, path]),
    [['identity', 'slug']],
  );
  await it.saved({ ...trusted, name: 'Alder & Finch Root', platform: 'ios' });
  const moved = await it.save({ ...scep, slug: 'wifi', platform: 'ios' }, profile.id);
  assert.equal(moved.kind, 'refused');
});

test('a rule that finds an error keeps the profile out, and nothing is written', async () => {
  await using it = await world();
  await it.saved({
    ...trusted,
    settings: { certificate: toBase64(certificate({ name: 'Other root' })) },
    name: 'Other',
  });
  const result = await it.save({ ...scep, settings: { ...scep.settings, rootCertificate: 'other', keySize: 1024 } });
  assert.ok(result.kind === 'refused');
  assert.deepEqual(
    result.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule),
    ['A2', 'V16'],
  );
  assert.equal((await it.stores.profiles.all()).length, 1);
});

test('an exported profile saves as unchanged', async () => {
  await using it = await world();
  const ca = await it.saved(trusted);
  const { profile } = await it.saved({
    ...scep,
    server: { approval: 'manual' },
    assignments: [{ include: 'allUsers' }],
  });
  for (const [stored, rootSlug] of [
    [ca.profile, null],
    [profile, ca.profile.slug],
  ] as const) {
    const document = JSON.parse(JSON.stringify(profileDocument(stored, { rootSlug, assignments: null })));
    assert.equal((await it.saved(document, stored.id)).outcome, 'unchanged');
  }
});

test('deleting: not while a SCEP profile rests on it', async () => {
  await using it = await world();
  const ca = await it.saved(trusted);
  const { profile } = await it.saved(scep);
  const remove = (id: ProfileId, version: number | null = null) =>
    deleteProfile(it.deps, { id, version, cause: systemCause });
  await assert.rejects(remove(ca.profile.id), (error) => isFailure(error, 'profile-in-use'));
  await assert.rejects(remove(profile.id, 2), (error) => isFailure(error, 'profile-version'));
  await remove(profile.id, 1);
  await remove(ca.profile.id);
  await assert.rejects(remove(ca.profile.id), (error) => isFailure(error, 'profile-not-found'));
  assert.deepEqual(await it.stores.profiles.all(), []);
});

test('every save is a version with its author, time and difference; the history outlives the profile', async () => {
  await using it = await world();
  await it.saved(trusted);
  const { profile } = await it.saved(scep);
  await it.saved({ ...scep, settings: { ...scep.settings, renewalThreshold: 30 } }, profile.id);
  await it.saved({ ...scep, settings: { ...scep.settings, renewalThreshold: 30 } }, profile.id);
  await deleteProfile(it.deps, { id: profile.id, version: null, cause: systemCause });
  const { profileHistory } = it.stores;
  const { items } = await profileHistory.list({ profileId: profile.id, kind: null }, { limit: 9, cursor: null });
  assert.deepEqual(
    items.map(({ kind, version, changes, cause }) => [kind, version, changes, cause]),
    [
      ['deleted', 2, [], systemCause],
      ['saved', 2, [{ path: 'settings.renewalThreshold', before: 20, after: 30, effect: 'redeliver' }], systemCause],
      ['saved', 1, [], systemCause],
    ],
  );
  assert.ok(items.every(({ at }, i) => i === 0 || at < (items[i - 1]?.at ?? 0)));
  assert.deepEqual(await profileHistory.version(profile.id, 1), profile);
});

test('an earlier version comes back as a new one, unless it breaks a rule by now', async () => {
  await using it = await world();
  const ca = await it.saved(trusted);
  const other = await it.saved({ ...trusted, name: 'Other', slug: 'other' });
  const { profile } = await it.saved({ ...scep, settings: { ...scep.settings, rootCertificate: 'other' } });
  await it.saved({ ...scep, settings: { ...scep.settings, rootCertificate: ca.profile.slug } }, profile.id);
  const restore = (to: number, version: number | null = null) =>
    restoreProfile(
      { ...it.stores, saveProfile: (input) => saveProfile(it.deps, input) },
      { id: profile.id, version, to, cause: systemCause },
    );
  await assert.rejects(restore(9), (error) => isFailure(error, 'profile-version-not-found'));
  await assert.rejects(restore(1, 1), (error) => isFailure(error, 'profile-version'));
  const restored = await restore(1, 2);
  assert.ok(restored.kind === 'saved');
  assert.deepEqual(restored.profile.settings, profile.settings);
  assert.deepEqual([restored.profile.version, restored.profile.contentVersion], [3, 3]);
  const { items } = await it.stores.profileHistory.list(
    { profileId: profile.id, kind: 'saved' },
    { limit: 1, cursor: null },
  );
  assert.equal(items[0]?.restoredFrom, 1);
  await restore(2, 3);
  await deleteProfile(it.deps, { id: other.profile.id, version: null, cause: systemCause });
  const refused = await restore(1, 4);
  assert.ok(refused.kind === 'refused');
  assert.deepEqual(
    refused.findings.filter(({ severity }) => severity === 'error').map(({ rule, path }) => [rule, path]),
    [['V16', 'settings.rootCertificate']],
  );
  assert.equal((await it.stores.profiles.get(profile.id))?.version, 4);
});

const pem = toPem('CERTIFICATE', root);

test('PEM and base64 of DER are the same certificate; the store is Windows’ alone', async () => {
  await using it = await world();
  const a = await it.saved(trusted);
  const b = await it.saved({ ...trusted, platform: 'windows10', settings: { certificate: toBase64(root) } });
  assert.ok(a.profile.kind === 'trustedCertificate' && b.profile.kind === 'trustedCertificate');
  assert.equal(a.profile.settings.certificate, b.profile.settings.certificate);
  assert.equal(b.profile.settings.destinationStore, 'computerRoot');
  const wrong = await it.save({ ...trusted, settings: { certificate: pem, destinationStore: 'computerRoot' } });
  assert.deepEqual(
    wrong.findings.map(({ rule }) => rule),
    ['not-on-this-platform'],
  );
});

test('ownRoot is the root of this server; what is stored is the certificate', async () => {
  await using it = await world();
  const own = { ...trusted, name: 'Own', settings: { certificate: 'ownRoot' } };
  const { profile } = await it.saved(own);
  assert.ok(profile.kind === 'trustedCertificate');
  assert.equal(profile.settings.certificate, toBase64(root));
  assert.equal((await it.saved({ ...own }, profile.id)).outcome, 'unchanged');
  const review = await reviewProfile({ ...it.deps }, { document: own });
  assert.deepEqual(review.findings, []);
  const without = { ...it.deps.issuers, ownRoot: async () => null };
  const { findings } = await reviewProfile({ ...it.deps, issuers: without }, { document: own });
  assert.deepEqual(
    findings.map(({ rule, path }) => [rule, path]),
    [['T1', 'settings.certificate']],
  );
});
