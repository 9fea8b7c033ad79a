import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type GraphJson,
  rootIdOf,
  type Stem,
  scepExample,
  stems,
  trustedExample,
} from '../../../test/support/graph-examples.ts';
import { makeCertificate } from '../../../test/support/make-certificate.ts';
import { toBase64 } from '../../lib/bytes.ts';
import { windowsEditions } from '../applicability-rules.ts';
import { findTrustedProfileAmong } from '../find-trusted-profile.ts';
import { firstProfile } from '../next-profile.ts';
import { parseProfile } from '../parse-profile.ts';
import type { Profile } from '../profile.ts';
import type { ProfileId, ProfileSlug } from '../profile-id.ts';
import { exportGraph } from './export-graph.ts';
import type { GraphImportOptions } from './graph-import.ts';
import { importGraph } from './import-graph.ts';

const now = Date.UTC(2026, 5, 1);
const ownScepAddress = 'https://pki.example.org/scep/own';
const certificate = toBase64(makeCertificate(now, { name: 'Example Root' }));

/** Graph's objects, stored here with Graph's ids, versions and dates, so that what was lost on the way shows. */
function store(objects: readonly GraphJson[], changes: Partial<GraphImportOptions> = {}): Profile[] {
  const { profiles, findings } = importGraph(objects, { windows81: false, roots: [], known: null, ...changes });
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== 'information'),
    [],
  );
  const stored: Profile[] = [];
  for (const { document, path, slug } of profiles) {
    const read = parseProfile(document, { now, findTrustedProfile: findTrustedProfileAmong(stored) });
    assert.ok(read.draft, JSON.stringify(read.findings));
    assert.deepEqual(
      read.findings.filter(({ severity }) => severity === 'error'),
      [],
    );
    const { id, version } = objects[Number(path)] as { id: string; version: number };
    const profile = firstProfile(read.draft, { id: id as ProfileId, slug: slug as ProfileSlug, now });
    const [createdAt, updatedAt] = ['2026-01-10T08:00:00Z', '2026-02-01T09:30:00Z'].map((at) => Date.parse(at));
    stored.push({ ...profile, version, createdAt: createdAt ?? 0, updatedAt: updatedAt ?? 0 });
  }
  return stored;
}

function write(stored: readonly Profile[], rootAs: 'bind' | 'expand' = 'bind') {
  return stored.map((profile) => {
    const root = stored.find(({ kind }) => kind === 'trustedCertificate') ?? null;
    return exportGraph(profile, { root, rootAs, assignments: null, ownScepAddress });
  });
}

const writtenAs: Readonly<Partial<Record<string, Stem>>> = { androidForWork: 'androidWorkProfile' };

describe('what Graph says is written again as it was read', () => {
  for (const stem of [...stems, 'androidForWork'] as const)
    test(`${stem}: trusted certificate and SCEP`, () => {
      const own = writtenAs[stem] ?? (stem as Stem);
      const objects = [trustedExample(own, certificate), scepExample(own)];
      const given = objects.map((each) => ({ ...each, '@odata.type': String(each['@odata.type']).replace(own, stem) }));
      const written = write(store(given));
      assert.deepEqual(
        written.map(({ object }) => object),
        objects,
      );
      assert.deepEqual(
        written.flatMap(({ findings }) => findings),
        [],
      );
    });

  test('whatever is configured, for every type', () => {
    for (const stem of stems)
      fc.assert(
        fc.property(anyScep(stem), anyTrusted(stem), (scep, trusted) => {
          // fast-check makes objects without a prototype.
          const objects = structuredClone([
            { ...trustedExample(stem, certificate), ...trusted },
            scepExample(stem, scep),
          ]);
          assert.deepEqual(
            write(store(objects)).map(({ object }) => object),
            objects,
          );
        }),
        { numRuns: 60 },
      );
  });

  test('with the root inside, what is written is read again to the same', () => {
    const stored = store([trustedExample('ios', certificate), scepExample('ios')]);
    const [, inside] = write(stored, 'expand').map(({ object }) => object);
    assert.ok(inside?.rootCertificate !== undefined && inside['rootCertificate@odata.bind'] === undefined);
    const again = importGraph(inside, { windows81: false, roots: [], known: null });
    const settings = (profiles: readonly { document: GraphJson }[]) =>
      profiles.map(({ document }) => document.settings);
    const before = importGraph(
      write(stored).map(({ object }) => object),
      { windows81: false, roots: [], known: null },
    );
    assert.deepEqual(settings(again.profiles), settings(before.profiles));
  });
});

const text = (from: fc.Arbitrary<string>) => from.map((value) => value.trim()).filter((value) => value !== '');
const oids = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0', '1.3.6.1.4.1.311.20.2.2', '1.2.3.4'];
const listOf = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });

