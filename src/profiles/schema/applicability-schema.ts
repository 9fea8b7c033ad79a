import { windowsEditions } from '../applicability-rules.ts';
import { choice, type JsonSchema, mapping } from './json-schema.ts';

const rule = choice(['assignIf', 'dontAssignIf'], {
  description: 'Whether the devices that fit get the profile, or all others.',
});

const version: JsonSchema = {
  type: 'string',
  pattern: '^(0|[1-9][0-9]{0,4})(\\.(0|[1-9][0-9]{0,4})){3}$',
  examples: ['10.0.19045.0'],
};

/** Which Windows 10 and later devices a profile is meant for, beyond its assignments (intune-domain 4.5). */
export const applicabilityRulesSchema: JsonSchema = {
  ...mapping({
    osEdition: mapping(
      {
        rule,
        editions: {
          type: 'array',
          minItems: 1,
          maxItems: 100,
          items: choice([...windowsEditions.map((edition) => edition.slice('windows10'.length)), ...windowsEditions]),
        },
      },
      ['rule', 'editions'],
    ),
    osVersion: mapping(
      {
        rule,
        minimum: { ...version, description: 'Of the range; belongs to it.' },
        maximum: { ...version, description: 'Of the range; belongs to it. Not below the minimum.' },
      },
      ['rule', 'minimum', 'maximum'],
    ),
  }),
  description: 'Which devices the profile is meant for, by edition, by version, or both.',
};
