/**
 * Every person of the sample organisation under every kind of subject: a certificate with exactly that name, or the one
 * reason that is true. What is expected is worked out here from the CSV, and clients encode names in their own way.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { assign } from '../../src/assignments/assign.ts';
import { mintChallenge } from '../../src/challenges/mint-challenge.ts';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import { enroll, renew } from '../../src/client/scep-client.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { systemCause } from '../../src/events/event.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { decodeName, encodeName, nameOf } from '../../src/formats/x509/name.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { sameBytes, toBase64 } from '../../src/lib/bytes.ts';
import { minute } from '../../src/lib/clock.ts';
import type { Profile } from '../../src/profiles/profile.ts';
import { authorityPem } from '../support/issued-certificate.ts';
import { takeRsaKey } from '../support/key-pool.ts';
import { opensslText } from '../support/openssl.ts';
import { ownClient } from '../support/own-client.ts';
import { refusals } from '../support/refusals.ts';
import { skipUnless } from '../support/requires.ts';
import { runCommand } from '../support/run-command.ts';
import { importSampleUsers, type SampleUser } from '../support/sample-organisation.ts';
import { rootCertificate, storeProfile } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startWorld, type World } from '../support/world.ts';

type Pairs = readonly (readonly [oid: string, value: string])[];

/** A name, or the code of the problem that the deployment must show, with the variables that lack a value. */
type Wanted = { readonly subject: Pairs } | { readonly code: string; readonly unresolved: readonly string[] };

const oid = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  G: '2.5.4.42',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  E: '1.2.840.113549.1.9.1',
  DC: '0.9.2342.19200300.100.1.25',
} as const;

/** The parts of a subject, or what is wrong with the first part that cannot be. */
function fromFacts(...parts: readonly (readonly [keyof typeof oid, variable: string, value: string])[]): Wanted {
  const unresolved = parts.filter(([, , value]) => value === '').map(([, variable]) => variable);
  if (unresolved.length > 0) return { code: 'variable-unresolved', unresolved };
  return bounded(parts.map(([key, , value]) => [oid[key], value]));
}

/** The upper bounds of X.520 that the sample organisation touches. */
function bounded(subject: Pairs): Wanted {
  const long = subject.find(([type, value]) => type === oid.CN && [...value].length > 64);
  return long === undefined ? { subject } : { code: 'common-name-too-long', unresolved: [] };
}

/** `CN=Test User (TestCompany\, LLC),OU=…` apart: the only escapes in the file are a backslash before one character. */
function distinguishedName(text: string): Pairs {
  return [...text.matchAll(/([A-Z]+)=((?:\\.|[^,\\])*)(?:,|$)/g)].map(([, key, value]) => [
    oid[key as keyof typeof oid],
    (value ?? '').replace(/\\(.)/g, '$1'),
  ]);
}

type Subject = {
  readonly slug: string;
  readonly format: string;
  readonly rows?: readonly { readonly type: string; readonly value: string }[];
  wanted(user: SampleUser): Wanted;
};

const dn = 'OnPrem_Distinguished_Name';

const subjects: readonly Subject[] = [
  {
    slug: 'whole',
    format: 'CN={{OnPrem_Distinguished_Name}}',
    wanted: (user) => {
      const text = user.onPremisesDistinguishedName;
      return text === '' ? fromFacts(['CN', dn, '']) : bounded(distinguishedName(text));
    },
  },
  {
    slug: 'quoted',
    format: 'CN="{{OnPrem_Distinguished_Name}}"',
    wanted: (user) => fromFacts(['CN', dn, user.onPremisesDistinguishedName]),
  },
  {
    slug: 'mail',
    format: 'CN={{UserName}},E={{EmailAddress}}',
    rows: [
      { type: 'upn', value: '{{UserPrincipalName}}' },
      { type: 'email', value: '{{EmailAddress}}' },
    ],
    wanted: (user) => fromFacts(['CN', 'UserName', user.userName], ['E', 'EmailAddress', user.emailAddress]),
  },
  {
    slug: 'person',
    format: 'G={{GivenName}},SN={{SurName}},O="Alder & Finch, ""A+F""; Ltd."',
    wanted: (user) => {
      const found = fromFacts(['G', 'GivenName', user.givenName], ['SN', 'SurName', user.surname]);
      return 'code' in found ? found : { subject: [...found.subject, [oid.O, 'Alder & Finch, "A+F"; Ltd.']] };
    },
  },
  {
    slug: 'account',
    format: 'OU={{Department}},CN={{OnPremisesSamAccountName}}',
    wanted: (user) =>
      fromFacts(
        ['OU', 'Department', user.department],
        ['CN', 'OnPremisesSamAccountName', user.onPremisesSamAccountName],
      ),
  },
];

