/** The settings of SCEP certificate profiles for editors: what each is, and on which platforms it exists (intune-domain 1.2). */
import type { Platform } from '../../directory/platform.ts';
import { extendedKeyUsagePresets } from '../extended-key-usage-presets.ts';
import { defaultServerOptions } from '../parse-server-options.ts';
import { defaultRemovalRule, removalOccasions, removalReasons } from '../removal-rule.ts';
import type { ScepSettingName } from '../setting-effect.ts';
import { defaultSubjectNameFormat } from '../subject-name-format.ts';
import { applicabilityRulesSchema } from './applicability-schema.ts';
import { choice, type JsonSchema, mapping } from './json-schema.ts';

type SettingName = Exclude<ScepSettingName, 'platform' | `server.${string}`>;

const arc = '(0|[1-9][0-9]{0,8})';
const oid = `^([01]\\.([0-9]|[1-3][0-9])|2\\.${arc})(\\.${arc})*$`;

const validityPeriod: JsonSchema = {
  description:
    'How long a certificate is valid: `1 year`, `90 days`, or value and unit. null: as the certificate template says. Default: 1 year; on ios and macos the template’s.',
  anyOf: [
    { type: 'string', pattern: '^[1-9][0-9]{0,3} (day|month|year)s?$', examples: ['1 year', '6 months', '90 days'] },
    mapping(
      {
        value: { type: 'integer', minimum: 1, maximum: 36_500 },
        unit: choice(['days', 'months', 'years'], { default: 'years' }),
      },
      ['value'],
    ),
    { type: 'null' },
  ],
};

const certificateAccess: JsonSchema = {
  description: 'Which apps may use the certificate.',
  default: 'userApproval',
  anyOf: [
    { const: 'userApproval', description: 'Each app asks the user.' },
    mapping({ mode: { const: 'userApproval' } }, ['mode']),
    mapping(
      {
        mode: { const: 'specificApps', description: 'These apps, without asking.' },
        apps: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1, maxItems: 50 },
      },
      ['mode', 'apps'],
    ),
  ],
};

const extendedKeyUsages: JsonSchema = {
  description: 'What the certificate is good for: pre-defined keys by name, custom ones by object identifier.',
  type: 'array',
  maxItems: 500,
  default: [],
  examples: [['Client Authentication']],
  items: {
    anyOf: [
      choice(extendedKeyUsagePresets.map(({ name }) => name)),
      { type: 'string', pattern: oid, examples: ['1.3.6.1.5.5.7.3.17'] },
      mapping(
        {
          name: { type: 'string', description: 'For people.' },
          oid: { type: 'string', pattern: oid, examples: ['1.3.6.1.5.5.7.3.17'] },
        },
        ['oid'],
      ),
    ],
  },
};

function alternativeNames(platform: Platform): JsonSchema {
  const types = ['email', 'upn', 'dns', 'uri', ...(platform === 'linux' ? ['ip'] : [])];
  return {
    description: 'Rows of type and value; `email` and `upn` alone stand for the user’s own.',
    type: 'array',
    maxItems: 500,
    default: [],
    examples: [['upn', { type: 'dns', value: '{{DeviceName}}.example.org' }]],
    items: {
      anyOf: [
        choice(['email', 'upn']),
        mapping(
          {
            type: choice(types),
            value: { type: 'string', description: 'Text with {{Variables}}.', examples: ['{{UserPrincipalName}}'] },
          },
          ['type', 'value'],
        ),
      ],
    },
  };
}

type SettingSchema = {
  readonly schema: JsonSchema | ((platform: Platform) => JsonSchema);
  readonly on?: readonly Platform[];
};

const withHash: readonly Platform[] = [
  'androidDeviceAdministrator',
  'androidEnterpriseCorporate',
  'androidEnterprisePersonal',
  'androidOpenSource',
  'windows81',
  'windows10',
  'linux',
];

