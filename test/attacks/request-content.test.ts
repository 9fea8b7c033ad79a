/** A genuine challenge, and a request for something other than its deployment expects. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { encode, octetString, sequence } from '../../src/formats/asn1/write.ts';
import { basicConstraintsExtension } from '../../src/formats/x509/basic-constraints.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { keyPurpose } from '../../src/formats/x509/extended-key-usage.ts';
import type { GeneralName } from '../../src/formats/x509/general-name.ts';
import { microsoftSidExtension } from '../../src/formats/x509/microsoft-sid.ts';
import { type Name, nameAttribute, nameOf } from '../../src/formats/x509/name.ts';
import { fromBase64, sameBytes, utf8 } from '../../src/lib/bytes.ts';
import { type AttackLab, type Enrolment, type Refused, startAttackLab, type Victim } from '../support/attack-lab.ts';
import type { AskedFor } from '../support/forged-message.ts';
import { readReply, selfSigned, testClientKey } from '../support/scep-test-client.ts';

const commonName = '2.5.4.3';
const organization = '2.5.4.10';
const sid = 'S-1-5-21-1004336348-1177238915-682003330-512';
const sidUri = `tag:microsoft.com,2022-09-14:sid:${sid}`;

let lab: AttackLab;
before(async () => {
  lab = await startAttackLab();
});
after(() => lab[Symbol.asyncDispose]());

/** A user's certificate with every kind of name. The name has what parsers of text trip over. */
async function person(name: string): Promise<Victim> {
  return lab.victim({
    name,
    user: {
      userName: 'Finch, Ada',
      userPrincipalName: `${name}@alderfinch.example`,
      emailAddress: `${name}@alderfinch.example`,
      onPremisesSecurityIdentifier: sid,
    },
    settings: {
      subjectNameFormat: 'CN={{UserName}},O=Alder & Finch',
      subjectAlternativeNames: [
        { type: 'upn', value: '{{UserPrincipalName}}' },
        { type: 'email', value: '{{EmailAddress}}' },
        { type: 'dns', value: `${name}.alderfinch.example` },
        { type: 'uri', value: 'tag:microsoft.com,2022-09-14:sid:{{OnPremisesSecurityIdentifier}}' },
      ],
    },
  });
}

type Attack = Refused & { readonly name: string; readonly ask: (asked: AskedFor) => Partial<AskedFor> };

const subjectIs = (pairs: readonly (readonly [string, string])[]) => () => ({ subject: nameOf(pairs) });
const namesAre = (change: (names: readonly GeneralName[]) => readonly GeneralName[]) => (asked: AskedFor) => ({
  alternativeNames: change(asked.alternativeNames),
});
const extensionsAre = (oid: string) => () => ({
  extensions: [{ oid, critical: false, value: encode(sequence(octetString(utf8('x')))) }],
});
const own: readonly [string, string] = [commonName, 'Finch, Ada'];
const company: readonly [string, string] = [organization, 'Alder & Finch'];
const told = (reason: string, field: string, failInfo?: string): Refused => ({
  reason,
  wire: `${reason} ${field}`,
  ...(failInfo !== undefined && { failInfo }),
});
const subject = (attribute: string) => told('subject-name-mismatch', `subject.${attribute}`);
const names = told('subject-alt-name-mismatch', 'subjectAlternativeName');
const usages = told('enhanced-key-usage-mismatch', 'extendedKeyUsage');
const unknown = told('extension-not-allowed', 'extensions');

