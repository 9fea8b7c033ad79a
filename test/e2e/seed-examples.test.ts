/** Every example of a name that the seed gives, from the profile to a certificate as openssl reads it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { enroll } from '../../src/client/scep-client.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { checkIssued } from '../support/issued-certificate.ts';
import { ownClient } from '../support/own-client.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario, type ScenarioOptions } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { startWorld, type World } from '../support/world.ts';

const jane = { userName: 'janedoe', emailAddress: 'jane.doe@contoso.com' };
const distinguishedName = 'CN=Jane Doe,OU=UserAccounts,DC=corp,DC=contoso,DC=com';
const device = { certificateType: 'device' };

type Example = {
  readonly what: string;
  readonly platform?: ScenarioOptions['platform'];
  readonly user?: ScenarioOptions['user'];
  readonly device?: ScenarioOptions['device'];
  readonly settings: Readonly<Record<string, unknown>>;
  /** RFC 2253, so the last RDN first. `<UPN>` is that of the user. */
  readonly subject: string;
  readonly alternativeNames?: readonly string[];
};

const examples: readonly Example[] = [
  {
    what: 'a custom user subject with E, OU, O, L, ST and C',
    platform: 'ios',
    settings: {
      subjectNameFormat: 'CN={{UserName}},E={{EmailAddress}},OU=Mobile,O=Finance Group,L=Redmond,ST=Washington,C=US',
    },
    subject: 'C=US,ST=Washington,L=Redmond,O=Finance Group,OU=Mobile,emailAddress=jane.doe@contoso.com,CN=janedoe',
  },
  {
    what: 'the user principal name, and the check boxes Email address and UPN',
    platform: 'macos',
    settings: {
      deploymentChannel: 'user',
      subjectNameFormat: 'CN={{UserPrincipalName}}',
      subjectAlternativeNames: ['email', 'upn'],
    },
    subject: 'CN=<UPN>',
    alternativeNames: ['email:jane.doe@contoso.com', 'othername: UPN::<UPN>'],
  },
  {
    what: 'the dropdown’s Common name as email',
    platform: 'androidDeviceAdministrator',
    settings: { subjectNameFormat: 'Common name as email' },
    subject: 'CN=jane.doe@contoso.com',
  },
  {
    what: 'the dropdown’s Serial number',
    platform: 'windows81',
    device: { serialNumber: 'PF-0815' },
    settings: { subjectNameFormat: 'Serial number' },
    subject: 'CN=PF-0815',
  },
  {
    what: 'the sAMAccountName with its domain',
    platform: 'windows10',
    user: { ...jane, onPremisesSamAccountName: 'DomainName\\testUser' },
    settings: { subjectNameFormat: 'CN={{onPremisesSamAccountName}}' },
    subject: 'CN=DomainName\\\\testUser',
  },
  {
    what: 'the on-premises distinguished name, as the whole subject',
    platform: 'windows10',
    user: { ...jane, onPremisesDistinguishedName: distinguishedName },
    settings: { subjectNameFormat: 'CN={{OnPrem_Distinguished_Name}}' },
    subject: 'DC=com,DC=contoso,DC=corp,OU=UserAccounts,CN=Jane Doe',
  },
  {
    what: 'the on-premises distinguished name, as one quoted common name',
    platform: 'windows10',
    user: { ...jane, onPremisesDistinguishedName: distinguishedName },
    settings: { subjectNameFormat: 'CN="{{OnPrem_Distinguished_Name}}"' },
    subject: 'CN=CN=Jane Doe\\,OU=UserAccounts\\,DC=corp\\,DC=contoso\\,DC=com',
  },
  {
    what: 'a quoted common name with a comma',
    platform: 'windows10',
    settings: { subjectNameFormat: 'CN="Test User (TestCompany, LLC)",OU=UserAccounts,DC=corp,DC=contoso,DC=com' },
    subject: 'DC=com,DC=contoso,DC=corp,OU=UserAccounts,CN=Test User (TestCompany\\, LLC)',
  },
  {
    what: 'the same without the comma',
    settings: { subjectNameFormat: 'CN=Test User (TestCompany LLC),OU=UserAccounts,DC=corp,DC=contoso,DC=com' },
    subject: 'DC=com,DC=contoso,DC=corp,OU=UserAccounts,CN=Test User (TestCompany LLC)',
  },
  {
    what: 'a device name with text',
    user: null,
    device: { deviceName: 'Device1' },
    settings: { ...device, subjectNameFormat: 'CN={{DeviceName}}Device1' },
    subject: 'CN=Device1Device1',
  },
  {
    what: 'a DNS value with a domain',
    platform: 'androidEnterprisePersonal',
    device: { entraDeviceId: '0f3c1f6e-4bb8-4ac1-9a0e-5d2d7c1e8b11' },
    settings: {
      ...device,
      subjectNameFormat: 'CN={{AzureADDeviceId}}',
      subjectAlternativeNames: [{ type: 'dns', value: '{{AzureADDeviceId}}.domain.com' }],
    },
    subject: 'CN=0f3c1f6e-4bb8-4ac1-9a0e-5d2d7c1e8b11',
    alternativeNames: ['DNS:0f3c1f6e-4bb8-4ac1-9a0e-5d2d7c1e8b11.domain.com'],
  },
  {
    what: 'an e-mail address of FQDN and text',
    platform: 'windows10',
    user: null,
    device: {
      serialNumber: 'PF-4711',
      trustType: 'Hybrid Azure AD joined',
      fullyQualifiedDomainName: 'pc1.corp.contoso.com',
    },
    settings: {
      ...device,
      subjectNameFormat: 'CN={{Device_Serial}}',
      subjectAlternativeNames: [{ type: 'email', value: '{{FullyQualifiedDomainName}}User1@Contoso.com' }],
    },
    subject: 'CN=PF-4711',
    alternativeNames: ['email:pc1.corp.contoso.comUser1@Contoso.com'],
  },
  {
    what: 'the user principal name on corporate-owned Android where the device has a user',
    platform: 'androidEnterpriseCorporate',
    settings: { subjectNameFormat: 'CN={{UserPrincipalName}}' },
    subject: 'CN=<UPN>',
  },
  {
    what: 'and the seed’s way around it',
    platform: 'androidEnterpriseCorporate',
    settings: { subjectNameFormat: 'CN={{UserName}}@contoso.com' },
    subject: 'CN=janedoe@contoso.com',
  },
];

