import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './config.ts';
import { type Environment, variables } from './env.ts';
import { environmentSettings } from './environment-settings.ts';

const shown = (environment: Environment) => {
  const config = parseConfig(environment, { tlsListen: null });
  return new Map(environmentSettings(config, environment).map((setting) => [setting.variable as string, setting]));
};

test('every variable of a server is shown, with what it is and who says so', () => {
  const settings = shown({ SCEPWARD_LISTEN: '[::1]:9', SCEPWARD_PROBE_PRIVATE: 'allow' });
  assert.deepEqual(
    [...settings.keys()].toSorted(),
    variables.filter((name) => name !== 'SCEPWARD_URL' && name !== 'SCEPWARD_TOKEN').toSorted(),
  );
  const told = (name: string) => [settings.get(name)?.value, settings.get(name)?.source];
  assert.deepEqual(told('SCEPWARD_LISTEN'), ['[::1]:9', 'environment']);
  assert.deepEqual(told('SCEPWARD_PROBE_PRIVATE'), ['allow', 'environment']);
  assert.deepEqual(told('SCEPWARD_LOG'), ['info', 'default']);
  assert.deepEqual(told('SCEPWARD_PKI_URL'), [null, 'default']);
});

for (const [name, url] of [
  ['in its place', 'postgres://scep:hunter2@db.example:5432/scepward'],
  ['as a parameter', 'postgres://scep@db.example:5432/scepward?password=hunter2&sslpassword=hunter2'],
  ['in its place, escaped', 'postgres://scep:%68unter2@db.example:5432/scepward#hunter2'],
] as const)
  test(`a password that stands ${name} of the database's address is not shown`, () => {
    const value = shown({ SCEPWARD_DATABASE_URL: url }).get('SCEPWARD_DATABASE_URL')?.value;
    assert.equal(value, 'postgres://scep@db.example:5432/scepward');
  });