/** From here on the names in users.csv are meant to be awkward; some before are, too. */
const firstAwkward = 'test.user';

let world: World;
let users: readonly SampleUser[];
const profiles = new Map<string, Profile>();
before(async () => {
  world = await startWorld();
  users = await importSampleUsers(world);
  const { store, clock } = world.server.foundation;
  const root = await storeProfile(world, {
    kind: 'trustedCertificate',
    name: 'root',
    slug: 'root',
    platform: 'linux',
    settings: { certificate: toBase64(await rootCertificate(world)) },
  });
  for (const { slug, format, rows = [] } of subjects)
    profiles.set(
      slug,
      await storeProfile(world, {
        kind: 'scep',
        name: slug,
        slug,
        platform: 'linux',
        settings: {
          subjectNameFormat: format,
          subjectAlternativeNames: rows,
          certificateType: 'user',
          keyUsage: ['digitalSignature'],
          extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
          rootCertificate: root.slug,
        },
      }),
    );
  for (const { id } of [root, ...profiles.values()])
    await assign(
      { ...store, clock },
      { profileId: id, assignments: [{ mode: 'include', target: { kind: 'allDevices' } }], cause: systemCause },
    );
  await world.server.reconciling.settled();
});
after(() => world[Symbol.asyncDispose]());

/** Each person with their deployment of a profile. */
async function deploymentsOf(slug: string): Promise<readonly { user: SampleUser; deployment: Deployment }[]> {
  const { store } = world.server.foundation;
  const profileId = profiles.get(slug)?.id ?? null;
  const { items } = await store.deployments.list(
    { profileId, deviceId: null, states: null },
    { limit: 500, cursor: null },
  );
  const devices = await store.devices.getMany(items.map(({ deviceId }) => deviceId));
  return users.map((user) => {
    const device = devices.find(({ deviceName }) => deviceName === user.userPrincipalName);
    const deployment = items.find(({ deviceId }) => deviceId === device?.id);
    assert.ok(deployment !== undefined, user.userName);
    return { user, deployment };
  });
}

async function challengeFor(deployment: Deployment): Promise<string> {
  const { store, clock } = world.server.foundation;
  const minted = await store.transact(() =>
    mintChallenge(store, { deployment, lifetime: 60 * minute, now: clock.now(), cause: systemCause }),
  );
  assert.equal(minted.kind, 'minted');
  return minted.kind === 'minted' ? minted.secret : '';
}

const pairsOf = (subjectDer: Uint8Array): Pairs =>
  decodeName(subjectDer).map((rdn) => {
    assert.equal(rdn.length, 1);
    return [rdn[0]?.type ?? '', String(rdn[0]?.value)];
  });

for (const { slug, format, wanted } of subjects)
  test(`${format}: each gets that name or the true reason`, async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => testClientKey()));
    const keyAt = (i: number) => keys[i % keys.length] as ClientKey;
    await using client = await ownClient(world, `${world.url}/scep/${slug}`);
    const deployments = await deploymentsOf(slug);
    const issued: string[] = [];

    await Promise.all(
      deployments.map(async ({ user, deployment }, i) => {
        const right = wanted(user);
        if ('code' in right) {
          const { problem, expectation } = deployment;
          const unresolved = problem?.unresolved.map(({ variable }) => variable);
          assert.deepEqual(
            { code: problem?.code, unresolved, expectation },
            { ...right, expectation: null },
            user.userName,
          );
          return;
        }
        assert.equal(deployment.problem, null, `${user.userName}: ${deployment.problem?.detail}`);
        // A client that knows the name, not our encoding of it.
        const requested = requestedBy(deployment, { subject: encodeName(nameOf(right.subject)) });
        const key = keyAt(i);
        const outcome = await enroll(client.exchange, key, requested, await challengeFor(deployment));
        assert.equal(outcome.kind, 'issued', `${user.userName}: ${JSON.stringify(outcome)}`);
        if (outcome.kind !== 'issued') return;
        const { subjectDer } = parseCertificate(outcome.certificate);
        assert.deepEqual(pairsOf(subjectDer), right.subject);
        assert.equal(toBase64(subjectDer), deployment.expectation?.subject);

        // A client that took name and alternative names from its certificate.
        const again = await renew(
          client.exchange,
          keyAt(i + 1),
          { ...requested, subject: subjectDer },
          {
            key,
            certificate: outcome.certificate,
          },
        );
        assert.equal(again.kind, 'issued', `${user.userName}: ${JSON.stringify(again)}`);
        if (again.kind !== 'issued') return;
        assert.ok(sameBytes(parseCertificate(again.certificate).subjectDer, subjectDer));
        issued.push(toPem('CERTIFICATE', again.certificate));
      }),
    );
    assert.ok(issued.length >= 5, `only ${issued.length} were issued`);
    assert.deepEqual(await refusals(world, profiles.get(slug)?.id), []);
    await verifyAll(issued);
  });

