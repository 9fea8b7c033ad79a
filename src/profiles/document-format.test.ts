import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DocumentFormat, documentFormat } from './document-format.ts';

const scep = { '@odata.type': '#microsoft.graph.iosScepCertificateProfile', displayName: 'Wi-Fi' };

const rows: readonly (readonly [title: string, value: unknown, format: DocumentFormat])[] = [
  ['one object of Graph', scep, 'graph'],
  ['an array of them', [scep, scep], 'graph'],
  ['a list as Graph answers it', { '@odata.context': 'https://example.org', value: [scep] }, 'graph'],
  ['a bare {value: [...]}', { value: [scep] }, 'graph'],
  ['an object that lost its type', { displayName: 'Wi-Fi', renewalThresholdPercentage: 20 }, 'graph'],
  ['a document of ours', { kind: 'scep', name: 'Wi-Fi' }, 'profile'],
  ['ours with a wrong field', { kind: 'scep', displayName: 'Wi-Fi', value: [] }, 'profile'],
  ['a list of ours', [{ kind: 'scep' }], 'profile'],
  ['nothing much', { colour: 'red' }, 'profile'],
  ['text', 'scep', 'profile'],
  ['null', null, 'profile'],
];

for (const [title, value, format] of rows) test(title, () => assert.equal(documentFormat(value), format));
