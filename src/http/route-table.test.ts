import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routeTable } from './route-table.ts';

test('methods of every pattern that matches, and of no other', () => {
  const table = routeTable();
  table.add('/api/v1/devices/:id', ['GET', 'DELETE']);
  table.add('/api/v1/devices', ['POST']);
  table.add('/scep/:slug/*', ['GET', 'POST']);
  assert.deepEqual(table.methodsFor('/api/v1/devices/1'), ['DELETE', 'GET']);
  assert.deepEqual(table.methodsFor('/api/v1/devices'), ['POST']);
  assert.deepEqual(table.methodsFor('/api/v1/devices/1/more'), []);
  assert.deepEqual(table.methodsFor('/scep/wifi/certsrv/mscep/mscep.dll'), ['GET', 'POST']);
  assert.deepEqual(table.methodsFor('/scep/wifi'), []);
  assert.deepEqual(table.methodsFor('/api/v1/devices/'), []);
});

test('a first segment is owned by whoever has a pattern below it', () => {
  const table = routeTable();
  table.add('/', ['GET']);
  table.add('/scep/:slug/*', ['GET', 'POST']);
  table.add('/healthz', ['GET']);
  assert.ok(table.ownsFirstSegmentOf('/'));
  assert.ok(table.ownsFirstSegmentOf('/scep'));
  assert.ok(table.ownsFirstSegmentOf('/scep/x/y/z'));
  assert.ok(table.ownsFirstSegmentOf('/healthz/more'));
  assert.ok(!table.ownsFirstSegmentOf('/scepter'));
  assert.ok(!table.ownsFirstSegmentOf('/certificates/1'));
});