/** One call of openssl for all. */
async function verifyAll(leaves: readonly string[]): Promise<void> {
  if (skipUnless('openssl') !== false) return;
  const { root, issuer } = await authorityPem(world);
  const names = leaves.map((_, i) => `leaf${i}.pem`);
  const said = await opensslText(
    ['verify', '-x509_strict', '-CAfile', 'root.pem', '-untrusted', 'issuer.pem', ...names],
    {
      files: {
        'root.pem': root,
        'issuer.pem': issuer,
        ...Object.fromEntries(leaves.map((leaf, i) => [`leaf${i}.pem`, leaf])),
      },
    },
  );
  assert.equal(said.match(/: OK$/gm)?.length, leaves.length);
}

describe('strongSwan', { skip: skipUnless('pki', 'openssl') }, () => {
  test('asks for the awkward ones in its own spelling, and openssl reads the same names', async () => {
    const all = await deploymentsOf('whole');
    const from = users.findIndex(({ userName }) => userName === firstAwkward);
    const chosen = all.filter(({ user }, i) => i >= from || /[^ -~]/.test(user.onPremisesDistinguishedName));
    await using folder = temporaryFolder('awkward');
    const url = `${world.url}/scep/whole`;
    const pki = (...args: string[]) =>
      runCommand('pki', [...args, '--url', url, '--outform', 'pem'], { cwd: folder.path, milliseconds: 30_000 });
    await pki('--scepca', '--caout', 'ca.pem', '--raout', 'ra.pem');
    await writeFile(folder.file('key.pem'), (await takeRsaKey()).privateKeyPem, { mode: 0o600 });
    const authority = ['--cacert-enc', 'ra.pem', '--cacert-sig', 'ca-1.pem', '--cacert', 'ca.pem'];

    let issued = 0;
    for (const { user, deployment } of chosen) {
      const right = subjects[0]?.wanted(user);
      if (right === undefined || 'code' in right) continue;
      // It knows no escapes, but takes a slash for the separator when the name begins with one.
      const name = distinguishedName(user.onPremisesDistinguishedName);
      const spelt = name.map(([type, value]) => `/${keyOf(type)}=${value}`).join('');
      const next = await openGeneration(deployment);
      const result = await pki(
        ...['--scep', '--in', 'key.pem', '--dn', spelt, '--password', await challengeFor(next), ...authority],
      );
      assert.equal(result.code, 0, `${spelt}: ${result.stderr}`);
      const said = await opensslText(['x509', '-noout', '-subject', '-nameopt', 'multiline,utf8,-esc_msb,-esc_ctrl'], {
        input: result.stdout,
      });
      const read = [...said.matchAll(/^ +\S+ += (.*)$/gm)].map(([, value]) => (value ?? '').replaceAll('\\\\', '\\'));
      assert.deepEqual(
        read,
        right.subject.map(([, value]) => value),
      );
      issued++;
    }
    assert.ok(issued >= 15, `only ${issued} were issued`);
  });
});

const keyOf = (type: string): string => Object.entries(oid).find(([, known]) => known === type)?.[0] ?? type;

/** Makes another certificate due, as a re-issue would. */
async function openGeneration({ id }: Deployment): Promise<Deployment> {
  const { store, clock } = world.server.foundation;
  const current = await store.deployments.get(id);
  assert.ok(current !== null);
  const generation = current.generation + 1;
  await store.transact(() => store.deployments.move(current, { cause: null, generation, at: clock.now() }));
  return { ...current, generation };
}
