/** Security identifiers and IP addresses, from the directory into certificates as openssl reads them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { enroll } from '../../src/client/scep-client.ts';
import { platforms } from '../../src/directory/platform.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { checkIssued } from '../support/issued-certificate.ts';
import { opensslText } from '../support/openssl.ts';
import { ownClient } from '../support/own-client.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario, type ScenarioOptions } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('openssl');
const userSid = 'S-1-5-21-1004336348-1177238915-682003330-1104';
const computerSid = 'S-1-5-21-1004336348-1177238915-682003330-2210';

async function enrolled(world: World, options: ScenarioOptions): Promise<Uint8Array> {
  const scenario = await makeScenario(world, options);
  await using client = await ownClient(world, scenario.scepUrl);
  const deployment = await scenario.deployment();
  assert.equal(deployment.problem, null);
  const requested = requestedBy(deployment);
  const outcome = await enroll(client.exchange, await testClientKey(), requested, await scenario.challenge());
  if (outcome.kind !== 'issued') throw new assert.AssertionError({ message: JSON.stringify(outcome) });
  return outcome.certificate;
}

/** What `openssl asn1parse` shows inside the OCTET STRING of an extension, indented by depth; null without that extension. */
async function insideExtension(certificate: Uint8Array, oid: string): Promise<string[] | null> {
  const files = { 'c.der': certificate };
  const whole = await opensslText(['asn1parse', '-inform', 'DER', '-in', 'c.der'], { files });
  const lines = whole.split('\n');
  const at = lines.findIndex((line) => line.endsWith(`:${oid}`));
  if (at < 0) return null;
  const offset = /^ *(\d+):/.exec(lines.slice(at).find((line) => line.includes('OCTET STRING')) ?? '')?.[1];
  assert.ok(offset !== undefined);
  const inside = await opensslText(['asn1parse', '-inform', 'DER', '-in', 'c.der', '-strparse', offset], { files });
  return inside
    .trim()
    .split('\n')
    .map((line) =>
      line
        .replace(/^ *\d+:d=(\d+) +hl=\d+ l= *\d+ (prim|cons): +/, '$1 ')
        .replace(/ +:/, ' :')
        .trim(),
    );
}

describe('a security identifier', { skip }, () => {
  test('of the user, as a URI and as the extension of KB5014754', async () => {
    await using world = await startWorld();
    const certificate = await enrolled(world, {
      name: 'sid-user',
      platform: 'windows10',
      user: { onPremisesSecurityIdentifier: userSid },
      settings: {
        keyStorageProvider: 'software',
        subjectAlternativeNames: [
          { type: 'uri', value: '{{OnPremisesSecurityIdentifier}}' },
          { type: 'upn', value: '{{UserPrincipalName}}' },
        ],
      },
      server: { securityIdentifierExtension: true },
    });
    const facts = await checkIssued(world, toPem('CERTIFICATE', certificate));
    assert.deepEqual(facts.subjectAlternativeNames, [
      `URI:tag:microsoft.com,2022-09-14:sid:${userSid}`,
      'othername: UPN::sid-user@alderfinch.example',
    ]);
    // MS-WCCE §2.2.2.7.7.4: GeneralNames with an otherName whose value is the SID's text in an OCTET STRING.
    assert.deepEqual(await insideExtension(certificate, '1.3.6.1.4.1.311.25.2'), [
      '0 SEQUENCE',
      '1 cont [ 0 ]',
      '2 OBJECT :1.3.6.1.4.1.311.25.2.1',
      '2 cont [ 0 ]',
      `3 OCTET STRING :${userSid}`,
    ]);
  });

  test('of the computer in a device certificate, and only in the form that the profile asks for', async () => {
    await using world = await startWorld();
    const device = { trustType: 'Hybrid Azure AD joined', onPremisesSecurityIdentifier: computerSid };
    const windows = { platform: 'windows10', user: null, device } as const;
    const uri = await enrolled(world, {
      name: 'sid-uri',
      ...windows,
      settings: {
        keyStorageProvider: 'software',
        subjectAlternativeNames: [{ type: 'uri', value: '{{OnPremisesSecurityIdentifier}}' }],
      },
    });
    const facts = await checkIssued(world, toPem('CERTIFICATE', uri));
    assert.deepEqual(facts.subjectAlternativeNames, [`URI:tag:microsoft.com,2022-09-14:sid:${computerSid}`]);
    assert.equal(await insideExtension(uri, '1.3.6.1.4.1.311.25.2'), null);

    const extension = await enrolled(world, {
      name: 'sid-extension',
      ...windows,
      settings: { keyStorageProvider: 'software' },
      server: { securityIdentifierExtension: true },
    });
    await checkIssued(world, toPem('CERTIFICATE', extension));
    const inside = await insideExtension(extension, '1.3.6.1.4.1.311.25.2');
    assert.equal(inside?.at(-1), `3 OCTET STRING :${computerSid}`);
    assert.equal(await insideExtension(extension, 'X509v3 Subject Alternative Name'), null);
  });
});

describe('an IP address as alternative name', { skip }, () => {
  const rows = [
    { type: 'ip', value: '192.0.2.17' },
    { type: 'ip', value: '2001:db8::17' },
  ];

  test('stands in the certificate of a Linux device as 4 and 16 octets', async () => {
    await using world = await startWorld();
    const certificate = await enrolled(world, {
      name: 'ip',
      user: null,
      settings: { subjectAlternativeNames: rows },
    });
    const facts = await checkIssued(world, toPem('CERTIFICATE', certificate));
    assert.deepEqual(facts.subjectAlternativeNames, ['IP Address:192.0.2.17', 'IP Address:2001:DB8:0:0:0:0:0:17']);
    assert.deepEqual(await insideExtension(certificate, 'X509v3 Subject Alternative Name'), [
      '0 SEQUENCE',
      '1 cont [ 7 ]',
      '1 cont [ 7 ]',
    ]);
    const der = Buffer.from(certificate).toString('hex');
    assert.ok(der.includes('8704c0000211871020010db8000000000000000000000017'));
  });

  test('is refused when a profile of any other platform is saved', async () => {
    await using world = await startWorld();
    for (const platform of platforms) {
      if (platform === 'linux') continue;
      const saving = makeScenario(world, {
        name: `ip-${platform.toLowerCase()}`,
        platform,
        user: null,
        settings: { subjectAlternativeNames: rows.slice(0, 1) },
      });
      await assert.rejects(saving, (error: Error) => {
        assert.match(
          error.message,
          /"rule":"not-on-this-platform"[^}]*"path":"settings\.subjectAlternativeNames\.0/,
          platform,
        );
        return true;
      });
    }
  });
});
