import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../lib/failure.ts';
import {
  defaultTemplate,
  legacyTemplate,
  parseCertificateTemplate,
  type TemplateQuestion,
  templateAllows,
} from './certificate-template.ts';

const clientAuth = '1.3.6.1.5.5.7.3.2';
const usual: TemplateQuestion = {
  keySize: 2048,
  hashAlgorithms: ['sha2'],
  keyUsage: ['digitalSignature', 'keyEncipherment'],
  extendedKeyUsages: [clientAuth],
  validityPeriod: { value: 1, unit: 'years' },
};

describe('a template', () => {
  const closed = {
    ...defaultTemplate,
    profileMaySetValidity: false,
    keyUsages: ['digitalSignature'] as const,
    extendedKeyUsages: [clientAuth],
  };
  const rows: readonly (readonly [
    name: string,
    template: typeof closed | typeof defaultTemplate,
    change: Partial<TemplateQuestion>,
    refusals: readonly string[],
  ])[] = [
    ['allows the usual', defaultTemplate, {}, []],
    ['allows two years by default', defaultTemplate, { validityPeriod: { value: 2, unit: 'years' } }, []],
    [
      'refuses three',
      defaultTemplate,
      { validityPeriod: { value: 3, unit: 'years' } },
      ['certificateValidityPeriod too-long'],
    ],
    [
      'refuses small keys and SHA-1',
      defaultTemplate,
      { keySize: 1024, hashAlgorithms: ['sha1', 'sha2'] },
      ['keySize not-allowed', 'hashAlgorithm not-allowed'],
    ],
    ['for legacy clients allows them', legacyTemplate, { keySize: 1024, hashAlgorithms: ['sha1'] }, []],
    [
      'may keep the validity to itself',
      closed,
      { keyUsage: ['digitalSignature'] },
      ['certificateValidityPeriod not-for-profiles'],
    ],
    [
      'does not mind a profile that leaves the validity to it',
      closed,
      { keyUsage: ['digitalSignature'], validityPeriod: null },
      [],
    ],
    [
      'may allow some usages only',
      closed,
      { validityPeriod: null, extendedKeyUsages: [clientAuth, '1.2.3'] },
      ['keyUsage not-allowed', 'extendedKeyUsage not-allowed'],
    ],
  ];
  for (const [name, template, change, refusals] of rows)
    it(name, () => {
      const found = templateAllows(template, { ...usual, ...change });
      assert.deepEqual(
        found.map(({ field, code }) => `${field} ${code}`),
        refusals,
      );
    });

  it('comes back from JSON', () => {
    for (const template of [defaultTemplate, legacyTemplate, closed])
      assert.deepEqual(parseCertificateTemplate(JSON.parse(JSON.stringify(template))), template);
  });

  const faults: readonly (readonly [field: string, value: unknown])[] = [
    ['name', 'Has Spaces'],
    ['maximumValidity', 0],
    ['maximumValidity', 1.5],
    ['profileMaySetValidity', 'yes'],
    ['keySizes', []],
    ['keySizes', [512]],
    ['keySizes', [2048, 2048]],
    ['hashAlgorithms', ['md5']],
    ['keyUsages', ['keyCertSign']],
    ['extendedKeyUsages', ['clientAuth']],
    ['extendedKeyUsages', undefined],
  ];
  for (const [field, value] of faults)
    it(`with ${field} ${JSON.stringify(value)} is refused by that field`, () => {
      assert.throws(
        () => parseCertificateTemplate({ ...defaultTemplate, [field]: value }),
        (error) => isFailure(error, 'template-invalid') && error.params.field === field,
      );
    });
});
