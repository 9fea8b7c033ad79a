/** Whether a second core helps: server and replayer together on one core, then on two. */
import { join } from 'node:path';
import { makeInstallation } from '../test/support/installation.ts';
import { makeClientKeys, pkcsReq } from '../test/support/pkcs-req.ts';
import { benchConfig, type Figure, median, removeInstallation, replay, say } from './support/measure.ts';
import { writeMessages } from './support/messages.ts';
import { startServerProcess } from './support/server-process.ts';

const rounds = 5;
const perRound = 800;
const warmUp = 400;
const clients = 64;

export async function cores(): Promise<readonly Figure[]> {
  const config = benchConfig(18_312);
  try {
    const inAll = 2 * (rounds + 1) * (warmUp + perRound);
    say(`preparing ${inAll} requests …`);
    const { waiting, registrationAuthority, profile } = await makeInstallation(config, {
      waiting: inAll,
      issued: 0,
    });
    const keys = await makeClientKeys(16);
    const messages = waiting.map(({ deployment: { expectation }, challenge }, i) => {
      const key = keys[i % keys.length];
      if (key === undefined || expectation === null) throw new Error('nothing to ask for');
      return pkcsReq(key, registrationAuthority, expectation, challenge, Date.now());
    });
    const file = join(config.data, 'requests.bin');
    const rates: Record<string, number[]> = { '0': [], '0,1': [] };
    let used = 0;
    // Round by round, so that what else the machine does falls on both alike. The first of each only warms up.
    for (let round = 0; round <= rounds; round++)
      for (const list of ['0', '0,1']) {
        await using server = await startServerProcess(config, profile.slug, list);
        const send = (count: number) => {
          writeMessages(file, messages.slice(used, used + count));
          used += count;
          return replay(file, `${server.url}/scep/${profile.slug}`, clients, list);
        };
        await send(warmUp);
        const { seconds } = await send(perRound);
        if (round > 0) rates[list]?.push(perRound / seconds);
        if (round > 0) say(`  on ${list}: ${Math.round(perRound / seconds)}/s`);
      }
    const [one = 0, two = 0] = ['0', '0,1'].map((list) => median(rates[list] ?? []));
    return [
      { name: 'enrolments per second on 2 cores ÷ on 1', value: two / one, unit: '×', goal: { least: 1.6 } },
      { name: 'enrolments per second on 1 core, replayer included', value: one, unit: '/s', goal: null },
      { name: 'enrolments per second on 2 cores, replayer included', value: two, unit: '/s', goal: null },
    ];
  } finally {
    await removeInstallation(config);
  }
}