/** Every setting that Graph can say for the type, as it says it. */
function anyScep(stem: Stem): fc.Arbitrary<GraphJson> {
  const legacy = stem === 'android';
  const period = fc.record({
    value: fc.integer({ min: 1, max: 36_500 }),
    scale: fc.constantFrom('days', 'months', 'years'),
  });
  const san = fc.record({
    sanType: fc.constantFrom('emailAddress', 'userPrincipalName', 'domainNameService', 'universalResourceIdentifier'),
    name: fc.string(),
  });
  const access = fc.oneof(
    fc.constant({ certificateAccessType: 'userApproval', silentCertificateAccessDetails: [] }),
    fc.array(fc.record({ packageId: fc.string() }), { minLength: 1, maxLength: 3 }).map((apps) => ({
      certificateAccessType: 'specificApps',
      silentCertificateAccessDetails: apps,
    })),
  );
  const subject = fc.string().map((value) => ({ subjectNameFormat: 'custom', subjectNameFormatString: `CN=${value}` }));
  return fc
    .record({
      displayName: text(fc.string()),
      description: fc.option(text(fc.string())),
      renewalThresholdPercentage: fc.integer({ min: 1, max: 99 }),
      period: fc.option(period),
      extendedKeyUsages: fc.uniqueArray(
        fc.record({ name: text(fc.string()), objectIdentifier: fc.constantFrom(...oids) }),
        {
          maxLength: 3,
          selector: ({ objectIdentifier }) => objectIdentifier,
        },
      ),
      keyUsage: fc.constantFrom('keyEncipherment', 'digitalSignature', 'keyEncipherment,digitalSignature'),
      keySize: fc.constantFrom('size1024', 'size2048', 'size4096'),
      scepServerUrls: fc.array(fc.webUrl(), { minLength: 1, maxLength: 3 }),
      hashAlgorithm: fc.constantFrom('sha1', 'sha2', 'sha1,sha2'),
      certificateStore: fc.constantFrom('user', 'machine'),
      rows: listOf(san),
      subject,
      choice: fc.constantFrom(
        'commonName',
        'commonNameAsEmail',
        'commonNameAsIMEI',
        'commonNameAsAadDeviceId',
        'custom',
      ),
      flags: fc.constantFrom(null, 'emailAddress', 'userPrincipalName', 'emailAddress,userPrincipalName'),
      keyStorageProvider: fc.constantFrom(
        'useTpmKspOtherwiseFail',
        'usePassportForWorkKspOtherwiseFail',
        'useSoftwareKsp',
      ),
      deploymentChannel: fc.constantFrom('deviceChannel', 'userChannel'),
      access,
      rules: anyRules(),
    })
    .map(({ period, rows, subject, choice, flags, access, rules, ...common }) => {
      const { hashAlgorithm, certificateStore, keyStorageProvider, deploymentChannel, ...every } = common;
      return {
        ...every,
        certificateValidityPeriodValue: period?.value ?? null,
        certificateValidityPeriodScale: period?.scale ?? null,
        ...(legacy && choice !== 'custom' ? { subjectNameFormat: choice, subjectNameFormatString: null } : subject),
        ...(legacy ? { subjectAlternativeNameType: flags } : { customSubjectAlternativeNames: rows, certificateStore }),
        ...(stem !== 'ios' && stem !== 'macOS' && { hashAlgorithm }),
        ...(stem === 'windows81' && { keyStorageProvider, ...rules }),
        ...(stem === 'macOS' && { deploymentChannel }),
        ...(stem === 'androidDeviceOwner' && access),
      };
    });
}

function anyRules(): fc.Arbitrary<GraphJson> {
  const type = 'microsoft.graph.deviceManagementApplicabilityRule';
  const ruleType = fc.constantFrom('include', 'exclude');
  const edition = fc.record({ ruleType, osEditionTypes: fc.subarray([...windowsEditions], { minLength: 1 }) });
  const build = fc.integer({ min: 0, max: 30_000 });
  const version = fc.record({ ruleType, build, more: build }).map(({ ruleType, build, more }) => ({
    ruleType,
    minOSVersion: `10.0.${build}.0`,
    maxOSVersion: `10.0.${build + more}.0`,
  }));
  const named = (kind: string, name: string) => (rule: object | null) =>
    rule === null ? null : { '@odata.type': `${type}${kind}`, name, ...rule };
  return fc.record({
    deviceManagementApplicabilityRuleOsEdition: fc.option(edition).map(named('OsEdition', 'OS edition')),
    deviceManagementApplicabilityRuleOsVersion: fc.option(version).map(named('OsVersion', 'OS version')),
  });
}

