/** Whether the store's size shows: CPU per enrolment with 1,000,000 certificates of 100,000 devices in it, beside 1,000. */
import { join } from 'node:path';
import { type Installation, makeInstallation } from '../test/support/installation.ts';
import { makeClientKeys, pkcsReq } from '../test/support/pkcs-req.ts';
import { fillStore } from './support/fill-store.ts';
import { issuerOf, millionCertificates } from './support/filled-installation.ts';
import { indexStore } from './support/index-store.ts';
import { benchConfig, type Figure, median, removeInstallation, replay, say } from './support/measure.ts';
import { writeMessages } from './support/messages.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

const rounds = 5;
const perRound = 800;
const warmUp = 2000;
const clients = 64;
const sizes = { small: 1000, large: millionCertificates.certificates };

type Subject = {
  readonly installation: Installation;
  readonly server: ServerProcess;
  readonly messages: readonly Uint8Array[];
  readonly costs: number[];
};

export async function largeStore(): Promise<readonly Figure[]> {
  const configs = [benchConfig(18_313), benchConfig(18_314)];
  await using open = new AsyncDisposableStack();
  for (const config of configs) open.defer(() => removeInstallation(config));
  const keys = await makeClientKeys(16);
  const subjects: Subject[] = [];
  for (const [i, issued] of Object.values(sizes).entries()) {
    const config = configs[i];
    if (config === undefined) throw new Error('a size without settings');
    say(`preparing a store with ${issued} certificates …`);
    const isSmall = issued === sizes.small;
    const waits = { waiting: warmUp + rounds * perRound, issued: isSmall ? issued : 0 };
    const installation = await makeInstallation(config, waits);
    if (!isSmall) {
      fillStore(config, installation.profile, await issuerOf(config), millionCertificates);
      await indexStore(config);
    }
    const { waiting, registrationAuthority, profile } = installation;
    const messages = waiting.map(({ deployment: { expectation }, challenge }, at) => {
      const key = keys[at % keys.length];
      if (key === undefined || expectation === null) throw new Error('nothing to ask for');
      return pkcsReq(key, registrationAuthority, expectation, challenge, Date.now());
    });
    subjects.push({
      installation,
      messages,
      server: open.use(await startServerProcess(config, profile.slug, null)),
      costs: [],
    });
  }
  for (const subject of subjects) await subject.server.atRest();
  for (const subject of subjects) await enrol(subject, 0, warmUp);
  // In turns, so that what else the machine does falls on both alike.
  for (let round = 0; round < rounds; round++)
    for (const subject of subjects) {
      const before = subject.server.cpuMs();
      await enrol(subject, warmUp + round * perRound, perRound);
      subject.costs.push((subject.server.cpuMs() - before) / perRound);
    }
  const [small = 0, large = 0] = subjects.map(({ costs }) => median(costs));
  say(`  ${small.toFixed(3)} ms with ${sizes.small}, ${large.toFixed(3)} ms with ${sizes.large}`);
  return [
    {
      name: `server CPU per enrolment with ${sizes.large} certificates ÷ with ${sizes.small}`,
      value: large / small,
      unit: '×',
      goal: { most: 1.15 },
    },
  ];
}

async function enrol({ installation, server, messages }: Subject, from: number, count: number): Promise<void> {
  const file = join(installation.config.data, 'requests.bin');
  writeMessages(file, messages.slice(from, from + count));
  await replay(file, `${server.url}/scep/${installation.profile.slug}`, clients, null);
}
