/** The same requests' kind, the same replayer, one client at a time, at Debian's scepserver and at ours, in one run. */
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCertificate } from '../src/formats/x509/certificate.ts';
import { encodeName, nameOf } from '../src/formats/x509/name.ts';
import { toBase64 } from '../src/lib/bytes.ts';
import type { Expectation } from '../src/profiles/expectation.ts';
import { makeInstallation } from '../test/support/installation.ts';
import { makeClientKeys, pkcsReq } from '../test/support/pkcs-req.ts';
import { bareCryptoMs, benchConfig, type Figure, median, removeInstallation, replay, say } from './support/measure.ts';
import { writeMessages } from './support/messages.ts';
import { startScepserver } from './support/scepserver.ts';
import { startServerProcess } from './support/server-process.ts';

const rounds = 5;
const perRound = 200;
const challenge = 'bench-challenge';

/** One connection: with several it answers valid requests with failures and draws serial numbers twice. */
const connections = 1;

export async function versusScepserver(): Promise<readonly Figure[]> {
  const config = benchConfig(18_315);
  const folder = `${config.data}-scepserver`;
  await using open = new AsyncDisposableStack();
  open.defer(() => removeInstallation(config));
  open.defer(() => rm(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  const keys = await makeClientKeys(16);
  const keyAt = (i: number) => {
    const key = keys[i % keys.length];
    if (key === undefined) throw new Error('no key');
    return key;
  };
  const total = (rounds + 1) * perRound;
  const { waiting, registrationAuthority, profile } = await makeInstallation(config, { waiting: total, issued: 0 });
  const ours = open.use(await startServerProcess(config, profile.slug, null));
  const theirs = open.use(await startScepserver(folder, challenge));
  const theirCa = parseCertificate(theirs.certificate);
  const ourMessages = waiting.map(({ deployment: { expectation }, challenge: secret }, i) => {
    if (expectation === null) throw new Error('nothing to ask for');
    return pkcsReq(keyAt(i), registrationAuthority, expectation, secret, Date.now());
  });
  const theirMessages = Array.from({ length: total }, (_, i) =>
    pkcsReq(keyAt(i), theirCa, expectationOf(`bench-${i}`), challenge, Date.now()),
  );
  const file = join(folder, 'requests.bin');
  const costs = { ours: [] as number[], theirs: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const slice = (messages: readonly Uint8Array[]) => messages.slice(round * perRound, (round + 1) * perRound);
    const bare = await bareCryptoMs(500);
    writeMessages(file, slice(ourMessages));
    const oursBefore = ours.cpuMs();
    await replay(file, `${ours.url}/scep/${profile.slug}`, connections, null);
    const oursEach = (ours.cpuMs() - oursBefore) / perRound;
    writeMessages(file, slice(theirMessages));
    const theirsBefore = theirs.cpuMs();
    await replay(file, theirs.url, connections, null, theirs.inside);
    const theirsEach = (theirs.cpuMs() - theirsBefore) / perRound;
    if (round === 0) continue;
    costs.bare.push(bare);
    costs.ours.push(oursEach);
    costs.theirs.push(theirsEach);
    say(`  ours ${oursEach.toFixed(2)} ms, scepserver ${theirsEach.toFixed(2)} ms, bare ${bare.toFixed(2)} ms`);
  }
  const [ourCost, theirCost, bare] = [median(costs.ours), median(costs.theirs), median(costs.bare)];
  return [
    { name: 'scepserver: CPU per enrolment, one client', value: theirCost, unit: 'ms', goal: null },
    { name: 'Scepward: CPU per enrolment, one client', value: ourCost, unit: 'ms', goal: null },
    { name: 'scepserver ÷ bare cryptography', value: theirCost / bare, unit: '×', goal: null },
    { name: 'scepserver ÷ Scepward', value: theirCost / ourCost, unit: '×', goal: { least: 1 } },
  ];
}

function expectationOf(commonName: string): Expectation {
  const subject = nameOf([
    ['2.5.4.10', 'Example'],
    ['2.5.4.3', commonName],
  ]);
  return {
    subject: toBase64(encodeName(subject)),
    subjectText: commonName,
    subjectAlternativeNames: [{ type: 'dns', value: `${commonName}.bench.example` }],
    securityIdentifier: null,
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsages: [{ name: 'Client Authentication', oid: '1.3.6.1.5.5.7.3.2' }],
    keySize: 2048,
    validityPeriod: null,
  };
}