function anyTrusted(stem: Stem): fc.Arbitrary<GraphJson> {
  const rules = stem === 'windows81' ? anyRules() : fc.constant({});
  const stores = ['computerCertStoreRoot', 'computerCertStoreIntermediate', 'userCertStoreIntermediate'];
  const trusted = fc.record({
    displayName: text(fc.string()),
    certFileName: fc.string(),
    ...(stem === 'windows81' && { destinationStore: fc.constantFrom(...stores) }),
    ...(stem === 'macOS' && { deploymentChannel: fc.constantFrom('deviceChannel', 'userChannel') }),
  });
  return fc.tuple(trusted, rules).map(([settings, chosen]) => ({ ...settings, ...chosen }));
}

describe('what Graph cannot say is named', () => {
  const [root, ios] = store([trustedExample('ios', certificate), scepExample('ios')]);
  assert.ok(root !== undefined && ios?.kind === 'scep');
  const told = (profile: Profile, assignments: Parameters<typeof exportGraph>[1]['assignments'] = null) =>
    exportGraph(profile, { root, rootAs: 'bind', assignments, ownScepAddress }).findings.map(
      ({ severity, path }) => `${severity} ${path}`,
    );

  test('settings of ours', () => {
    const { settings } = ios;
    const changed = {
      ...ios,
      scopeTags: ['Munich'],
      settings: {
        ...settings,
        keySize: 3072,
        scepServerUrls: [],
        server: { ...settings.server, challengeLifetime: 5 },
      } as const,
    };
    assert.deepEqual(told(changed), [
      'warning scopeTags',
      'warning server',
      'warning settings.keySize',
      'information settings.scepServerUrls',
    ]);
    assert.deepEqual(
      exportGraph(changed, { root, rootAs: 'bind', assignments: null, ownScepAddress }).object?.scepServerUrls,
      [ownScepAddress],
    );
  });

  test('Linux, and rows that Android device administrator never had', () => {
    const linux = {
      ...ios,
      settings: {
        ...ios.settings,
        platform: 'linux',
        keyStorage: 'pem',
        hashAlgorithm: ['sha2'],
        certificateAccess: { mode: 'userApproval' },
      },
    } as const;
    assert.deepEqual(told(linux), ['error platform']);
    const row = { type: 'dns', value: '{{DeviceName}}' } as const;
    const old = {
      ...ios,
      settings: {
        ...ios.settings,
        platform: 'androidDeviceAdministrator',
        server: { ...ios.settings.server, caCertificates: 'chain' },
        hashAlgorithm: ['sha2'],
        certificateType: 'device',
        subjectAlternativeNames: [row],
      },
    } as const;
    assert.deepEqual(told(old), ['warning settings.subjectAlternativeNames.0', 'warning settings.certificateType']);
    assert.deepEqual(told({ ...root, settings: { ...root.settings, platform: 'windows81' } } as Profile), [
      'warning platform',
    ]);
  });

  test('single users and devices, and everybody as an exclusion', () => {
    const groupId = rootIdOf('ios') as never;
    const lines = told(ios, [
      { mode: 'include', target: { kind: 'group', groupId }, filter: null },
      { mode: 'include', target: { kind: 'allUsers' }, filter: null },
      { mode: 'exclude', target: { kind: 'user' }, filter: null },
      { mode: 'exclude', target: { kind: 'allDevices' }, filter: null },
    ]);
    assert.deepEqual(lines, ['information assignments.0', 'warning assignments.2', 'warning assignments.3']);
  });
});

test('assignments are written as they are read', () => {
  const [root] = store([trustedExample('ios', certificate)]);
  assert.ok(root);
  const groupId = rootIdOf('ios');
  const { object } = exportGraph(root, {
    root: null,
    rootAs: 'bind',
    ownScepAddress,
    assignments: [
      { mode: 'include', target: { kind: 'allUsers' }, filter: null },
      { mode: 'include', target: { kind: 'allDevices' }, filter: { mode: 'exclude', filterId: 'f1' } },
      { mode: 'include', target: { kind: 'group', groupId: groupId as never }, filter: null },
      { mode: 'exclude', target: { kind: 'group', groupId: groupId as never }, filter: null },
    ],
  });
  const { profiles, findings } = importGraph(object, {
    windows81: false,
    roots: [],
    known: [],
    findGroup: (id) => id,
    findFilter: (id) => id,
  });
  assert.deepEqual(profiles[0]?.document.assignments, [
    { include: 'allUsers' },
    { include: 'allDevices', filter: { exclude: 'f1' } },
    { include: { group: groupId } },
    { exclude: { group: groupId } },
  ]);
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== 'information'),
    [],
  );
});
