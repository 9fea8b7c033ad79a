/** What one enrolment costs the server, beside the bare cryptography measured in the same minute; memory; start. */
import { join } from 'node:path';
import { makeInstallation } from '../test/support/installation.ts';
import { makeClientKeys, pkcsReq } from '../test/support/pkcs-req.ts';
import { bareCryptoMs, benchConfig, type Figure, median, removeInstallation, replay, say } from './support/measure.ts';
import { writeMessages } from './support/messages.ts';
import { startServerProcess } from './support/server-process.ts';

const rounds = 5;
const perRound = 1500;
/**
 * Until V8 has compiled what it will: a server runs for weeks. It takes some 22,000 enrolments (`--trace-opt`): near 10,000 and
 * 20,000 whole groups of functions are compiled anew, since what they call was compiled and makes arrays of another kind.
 */
const warmUp = 25_000;
const clients = 64;

export async function enrolment(): Promise<readonly Figure[]> {
  const config = benchConfig(18_311);
  try {
    say(`preparing ${rounds * perRound + warmUp} requests …`);
    const { waiting, registrationAuthority, profile } = await makeInstallation(config, {
      waiting: rounds * perRound + warmUp,
      issued: 0,
    });
    const keys = await makeClientKeys(16);
    const messages = waiting.map(({ deployment: { expectation }, challenge }, i) => {
      const key = keys[i % keys.length];
      if (key === undefined || expectation === null) throw new Error('nothing to ask for');
      return pkcsReq(key, registrationAuthority, expectation, challenge, Date.now());
    });
    // The first start after an update reads and keeps the code (bin/scepward); those that follow are measured.
    await (await startServerProcess(config, profile.slug, null))[Symbol.asyncDispose]();
    await using server = await startServerProcess(config, profile.slug, null);
    const url = `${server.url}/scep/${profile.slug}`;
    const file = join(config.data, 'requests.bin');
    writeMessages(file, messages.slice(0, warmUp));
    await replay(file, url, clients, null);
    const ratios: number[] = [];
    const rates: number[] = [];
    const latencies: number[] = [];
    for (let round = 0; round < rounds; round++) {
      writeMessages(file, messages.slice(warmUp + round * perRound, warmUp + (round + 1) * perRound));
      const bare = await bareCryptoMs();
      const before = server.cpuMs();
      const { seconds, p99 } = await replay(file, url, clients, null);
      const each = (server.cpuMs() - before) / perRound;
      ratios.push(each / bare);
      rates.push(perRound / seconds);
      latencies.push(p99);
      say(`  server ${each.toFixed(3)} ms, bare ${bare.toFixed(3)} ms, ratio ${(each / bare).toFixed(2)}`);
    }
    return [
      { name: 'server CPU per enrolment ÷ bare cryptography', value: median(ratios), unit: '×', goal: { most: 1.5 } },
      {
        name: `enrolments per second, ${clients} clients on the same cores`,
        value: median(rates),
        unit: '/s',
        goal: null,
      },
      {
        name: `99th percentile of the answer time, ${clients} clients`,
        value: median(latencies),
        unit: 'ms',
        goal: null,
      },
      { name: `resident memory at ${clients} clients`, value: server.peakMiB(), unit: 'MiB', goal: { most: 256 } },
      { name: 'start to first SCEP answer', value: server.startMs / 1000, unit: 's', goal: { most: 1.5 } },
    ];
  } finally {
    await removeInstallation(config);
  }
}