const attacks: readonly Attack[] = [
  { name: 'another name', ask: subjectIs([[commonName, 'administrator'], company]), ...subject('CN') },
  { name: 'one RDN more at the end', ask: subjectIs([own, company, [commonName, 'administrator']]), ...subject('CN') },
  {
    name: 'one RDN more in front',
    ask: subjectIs([['2.5.4.11', 'Domain Admins'], own, company]),
    ...subject('CN'),
  },
  { name: 'one RDN less', ask: subjectIs([own]), ...subject('O') },
  { name: 'the RDNs in another order', ask: subjectIs([company, own]), ...subject('CN') },
  { name: 'no name at all', ask: subjectIs([]), ...told('subject-name-missing', 'subject') },
  {
    name: 'a second value in the same RDN',
    ask: () => ({
      subject: [[nameAttribute(...own), nameAttribute('2.5.4.5', '1')], [nameAttribute(...company)]] satisfies Name,
    }),
    ...subject('CN'),
  },
  {
    name: 'an escaped comma where the name has a comma',
    ask: subjectIs([[commonName, 'Finch\\, Ada'], company]),
    ...subject('CN'),
  },
  {
    name: 'what stands behind the comma as an RDN of its own',
    ask: subjectIs([[commonName, 'Finch'], [commonName, 'Ada'], company]),
    ...subject('CN'),
  },
  {
    name: 'a letter that only looks like it (Cyrillic а)',
    ask: subjectIs([[commonName, 'Finch, Ad\u0430'], company]),
    ...subject('CN'),
  },
  {
    name: 'an end of string in the middle',
    ask: subjectIs([[commonName, 'Finch, Ada\u0000.administrator'], company]),
    ...subject('CN'),
  },
  {
    name: 'the right text under another type',
    ask: subjectIs([['2.5.4.42', 'Finch, Ada'], company]),
    ...subject('CN'),
  },
  {
    name: 'the right text as bytes of no string type',
    ask: () => ({
      subject: [[{ type: commonName, tag: 4, value: utf8('Finch, Ada') }], [nameAttribute(...company)]] satisfies Name,
    }),
    ...subject('CN'),
  },
  {
    name: 'a DNS name more',
    ask: namesAre((known) => [...known, { kind: 'dns', value: 'dc1.alderfinch.example' }]),
    ...names,
  },
  { name: 'a name less', ask: namesAre((known) => known.slice(1)), ...names },
  { name: 'no names', ask: namesAre(() => []), ...told('subject-alt-name-missing', 'subjectAlternativeName') },
  {
    name: 'another user principal name',
    ask: namesAre((known) => [{ kind: 'upn', value: 'administrator@alderfinch.example' }, ...known.slice(1)]),
    ...names,
  },
  {
    name: 'the mail address in other letters before the @',
    ask: namesAre((known) =>
      known.map((each) => (each.kind === 'email' ? { kind: 'email', value: each.value.toUpperCase() } : each)),
    ),
    ...names,
  },
  {
    name: 'another SID in the URI',
    ask: namesAre((known) =>
      known.map((each) => (each.kind === 'uri' ? { kind: 'uri', value: `${sidUri.slice(0, -3)}500` } : each)),
    ),
    ...names,
  },
  {
    name: 'a wildcard for the DNS name',
    ask: namesAre((known) =>
      known.map((each) => (each.kind === 'dns' ? { kind: 'dns', value: '*.alderfinch.example' } : each)),
    ),
    ...names,
  },
  {
    name: 'an IP address',
    ask: namesAre((known) => [...known, { kind: 'ip', value: Uint8Array.of(10, 0, 0, 1) }]),
    ...names,
  },
  {
    name: 'a directory name',
    ask: namesAre((known) => [...known, { kind: 'directoryName', value: nameOf([[commonName, 'administrator']]) }]),
    ...names,
  },
  {
    name: 'the SID extension of somebody else',
    ask: () => ({ extensions: [microsoftSidExtension(`${sid.slice(0, -3)}500`)] }),
    ...told('security-identifier-mismatch', 'securityIdentifier'),
  },
  {
    name: 'any extended key usage',
    ask: (asked) => ({ purposes: [...asked.purposes, '2.5.29.37.0'] }),
    ...usages,
  },
  { name: 'to be a server', ask: (asked) => ({ purposes: [...asked.purposes, keyPurpose.serverAuth] }), ...usages },
  { name: 'smart card logon instead', ask: () => ({ purposes: ['1.3.6.1.4.1.311.20.2.2'] }), ...usages },
  {
    name: 'to sign certificates',
    ask: (asked) => ({ keyUsage: [...asked.keyUsage, 'keyCertSign'] }),
    ...told('key-usage-mismatch', 'keyUsage'),
  },
  {
    name: 'to be a CA',
    ask: () => ({ extensions: [basicConstraintsExtension({ ca: true, pathLength: undefined })] }),
    ...told('basic-constraints-mismatch', 'basicConstraints'),
  },
  { name: 'name constraints', ask: extensionsAre('2.5.29.30'), ...unknown },
  { name: 'another revocation list', ask: extensionsAre('2.5.29.31'), ...unknown },
  { name: 'another OCSP server', ask: extensionsAre('1.3.6.1.5.5.7.1.1'), ...unknown },
  { name: 'an extension of its own', ask: extensionsAre('1.3.6.1.4.1.99999.1'), ...unknown },
];

