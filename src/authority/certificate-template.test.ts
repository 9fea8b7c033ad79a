import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../lib/failure.ts';
import { defaultTemplate, legacyTemplate, parseCertificateTemplate } from './certificate-template.ts';

const clientAuth = '1.3.6.1.5.5.7.3.2';
describe('a template', () => {
  const closed = {
    ...defaultTemplate,
    profileMaySetValidity: false,
    keyUsages: ['digitalSignature'] as const,
    extendedKeyUsages: [clientAuth],
  };

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
