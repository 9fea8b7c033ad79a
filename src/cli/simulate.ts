/** `simulate`: a fleet of made-up devices against a running server, over real HTTP and SCEP. */
import { InvalidArgumentError } from 'commander';
import { makeDeviceKey } from '../client/make-device-key.ts';
import { sharedTransport } from '../client/shared-transport.ts';
import { simulateFleet } from '../client/simulate-fleet.ts';
import type { SimulatedDevice } from '../client/simulated-device.ts';
import { sleep } from '../client/sleep.ts';
import { isPlatform, type Management, managementsOf, type Platform, platforms } from '../directory/platform.ts';
import type { AgentFacts } from '../formats/agent/agent-facts.ts';
import { toHex } from '../lib/bytes.ts';
import { second, systemClock } from '../lib/clock.ts';
import { randomBytes, randomInteger } from '../lib/random.ts';
import { openApi } from './api.ts';
import type { ApiClient } from './api-client.ts';
import type { RegisterCommand } from './command.ts';
import { wholeNumber } from './list.ts';
import { startProgress } from './progress.ts';
import { table } from './table.ts';

/** Devices at a time. */
const concurrency = 16;

export const registerSimulate: RegisterCommand = (program, run) => {
  program
    .command('simulate')
    .description('simulated devices join a running server and enrol for what is assigned to them')
    .requiredOption('--devices <number>', 'how many', wholeNumber)
    .option('--platform <platform>', `one of ${platforms.join(', ')}; default: all in turn`, parsePlatform)
    .option('--user <upn>', 'primary user of all of them; default: nobody')
    .option('--rate <number>', 'devices started per second at most', parseRate)
    .option('--server <url>', 'where devices join; default: where the command line asks')
    .action(
      run(async (terminal, _args, options) => {
        const api = openApi();
        const count = Number(options.devices);
        const of = isPlatform(String(options.platform)) ? [options.platform as Platform] : platforms;
        const adding = startProgress(terminal, 'Directory');
        const user = typeof options.user === 'string' ? options.user : null;
        const devices = await addDevices(api, count, of, user, (done) =>
          adding.update(done, count, `${done} of ${count} added`),
        );
        adding.end(`Directory: ${count} devices added.`);
        const progress = startProgress(terminal, 'Simulated devices');
        const begun = systemClock.monotonic();
        await using transports = sharedTransport(concurrency);
        const server = typeof options.server === 'string' ? options.server : api.url;
        const results = await simulateFleet(
          devices,
          { server, clock: systemClock, makeKey: makeDeviceKey, openTransport: transports.open },
          {
            concurrency,
            rate: typeof options.rate === 'number' ? options.rate : null,
            sleep,
            onProgress: ({ done, total, enrolled }) =>
              progress.update(done, total, `${done} of ${total} have checked in, ${enrolled} certificates issued`),
          },
        );
        const seconds = Math.round((systemClock.monotonic() - begun) / (second / 10)) / 10;
        const enrolled = results.filter(({ outcome }) => outcome === 'enrolled').length;
        const pending = results.filter(({ outcome }) => outcome === 'pending').length;
        const failed = results
          .filter(({ outcome }) => outcome === 'failed')
          .map(({ device, profile, code, detail }) => ({ device, profile, code, detail }));
        progress.end(`Simulated devices: ${count} have checked in.`);
        terminal.result({ devices: count, enrolled, pending, failed, seconds }, () =>
          [
            `${count} simulated devices hold ${enrolled} new certificates; ${pending} wait for an approval; ${failed.length} failed. ${seconds} s.`,
            ...(failed.length === 0
              ? []
              : [
                  table(failed, {
                    device: ({ device }) => device,
                    profile: ({ profile }) => profile,
                    code: ({ code }) => code,
                    detail: ({ detail }) => detail,
                  }),
                ]),
          ].join('\n'),
        );
        return failed.length === 0 ? 0 : 1;
      }),
    );
};

async function addDevices(
  api: ApiClient,
  count: number,
  of: readonly Platform[],
  user: string | null,
  onProgress: (done: number) => void,
): Promise<readonly SimulatedDevice[]> {
  const fleet = toHex(randomBytes(3));
  const devices: SimulatedDevice[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < count; index = next++) {
      const platform = of[index % of.length] ?? 'linux';
      const facts = factsOf(`sim-${fleet}-${String(index + 1).padStart(4, '0')}`, platform);
      const { id } = await api.call<{ id: string }>('/devices', {
        method: 'POST',
        body: { ...facts, ...directoryFacts(platform), ...(user !== null && { primaryUser: user }) },
      });
      const { joinToken } = await api.call<{ joinToken: string }>('/join-tokens', {
        method: 'POST',
        body: { device: id, lifetimeHours: 1 },
      });
      devices.push({ facts, joinToken });
      onProgress(devices.length);
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, work));
  return devices;
}

/** What the device says of itself. */
function factsOf(deviceName: string, platform: Platform): AgentFacts {
  const phone = platform === 'ios' || platform.startsWith('android');
  return {
    deviceName,
    platform,
    serialNumber: toHex(randomBytes(5)).toUpperCase(),
    osVersion: '1.0',
    manufacturer: 'Simulated',
    model: platform,
    fullyQualifiedDomainName: `${deviceName}.example`,
    wifiMacAddress: ['02', ...Array.from(randomBytes(5), (byte) => toHex(Uint8Array.of(byte)))].join(':').toUpperCase(),
    ...(phone && { imei: String(350000000000000 + randomInteger(2 ** 32)) }),
  };
}

/** What only a directory knows. */
function directoryFacts(platform: Platform) {
  const management: Management | null = managementsOf[platform][0] ?? null;
  const windows = platform === 'windows10' || platform === 'windows81';
  return {
    management,
    ownership: 'corporate',
    entraDeviceId: newUuid(),
    managedDeviceId: newUuid(),
    ...(windows && { trustType: 'Azure AD joined' }),
  };
}

/** RFC 9562 §5.4 */
function newUuid(): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function parsePlatform(text: string): Platform {
  if (isPlatform(text)) return text;
  throw new InvalidArgumentError(`Choose one of ${platforms.join(', ')}.`);
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (Number.isFinite(rate) && rate > 0) return rate;
  throw new InvalidArgumentError('Give a number above 0.');
}
