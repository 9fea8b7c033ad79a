/** No affinity: the calls of one enrolment may reach several servers that share a PostgreSQL, one call each. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Transport } from '../../src/client/http-transport.ts';
import { chooseAlgorithms, enroll, renew } from '../../src/client/scep-client.ts';
import { contactScepServer } from '../../src/client/scep-server.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { checkIssued } from '../support/issued-certificate.ts';
import { ownClient } from '../support/own-client.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

/** Another server on the same database, with the secret that unseals the same keys. */
function anotherNode(first: World, name: string): Promise<World> {
  const { database } = first.server.foundation.config;
  const config: WorldOptions['config'] = { database, secretFile: join(first.folder, 'secret'), node: name };
  return startWorld({ authority: false, config });
}

test('GetCACaps, GetCACert, PKIOperation and the renewal each reach another node', {
  skip: skipUnless('postgres', 'openssl'),
}, async () => {
  await using first = await startWorld({ store: 'postgres', config: { node: 'node-1' } });
  await using second = await anotherNode(first, 'node-2');
  await using third = await anotherNode(first, 'node-3');
  const nodes = [first, second, third];
  const scenario = await makeScenario(first, { name: 'wanderer' });

  await using client = await ownClient(first, scenario.scepUrl);
  const { exchange } = client;
  const called: number[] = [];
  const send: Transport = (request) => {
    const index = (called.length + 1) % nodes.length;
    called.push(index);
    return exchange.call.send({ ...request, url: request.url.replace(first.url, nodes[index]?.url ?? '') });
  };
  const call = { ...exchange.call, send };
  const server = await contactScepServer(call, scenario.scepUrl, exchange.trust, first.clock.now(), () => {});
  assert.ok(!('code' in server));
  const wandering = { ...exchange, call, server, algorithms: chooseAlgorithms(server.capabilities, ['sha2']) };

  const requested = requestedBy(await scenario.deployment());
  const key = await testClientKey();
  const enrolled = await enroll(wandering, key, requested, await scenario.challenge());
  assert.equal(enrolled.kind, 'issued');
  assert.ok(enrolled.kind === 'issued');
  await checkIssued(first, toPem('CERTIFICATE', enrolled.certificate));

  const old = { key, certificate: enrolled.certificate };
  const renewed = await renew(wandering, await testClientKey(), requested, old);
  assert.equal(renewed.kind, 'issued');
  assert.deepEqual(called, [1, 2, 0, 1], 'each call reached another node than the one before');
  const rows = await first.server.foundation.store.scepTransactions.listByDeployment(
    (await scenario.deployment()).id,
    10,
  );
  assert.deepEqual(
    rows.map(({ node, outcome }) => [node, outcome]),
    [
      ['node-2', 'success'],
      ['node-1', 'success'],
    ],
  );
});