async function enrolled(world: World, options: ScenarioOptions): Promise<Uint8Array> {
  const scenario = await makeScenario(world, options);
  await using client = await ownClient(world, scenario.scepUrl);
  const deployment = await scenario.deployment();
  assert.equal(deployment.problem, null);
  const outcome = await enroll(
    client.exchange,
    await testClientKey(),
    requestedBy(deployment),
    await scenario.challenge(),
  );
  if (outcome.kind !== 'issued') throw new assert.AssertionError({ message: JSON.stringify(outcome) });
  return outcome.certificate;
}

describe('the seed’s examples, end to end', { skip: skipUnless('openssl') }, () => {
  let world: World;
  let number = 0;

  before(async () => {
    world = await startWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  for (const { what, platform, user, subject, alternativeNames = [], settings, device } of examples)
    test(what, async () => {
      const name = `seed-${++number}`;
      // It belongs to one user alone.
      const userPrincipalName = `janedoe${number}@contoso.com`;
      const meant = (text: string) => text.replace('<UPN>', userPrincipalName);
      const certificate = await enrolled(world, {
        name,
        ...(platform && { platform }),
        user: user === null ? null : { ...jane, userPrincipalName, ...user },
        ...(device && { device }),
        settings,
      });
      const facts = await checkIssued(world, toPem('CERTIFICATE', certificate));
      assert.equal(facts.subject, meant(subject));
      assert.deepEqual(facts.subjectAlternativeNames, alternativeNames.map(meant));
    });

  test('the user principal name on corporate-owned Android without a user fails, naming the variable', async () => {
    const scenario = await makeScenario(world, {
      name: 'seed-kiosk',
      platform: 'androidEnterpriseCorporate',
      user: null,
      device: { management: 'dedicated' },
      settings: { certificateType: 'user', subjectNameFormat: 'CN={{UserPrincipalName}}' },
    });
    const { problem, expectation } = await scenario.deployment();
    assert.equal(expectation, null);
    assert.match(JSON.stringify(problem), /variable-unresolved.*UserPrincipalName/);
    await assert.rejects(scenario.challenge());
  });

  test('the escaped comma is refused when the profile is saved', async () => {
    const saving = makeScenario(world, {
      name: 'seed-escaped',
      settings: { subjectNameFormat: 'CN=Test User (TestCompany\\, LLC),OU=UserAccounts,DC=corp,DC=contoso,DC=com' },
    });
    await assert.rejects(saving, /"rule":"V6","severity":"error"/);
  });
});
