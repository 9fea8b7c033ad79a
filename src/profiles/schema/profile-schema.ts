import { type Platform, platforms } from '../../directory/platform.ts';
import { applicabilityRulesSchema } from './applicability-schema.ts';
import { choice, type JsonSchema, mapping } from './json-schema.ts';
import { scepSettingsSchema, serverOptionsSchema } from './scep-setting-schemas.ts';

export type ProfileSchema = JsonSchema & {
  readonly $schema: string;
  readonly $defs: Readonly<Record<string, JsonSchema>>;
};

const name: JsonSchema = { type: 'string', minLength: 1, pattern: '\\S' };

const target: JsonSchema = {
  description: 'Everybody with a user, every device, or one group, user or device.',
  anyOf: [
    choice(['allUsers', 'allDevices']),
    mapping({ group: { ...name, description: 'A group of users or devices, by name or id.' } }, ['group']),
    mapping({ user: { ...name, description: 'A user, by user principal name or id.' } }, ['user']),
    mapping({ device: { ...name, description: 'A device, by name or id.' } }, ['device']),
  ],
};

const filter: JsonSchema = {
  description: 'Of those whom it includes, only the devices that a filter matches, or only the others.',
  anyOf: [mapping({ include: name }, ['include']), mapping({ exclude: name }, ['exclude'])],
};

const assignments: JsonSchema = {
  description: 'Who gets the profile; exclusion wins. Left out: as it is on the server. Empty: nobody.',
  type: 'array',
  maxItems: 1000,
  items: { anyOf: [mapping({ include: target, filter }, ['include']), mapping({ exclude: target }, ['exclude'])] },
  examples: [[{ include: { group: 'Sales' } }, { exclude: { user: 'jane@example.org' } }]],
};

function trustedSettingsSchema(platform: Platform): JsonSchema {
  const windows = platform === 'windows81' || platform === 'windows10';
  return mapping(
    {
      certificate: {
        ...name,
        description: 'One CA certificate: PEM, or base64 of its DER. ownRoot: the root of the server, in files only.',
        examples: ['ownRoot'],
      },
      certificateFileName: { type: 'string', default: 'certificate.cer', description: 'What the file is called.' },
      ...(windows && {
        destinationStore: choice(['computerRoot', 'computerIntermediate', 'userIntermediate'], {
          default: 'computerRoot',
          description: 'The store of Windows that it goes to.',
        }),
      }),
      ...(platform === 'windows10' && { applicabilityRules: applicabilityRulesSchema }),
      ...(platform === 'macos' && {
        deploymentChannel: choice(['device', 'user'], {
          default: 'device',
          description: 'device: the system’s keychain; user: the user’s.',
        }),
      }),
    },
    ['certificate'],
  );
}

function whenItIs(kind: string, platform: Platform, then: JsonSchema): JsonSchema {
  const both = { kind: { const: kind }, platform: { const: platform } };
  return { if: { properties: both, required: ['kind', 'platform'] }, then };
}

function whenFilter(then: JsonSchema): JsonSchema {
  return { if: { properties: { kind: { const: 'filter' } }, required: ['kind'] }, then };
}

/** What a filter has none of. */
const ofProfiles = ['slug', 'settings', 'server', 'assignments'] as const;

const ref = (definition: string): JsonSchema => ({ $ref: `#/$defs/${definition}` });

/**
 * The schema of profile documents for editors (JSON Schema 2020-12): for each platform only the settings that exist there.
 * What it allows, `parseProfile` reads; that reads some older spellings more. The rules have the last word.
 */
export function profileSchema(): ProfileSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Scepward profile',
    description:
      'A trusted certificate profile, a SCEP certificate profile, or a filter that assignments use, as `profile apply` reads it.',
    ...mapping(
      {
        kind: choice(['scep', 'trustedCertificate', 'filter'], { description: 'The kind of profile, or a filter.' }),
        name: { ...name, description: 'For people; need not be unique.' },
        slug: {
          type: 'string',
          pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
          maxLength: 63,
          not: { const: 'schema' },
          description: 'Stands in SCEP addresses and never changes. Left out: made from the name.',
          examples: ['wifi-ios'],
        },
        platform: choice(platforms, { description: 'The devices it is for.' }),
        description: { type: 'string', default: '', description: 'For people.' },
        scopeTags: { type: 'array', items: { type: 'string' }, maxItems: 100, default: [] },
        settings: {
          type: 'object',
          description: 'What devices get; which settings there are depends on the platform.',
        },
        server: { type: 'object', description: 'How this server treats requests; of SCEP profiles only.' },
        assignments,
        rule: {
          ...name,
          maxLength: 3072,
          description: 'Of a filter: which devices it matches.',
          examples: ['(device.deviceOwnership -eq "Corporate")'],
        },
      },
      ['kind', 'name', 'platform'],
    ),
    allOf: [
      whenFilter({ required: ['rule'], not: { anyOf: ofProfiles.map((each) => ({ required: [each] })) } }),
      ...platforms.flatMap((platform) => [
        whenItIs('scep', platform, {
          properties: { settings: ref(`scep-${platform}`), server: ref(`server-${platform}`) },
          required: ['settings'],
          not: { required: ['rule'] },
        }),
        whenItIs('trustedCertificate', platform, {
          properties: { settings: ref(`trusted-${platform}`) },
          required: ['settings'],
          not: { anyOf: [{ required: ['server'] }, { required: ['rule'] }] },
        }),
      ]),
    ],
    $defs: Object.fromEntries(
      platforms.flatMap((platform) => [
        [`scep-${platform}`, scepSettingsSchema(platform)],
        [`server-${platform}`, serverOptionsSchema(platform)],
        [`trusted-${platform}`, trustedSettingsSchema(platform)],
      ]),
    ),
  };
}

/** As files hold it, with the address of the schema for editors that know `yaml-language-server`. */
export function profileSchemaText(): string {
  return `${JSON.stringify(profileSchema(), null, 2)}\n`;
}
