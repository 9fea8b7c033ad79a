/** What an OCSP answer costs: signed each time (every request has a nonce of its own), and given again. */
import { join } from 'node:path';
import { randomBytes } from '../src/lib/random.ts';
import { atInstallation, makeInstallation } from '../test/support/installation.ts';
import { ocspRequest } from '../test/support/ocsp-request.ts';
import { benchConfig, type Figure, median, removeInstallation, replay, say } from './support/measure.ts';
import { writeMessages } from './support/messages.ts';
import { startServerProcess } from './support/server-process.ts';

const rounds = 5;
const perRound = 4000;
const clients = 64;
const certificates = 2000;
/** The goal is for two cores, which here the clients share. */
const cores = 2;
const wanted = 2000;

export async function ocsp(): Promise<readonly Figure[]> {
  return [...(await measure('rsa-2048', 18_701)), ...(await measure('p-256', 18_702))];
}

async function measure(issuerKey: 'rsa-2048' | 'p-256', port: number): Promise<readonly Figure[]> {
  const config = benchConfig(port);
  try {
    say(`preparing ${certificates} certificates (${issuerKey}) …`);
    await makeInstallation(config, { waiting: 0, issued: certificates, issuerKey });
    const { issuer, serials } = await atInstallation(config, async (server) => {
      const context = await server.authority.issuing.active(null);
      return { issuer: context.issuer.certificate, serials: await serialsIn(server.foundation.store) };
    });
    await using server = await startServerProcess(config, null, null);
    const url = `${server.url}/ocsp`;
    const file = join(config.data, 'requests.bin');
    const asking = (nonce: boolean) =>
      Array.from({ length: perRound }, (_, at) =>
        ocspRequest({
          issuer,
          serials: [serials[at % serials.length] ?? ''],
          ...(nonce && { nonce: randomBytes(16) }),
        }),
      );
    await signerReady(url, ocspRequest({ issuer, serials: serials.slice(0, 1) }));
    const figures: Figure[] = [];
    for (const [name, nonce] of [
      ['signed each time', true],
      ['given again', false],
    ] as const) {
      const costs: number[] = [];
      const rates: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        writeMessages(file, asking(nonce));
        const before = server.cpuMs();
        const { seconds } = await replay(file, url, clients, null, [], 'ocsp');
        // The first one warms up, and has the answers that are then given again signed.
        if (round === 0) continue;
        costs.push((server.cpuMs() - before) / perRound);
        rates.push(perRound / seconds);
      }
      say(`  ${issuerKey}, ${name}: ${median(costs).toFixed(3)} ms CPU, ${Math.round(median(rates))} a second`);
      const what = `OCSP answers (${issuerKey}, ${name})`;
      figures.push(
        {
          name: `${what} per second that ${cores} cores suffice for, by the server's CPU time`,
          value: (cores * 1000) / median(costs),
          unit: '/s',
          goal: { least: wanted },
        },
        {
          name: `${what} per second, ${clients} clients on the same cores`,
          value: median(rates),
          unit: '/s',
          goal: null,
        },
      );
    }
    return figures;
  } finally {
    await removeInstallation(config);
  }
}

type Certificates = Parameters<Parameters<typeof atInstallation>[1]>[0]['foundation']['store'];

async function serialsIn({ certificates }: Certificates): Promise<readonly string[]> {
  const all = { deploymentId: null, deviceId: null, profileId: null, search: null, status: null };
  const serials: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof certificates.list>> = await certificates.list(all, 0, { limit: 200, cursor });
    for (const { purpose, serial } of page.items) if (purpose === 'device') serials.push(serial);
    cursor = page.next;
  } while (cursor !== null);
  return serials;
}

async function signerReady(url: string, request: Uint8Array): Promise<void> {
  for (;;) {
    const response = await fetch(url, { method: 'POST', body: new Uint8Array(request) });
    const answer = new Uint8Array(await response.arrayBuffer());
    if (answer.length > 100) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
