/** A CRL with 100,000 entries: how long it takes to build, sign and publish, and what enrolments notice of it. */
import { join } from 'node:path';
import { createApiToken } from '../src/access/create-api-token.ts';
import type { Certificate, CertificateId } from '../src/authority/certificate.ts';
import type { IssuerId } from '../src/authority/issuer.ts';
import { systemCause } from '../src/events/event.ts';
import { toHex } from '../src/lib/bytes.ts';
import { day, systemClock } from '../src/lib/clock.ts';
import { newId } from '../src/lib/ids.ts';
import { randomBytes } from '../src/lib/random.ts';
import { atInstallation, makeInstallation } from '../test/support/installation.ts';
import { makeClientKeys, pkcsReq } from '../test/support/pkcs-req.ts';
import { type BenchApi, benchApi } from './support/bench-api.ts';
import { benchConfig, type Figure, median, removeInstallation, replay, say } from './support/measure.ts';
import { writeMessages } from './support/messages.ts';
import { startServerProcess } from './support/server-process.ts';

const entries = 100_000;
const rounds = 4;
const perRound = 1500;
const clients = 64;

export async function crl(): Promise<readonly Figure[]> {
  const config = benchConfig(18_703);
  try {
    say(`preparing ${2 * rounds * perRound} requests and ${entries} revoked certificates …`);
    const { waiting, registrationAuthority, profile } = await makeInstallation(config, {
      waiting: (2 * rounds + 1) * perRound,
      issued: 0,
    });
    const token = await atInstallation(config, async ({ authority, foundation: { store } }) => {
      const { issuer } = await authority.issuing.active(null);
      for (let made = 0; made < entries; made += 5000)
        await store.transact(async () => {
          for (let at = 0; at < 5000; at++) await store.certificates.insert(revoked(issuer.id, made + at));
        });
      const given = { name: 'bench', permissions: 'all', expiresAt: null, cause: systemCause } as const;
      return (await createApiToken({ ...store, clock: systemClock }, given)).secret;
    });
    const keys = await makeClientKeys(16);
    const messages = waiting.map(({ deployment: { expectation }, challenge }, i) => {
      const key = keys[i % keys.length];
      if (key === undefined || expectation === null) throw new Error('nothing to ask for');
      return pkcsReq(key, registrationAuthority, expectation, challenge, Date.now());
    });
    await using server = await startServerProcess(config, profile.slug, null);
    const api = benchApi(server.url, token);
    const file = join(config.data, 'requests.bin');
    let next = 0;
    const enrol = () => {
      writeMessages(file, messages.slice(next, next + perRound));
      next += perRound;
      return replay(file, `${server.url}/scep/${profile.slug}`, clients, null);
    };
    await enrol();
    const alone: number[] = [];
    const idle = server.cpuMs();
    for (let round = 0; round < rounds; round++) alone.push(await publish(api));
    const cpu = (server.cpuMs() - idle) / rounds / 1000;
    const ratios: number[] = [];
    const meanwhile: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { p99: usual } = await enrol();
      let ended = false;
      const enrolling = enrol().finally(() => {
        ended = true;
      });
      const times: number[] = [];
      while (!ended) times.push(await publish(api));
      const { p99 } = await enrolling;
      meanwhile.push(...times);
      ratios.push(p99 / usual);
      say(`  p99 ${usual.toFixed(1)} ms alone, ${p99.toFixed(1)} ms while ${times.length} lists were published`);
    }
    return [
      {
        name: `a CRL of ${entries} entries, built, signed and published`,
        value: median(alone),
        unit: 's',
        goal: { most: 1 },
      },
      { name: 'server CPU for it', value: cpu, unit: 's', goal: null },
      { name: 'the same while devices enrol', value: median(meanwhile), unit: 's', goal: null },
      {
        name: '99th percentile of enrolments while one such CRL after the other is published ÷ without',
        value: median(ratios),
        unit: '×',
        goal: { most: 2 },
      },
    ];
  } finally {
    await removeInstallation(config);
  }
}

/** Seconds. */
async function publish(api: BenchApi): Promise<number> {
  const started = performance.now();
  const { items } = await api.call<{ items: { bytes: number }[] }>('POST', '/authorities/bench/crl');
  if ((items[0]?.bytes ?? 0) < entries * 20) throw new Error('the list is too short');
  return (performance.now() - started) / 1000;
}

function revoked(issuerId: IssuerId, index: number): Certificate {
  const now = systemClock.now();
  return {
    id: newId<CertificateId>(systemClock),
    issuerId,
    serial: `5${toHex(randomBytes(16)).slice(1)}`,
    der: randomBytes(1250),
    purpose: 'device',
    subjectText: `CN=revoked-${index}`,
    subjectAlternativeNames: [],
    notBefore: now,
    notAfter: now + 365 * day,
    thumbprint: toHex(randomBytes(20)),
    thumbprint256: toHex(randomBytes(32)),
    keyHash: toHex(randomBytes(32)),
    shard: 0,
    state: 'released',
    deploymentId: null,
    generation: null,
    renewsId: null,
    issuedAt: now,
    installedAt: null,
    supersededAt: null,
    revokeAt: null,
    revokedAt: now - index,
    revocationReason: 'cessationOfOperation',
  };
}