const table: Readonly<Record<SettingName, SettingSchema>> = {
  certificateType: {
    schema: choice(['user', 'device'], { description: 'Whose certificate it is.', default: 'user' }),
  },
  subjectNameFormat: {
    schema: {
      type: 'string',
      description: `The subject, with {{Variables}}; a value of the old list (Common name, Common name as email …) stands for its text. Default: ${defaultSubjectNameFormat.user} for users, ${defaultSubjectNameFormat.device} for devices.`,
      examples: [
        defaultSubjectNameFormat.user,
        defaultSubjectNameFormat.device,
        'CN={{UserName}},E={{EmailAddress}},OU=Mobile,O=Finance Group,L=Redmond,ST=Washington,C=US',
        'CN={{DeviceName}}',
        'CN="{{OnPrem_Distinguished_Name}}"',
      ],
    },
  },
  subjectAlternativeNames: { schema: alternativeNames },
  certificateValidityPeriod: { schema: validityPeriod },
  keyUsage: {
    schema: {
      description: 'What the key may do.',
      type: 'array',
      items: choice(['digitalSignature', 'keyEncipherment']),
      default: ['digitalSignature', 'keyEncipherment'],
    },
  },
  keySize: { schema: choice([1024, 2048, 3072, 4096], { description: 'Bits of the RSA key.', default: 2048 }) },
  hashAlgorithm: {
    schema: {
      description: 'Which digests may sign requests and messages.',
      type: 'array',
      items: choice(['sha2', 'sha1']),
      minItems: 1,
      default: ['sha2'],
    },
    on: withHash,
  },
  rootCertificate: {
    schema: {
      type: 'string',
      minLength: 1,
      pattern: '\\S',
      description: 'The trusted certificate profile of the same platform: slug or name.',
      examples: ['root-ios'],
    },
  },
  extendedKeyUsages: { schema: extendedKeyUsages },
  renewalThreshold: {
    schema: {
      type: 'integer',
      minimum: 1,
      maximum: 99,
      default: 20,
      description: 'Percent of the lifetime that is left when renewal begins.',
    },
  },
  scepServerUrls: {
    schema: {
      type: 'array',
      maxItems: 500,
      items: { type: 'string' },
      default: [],
      description: 'Where devices enrol. Empty: at this server.',
      examples: [['https://scep.example.org/scep/wifi']],
    },
  },
  keyStorageProvider: {
    schema: (platform) =>
      choice(
        [
          'tpmOtherwiseSoftware',
          'tpmOtherwiseFail',
          ...(platform === 'windows10' ? ['passportOtherwiseFail'] : []),
          'software',
        ],
        { description: 'Where Windows keeps the key.', default: 'software' },
      ),
    on: ['windows81', 'windows10'],
  },
  certificateAccess: { schema: certificateAccess, on: ['androidEnterpriseCorporate', 'linux'] },
  deploymentChannel: {
    schema: choice(['device', 'user'], {
      description: 'device: the system’s keychain; user: the user’s.',
      default: 'device',
    }),
    on: ['macos'],
  },
  keyStorage: {
    schema: choice(['pem', 'pkcs11', 'tpm'], { description: 'Where the agent keeps the key.', default: 'pem' }),
    on: ['linux'],
  },
  applicabilityRules: { schema: applicabilityRulesSchema, on: ['windows10'] },
};

/** The settings of one platform's profile type. */
export function scepSettingsSchema(platform: Platform): JsonSchema {
  const own = Object.entries(table).filter(([, { on }]) => on === undefined || on.includes(platform));
  const properties = own.map(([name, { schema }]) => [name, typeof schema === 'function' ? schema(platform) : schema]);
  return mapping(Object.fromEntries(properties), ['rootCertificate']);
}

