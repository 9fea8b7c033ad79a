import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boundTo, type GraphJson, scepExample, trustedExample } from '../../../test/support/graph-examples.ts';
import { offline, onServer, settingsOf, told, windows } from '../../../test/support/graph-import.ts';
import type { GraphImportOptions } from './graph-import.ts';
import { importGraph } from './import-graph.ts';

describe('the root', () => {
  test('is found by id, by name, by mapping, by platform, and made when it is inside', () => {
    const bare = { ...windows() } as Record<string, unknown>;
    delete bare['rootCertificate@odata.bind'];
    const root = (changes: GraphJson, roots: GraphImportOptions['roots'] = []) =>
      settingsOf({ ...bare, ...changes }, { ...onServer, roots }).settings.rootCertificate;
    const elsewhere = { 'rootCertificate@odata.bind': boundTo('ELSEWHERE') };
    assert.equal(root({ 'rootCertificate@odata.bind': boundTo('id-win-root') }), 'win-root');
    assert.equal(root({ 'rootCertificate@odata.bind': 'deviceConfigurations/id-win-root' }), 'win-root');
    assert.equal(root({ rootCertificate: { id: 'other', displayName: 'win - root' } }), 'win-root');
    assert.equal(root(elsewhere, [{ graphId: 'elsewhere', slug: 'win-root' }]), 'win-root');
    assert.equal(
      root({}, [
        { graphId: null, slug: 'ios-root' },
        { graphId: null, slug: 'win-root' },
      ]),
      'win-root',
    );
    const inside = importGraph({ ...bare, rootCertificate: trustedExample('windows81', 'MII=') }, offline);
    assert.deepEqual(
      inside.profiles.map(({ path, kind }) => `${path} ${kind}`),
      ['rootCertificate trustedCertificate', ' scep'],
    );
    assert.deepEqual(told(inside), []);
  });

  test('that two profiles carry inside becomes one profile', () => {
    const inside = { rootCertificate: trustedExample('ios', 'MII=') };
    const { profiles } = importGraph(
      [scepExample('ios', inside), scepExample('ios', { ...inside, id: 'b', displayName: 'B' })],
      offline,
    );
    assert.deepEqual(
      profiles.map(({ path }) => path),
      ['0.rootCertificate', '0', '1'],
    );
  });

  test('that nothing answers is an error that says what to do', () => {
    const missing = (changes: GraphJson) => {
      const { findings } = importGraph(windows(changes), onServer);
      const [first] = findings.filter(({ severity }) => severity === 'error');
      return `${first?.path}: ${first?.fix}`;
    };
    const bind = 'rootCertificate@odata.bind';
    assert.match(missing({ [bind]: boundTo('nobody') }), /^rootCertificate@odata\.bind: .*--root nobody=<slug>/);
    assert.match(missing({ [bind]: null }), /^rootCertificate: .*\$expand=rootCertificate/);
    assert.match(missing({ [bind]: 'nonsense' }), /^rootCertificate@odata\.bind: .*--root <slug>/);
    assert.match(missing({ [bind]: null, rootCertificate: { id: 'nobody' } }), /^rootCertificate\.id: /);
  });
});
