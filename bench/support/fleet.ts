/** Devices that joined a running server and check in again and again, over connections that are kept. */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HeldItem } from '../../src/formats/agent/check-in-message.ts';
import { parseJoinToken } from '../../src/formats/agent/join-token-text.ts';
import { agentPaths } from '../../src/formats/agent/protocol.ts';
import type { BenchApi } from './bench-api.ts';

export type FleetDevice = {
  readonly name: string;
  readonly platform: string;
  readonly deviceId: string;
  readonly credential: string;
  held: readonly HeldItem[];
};

export type CheckIns = {
  readonly count: number;
  readonly seconds: number;
  /** Milliseconds of each, ascending. */
  readonly latencies: readonly number[];
};

export async function joinFleet(
  api: BenchApi,
  devices: readonly { readonly name: string; readonly platform: string }[],
): Promise<readonly FleetDevice[]> {
  const joined: FleetDevice[] = [];
  for (const { name, platform } of devices) {
    const { joinToken } = await api.call<{ joinToken: string }>('POST', '/join-tokens', { device: name });
    const body = { secret: parseJoinToken(joinToken).secret, facts: { deviceName: name, platform, osVersion: '1.0' } };
    const answer = await fetch(`${api.url}${agentPaths.join}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`no join: ${await answer.text()}`);
    const { deviceId, credential } = (await answer.json()) as { deviceId: string; credential: string };
    joined.push({ name, platform, deviceId, credential, held: [] });
  }
  return joined;
}

/** Each connection takes the next device as soon as it has its answer, until `goOn` says no. */
export async function checkInAll(
  url: string,
  fleet: readonly FleetDevice[],
  connections: number,
  options: {
    readonly goOn: (done: number) => boolean;
    readonly osVersion?: (turn: number) => string;
    /** Absent: as many as there are answers. */
    readonly perSecond?: number;
  },
): Promise<CheckIns> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  let turn = 0;
  const started = performance.now();
  const one = async () => {
    while (options.goOn(turn)) {
      const at = turn++;
      if (options.perSecond !== undefined)
        await sleep(Math.max(0, started + (at * 1000) / options.perSecond - performance.now()));
      const device = fleet[at % fleet.length] as FleetDevice;
      const facts = {
        deviceName: device.name,
        platform: device.platform,
        osVersion: options.osVersion?.(Math.floor(at / fleet.length)) ?? '1.0',
      };
      const sent = performance.now();
      await send(agent, `${url}${agentPaths.checkIn}`, device.credential, JSON.stringify({ facts, held: device.held }));
      latencies.push(performance.now() - sent);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, one));
  } finally {
    agent.destroy();
  }
  latencies.sort((a, b) => a - b);
  return { count: latencies.length, seconds: (performance.now() - started) / 1000, latencies };
}

export function percentile({ latencies }: CheckIns, share: number): number {
  return latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? Number.NaN;
}

function send(agent: Agent, url: string, credential: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${credential}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`a check-in was answered ${response.statusCode}: ${Buffer.concat(parts)}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