describe('a request that asks for', () => {
  let victim: Victim;
  let deployment: Deployment;
  before(async () => {
    victim = await person('ada');
    deployment = await victim.deployment();
  });

  for (const { name, ask, ...refused } of attacks)
    test(`${name} is refused, and the challenge stays whole`, async () => {
      const challenge = await victim.challenge();
      const enrolment: Enrolment = { challenge, ask: (asked) => ({ ...asked, ...ask(asked) }) };
      await lab.refused(() => lab.send(victim.scepUrl, lab.request(deployment, enrolment)), refused);
      const [row] = lab.rows('SELECT detail FROM scep_transaction ORDER BY id DESC LIMIT 1');
      assert.equal(JSON.parse(String(row?.detail)).differences[0].code, refused.reason);
      const [stored] = lab.rows(
        "SELECT count(*) AS n FROM challenge WHERE state = 'live' AND deployment_id = ?",
        deployment.id,
      );
      assert.ok(Number(stored?.n) > 0);
    });

  test('what was right all along is issued after all that, with the very names that were expected', async () => {
    const { certificate } = await lab.enrolled(victim);
    const { subjectDer } = parseCertificate(certificate);
    assert.ok(sameBytes(subjectDer, fromBase64(deployment.expectation?.subject ?? '') ?? new Uint8Array()));
  });
});

describe('a request with another key', () => {
  let victim: Victim;
  before(async () => {
    victim = await lab.victim();
  });
  const keyRefused = (reason: string): Refused => ({ reason, wire: `${reason} publicKey`, failInfo: 'badAlg' });

  for (const [kind, reason] of [
    ['rsa-1024', 'key-length-mismatch'],
    ['rsa-3072', 'key-length-mismatch'],
  ] as const)
    test(`of type ${kind} is refused`, async () => {
      const key = await testClientKey(kind);
      const message = lab.request(await victim.deployment(), { challenge: await victim.challenge(), key });
      await lab.refused(() => lab.send(victim.scepUrl, message), keyRefused(reason));
    });

  test('of an elliptic curve, signed by an RSA key that is not the one asked for, is refused', async () => {
    const key = await testClientKey('p-256');
    const message = lab.request(await victim.deployment(), {
      challenge: await victim.challenge(),
      key,
      signer: selfSigned(lab.key, new Uint8Array([0x30, 0])),
    });
    await lab.refused(() => lab.send(victim.scepUrl, message), { reason: 'registered-key-mismatch' });
  });

  test('that somebody else has is refused: the request must be signed with it', async () => {
    const message = lab.request(await victim.deployment(), {
      challenge: await victim.challenge(),
      csr: { signWith: lab.otherKey },
    });
    await lab.refused(() => lab.send(victim.scepUrl, message), { reason: 'certificate-request-signature-invalid' });
  });

  for (const digest of ['md5', 'sha1'] as const)
    test(`signed with ${digest} is refused`, async () => {
      const message = lab.request(await victim.deployment(), { challenge: await victim.challenge(), csr: { digest } });
      await lab.refused(
        () => lab.send(victim.scepUrl, message),
        digest === 'md5'
          ? { reason: 'certificate-request-signature-invalid' }
          : {
              reason: 'request-digest-not-allowed',
              wire: 'request-digest-not-allowed signatureAlgorithm',
              failInfo: 'badAlg',
            },
      );
    });
});

test('the same name in other letters is the same name, and is issued in the letters that were expected', async () => {
  const victim = await person('grace');
  const deployment = await victim.deployment();
  const challenge = await victim.challenge();
  const ask = (asked: AskedFor): AskedFor => ({
    ...asked,
    subject: nameOf([
      [commonName, 'finch,\u00a0ADA\u200b'],
      [organization, 'ALDER  &  FINCH'],
    ]),
    alternativeNames: asked.alternativeNames.map((each) =>
      each.kind === 'dns' || each.kind === 'upn' ? { ...each, value: each.value.toUpperCase() } : each,
    ),
  });
  const reply = await readReply(await lab.send(victim.scepUrl, lab.request(deployment, { challenge, ask })), lab.key);
  assert.equal(reply.status, 'SUCCESS', reply.reason ?? '');
  const { subjectDer, der } = parseCertificate(reply.certificates[0] ?? new Uint8Array());
  assert.ok(sameBytes(subjectDer, fromBase64(deployment.expectation?.subject ?? '') ?? new Uint8Array()));
  assert.ok(Buffer.from(der).includes('grace.alderfinch.example'));
  assert.ok(!Buffer.from(der).includes('GRACE'));
});

test('no secret is left anywhere', () => lab.assertNothingLeaked());
