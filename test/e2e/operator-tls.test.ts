import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { connect } from 'node:tls';
import { runAgentOnce } from '../../src/client/agent.ts';
import type { AgentDeps } from '../../src/client/agent-deps.ts';
import { httpTransport } from '../../src/client/http-transport.ts';
import { joinAgent } from '../../src/client/join-agent.ts';
import { memoryAgentStore } from '../../src/client/memory-agent-store.ts';
import { agentHabits } from '../../src/client/scep-habits.ts';
import { systemCause } from '../../src/events/event.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { poolKey } from '../support/agent-world.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { freePort, startWorld } from '../support/world.ts';

/** A CA of the operator's and a certificate of it for 127.0.0.1, as PEM: leaf, then CA. */
async function makeIdentity(folder: string, name: string): Promise<{ certificate: string; key: string }> {
  const openssl = async (...args: string[]) => {
    const { code, stderr } = await runCommand('openssl', args, { cwd: folder });
    assert.equal(code, 0, stderr);
  };
  const san = 'subjectAltName=IP:127.0.0.1';
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}-ca.key`,
    '-out',
    `${name}-ca.pem`,
    '-subj',
    `/CN=${name} CA`,
    '-days',
    '30',
  );
  await openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${name}`,
    '-addext',
    san,
  );
  await openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${name}-ca.pem`,
    '-CAkey',
    `${name}-ca.key`,
    '-copy_extensions',
    'copy',
    '-days',
    '20',
    '-out',
    `${name}.pem`,
  );
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { certificate: read(`${name}.pem`) + read(`${name}-ca.pem`), key: read(`${name}.key`) };
}

function served(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.once('error', reject);
  });
}

it("with the operator's own certificate agents pin its CA, and a changed file is served without a restart", async () => {
  await using folder = temporaryFolder('operator-tls');
  const first = await makeIdentity(folder.path, 'first');
  const files = { certificate: folder.file('tls.pem'), key: folder.file('tls.key') };
  writeFileSync(files.certificate, first.certificate);
  writeFileSync(files.key, first.key);
  const port = await freePort();
  await using world = await startWorld({ config: { tls: { listen: { host: '127.0.0.1', port }, files } } });
  assert.equal(await served(port), 'first');

  const deps: AgentDeps = {
    store: memoryAgentStore(),
    clock: systemClock,
    makeKey: poolKey,
    facts: () => ({ deviceName: 'laptop-1', platform: 'linux', osVersion: '12' }),
    habits: agentHabits,
    roam: false,
    shuffle: (urls) => urls,
    openTransport: httpTransport,
  };
  const { text } = await world.server.delivery.createJoinToken({ deviceId: null, userId: null, cause: systemCause });
  await joinAgent(deps, { server: `https://127.0.0.1:${port}`, token: text });
  assert.equal((await runAgentOnce(deps)).retired, false);

  const second = await makeIdentity(folder.path, 'second');
  writeFileSync(files.certificate, second.certificate);
  writeFileSync(files.key, second.key);
  await until('the new certificate', async () => ((await served(port)) === 'second' ? true : undefined));

  writeFileSync(files.certificate, 'rubbish');
  await until('a word about the rubbish', () =>
    world.log.find((line) => line.includes('the TLS files changed and cannot be used')),
  );
  assert.equal(await served(port), 'second');
});
