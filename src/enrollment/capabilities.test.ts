import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import { capabilities } from './capabilities.ts';

type Change = {
  readonly hashAlgorithm?: readonly ('sha1' | 'sha2')[];
  readonly tripleDes?: boolean;
  readonly byCertificate?: boolean;
};

function settings({ hashAlgorithm = ['sha2'], tripleDes = false, byCertificate = true }: Change): ScepSettings {
  return {
    platform: 'windows10',
    hashAlgorithm,
    server: { ciphers: { tripleDes, singleDes: false }, renewal: { byCertificate, sameKey: false, window: 'always' } },
  } as unknown as ScepSettings;
}

test('the default: everything modern, and SHA-384 for strongSwan', () => {
  assert.deepEqual(capabilities(settings({}), false), [
    'POSTPKIOperation',
    'SCEPStandard',
    'AES',
    'SHA-256',
    'SHA-384',
    'SHA-512',
    'Renewal',
  ]);
});

test('SHA-1 and 3DES are offered only where they are taken', () => {
  const list = capabilities(settings({ hashAlgorithm: ['sha1', 'sha2'], tripleDes: true }), false);
  assert.ok(list.includes('SHA-1') && list.includes('DES3'));
});

test('a profile of SHA-1 alone promises neither SHA-256 nor SCEPStandard', () => {
  const list = capabilities(settings({ hashAlgorithm: ['sha1'] }), false);
  assert.deepEqual(list, ['POSTPKIOperation', 'AES', 'SHA-1', 'Renewal']);
});

test('renewal and the next CA certificate are named only when there are such', () => {
  assert.ok(!capabilities(settings({ byCertificate: false }), false).includes('Renewal'));
  assert.ok(capabilities(settings({}), true).includes('GetNextCACert'));
});