function removalSchema(platform: Platform): JsonSchema {
  const rules = removalOccasions.map((occasion) => {
    const usual = defaultRemovalRule(occasion, platform);
    const rule = mapping({
      removeFromDevice: {
        type: 'boolean',
        default: usual.removeFromDevice,
        description: 'The device is told to remove it.',
      },
      revoke: { type: 'boolean', default: usual.revoke, description: 'Its certificates are revoked.' },
      afterDays: {
        type: 'integer',
        minimum: 0,
        maximum: 365,
        default: usual.afterDays,
        description: 'Days until they are; 0: at once.',
      },
      reason: choice(removalReasons, { default: usual.reason, description: 'RFC 5280 §5.3.1.' }),
    });
    return [occasion, rule] as const;
  });
  return {
    ...mapping(Object.fromEntries(rules)),
    description: 'What happens when a device is to have it no more, by occasion; what is left out is as usual.',
  };
}

/** How our own server treats requests of a profile. */
export function serverOptionsSchema(platform: Platform): JsonSchema {
  const defaults = defaultServerOptions(platform);
  const flag = (value: boolean, description: string): JsonSchema => ({ type: 'boolean', default: value, description });
  return {
    ...mapping({
      authority: {
        description: 'The authority that issues, by its slug; null: the default one.',
        default: null,
        anyOf: [{ type: 'string' }, { type: 'null' }],
      },
      certificateTemplate: {
        type: 'string',
        default: defaults.certificateTemplate,
        description: 'Of the authority: what it is willing to issue.',
      },
      challengeLifetime: {
        type: 'integer',
        minimum: 1,
        maximum: 1440,
        default: defaults.challengeLifetime,
        description: 'Minutes that a challenge is good for.',
      },
      approval: choice(['automatic', 'manual'], {
        default: defaults.approval,
        description: 'manual: an administrator decides on each request.',
      }),
      ciphers: mapping({
        tripleDes: flag(defaults.ciphers.tripleDes, '3DES, beside AES.'),
        singleDes: flag(defaults.ciphers.singleDes, 'DES, for clients that know nothing else.'),
      }),
      renewal: mapping({
        byCertificate: flag(defaults.renewal.byCertificate, 'RenewalReq is answered.'),
        sameKey: flag(defaults.renewal.sameKey, 'A renewal may keep its key.'),
        window: choice(['always', 'threshold'], {
          default: defaults.renewal.window,
          description: 'threshold: not before the renewal threshold.',
        }),
        spread: {
          type: 'integer',
          minimum: 0,
          maximum: 75,
          default: defaults.renewal.spread,
          description: 'Percent of what is left at the threshold, over which the renewals of all devices are spread.',
        },
      }),
      directoryChanges: choice(['reissueNow', 'atRenewal', 'never'], {
        default: defaults.directoryChanges,
        description:
          'When an issued certificate follows a change in the directory. never: not before the profile is edited.',
      }),
      supersededCertificates: mapping({
        action: choice(['leave', 'revoke'], {
          default: defaults.supersededCertificates.action,
          description: 'What becomes of a certificate once the device has its successor.',
        }),
        afterDays: {
          type: 'integer',
          minimum: 0,
          maximum: 365,
          default: defaults.supersededCertificates.afterDays,
          description: 'Days until it is revoked, from then on.',
        },
      }),
      caCertificates: choice(['issuer', 'chain'], {
        default: defaults.caCertificates,
        description: 'What GetCACert answers: up to the issuer, or up to the root.',
      }),
      issuerInReply: flag(defaults.issuerInReply, 'The issuer’s certificate comes with each new one.'),
      reportedFacts: choice(['never', 'whenMissing'], {
        default: defaults.reportedFacts,
        description: 'Whether what a device says of itself may fill a variable that the directory leaves empty.',
      }),
      removal: removalSchema(platform),
      securityIdentifierExtension: flag(
        defaults.securityIdentifierExtension,
        'The extension 1.3.6.1.4.1.311.25.2, from the directory’s security identifier.',
      ),
    }),
    description: 'How this server treats requests of the profile; devices see none of it.',
  };
}
