import type { KeyPair } from '../crypto/key-pair.ts';
import type { AgentFacts } from '../formats/agent/agent-facts.ts';
import { platformFamily } from '../formats/agent/platform-family.ts';
import type { Clock } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { shuffled } from '../lib/random.ts';
import { runAgentOnce } from './agent.ts';
import type { AgentDeps } from './agent-deps.ts';
import type { AgentStore } from './agent-store.ts';
import type { HttpTransport, TransportTrust } from './http-transport.ts';
import { joinAgent } from './join-agent.ts';
import { memoryAgentStore } from './memory-agent-store.ts';
import { scepHabits } from './scep-habits.ts';
import type { EnrollmentResult } from './scep-task.ts';

/** A device to be played: which one, and how it gets in. */
export type SimulatedDevice = {
  readonly facts: AgentFacts;
  /** Made for this device, or for any. */
  readonly joinToken: string;
};

export type Simulation = {
  readonly server: string;
  readonly clock: Clock;
  /** Where keys come from: freshly made, or a pool, since RSA keys take most of a simulation's time. */
  readonly makeKey: (bits: number) => Promise<KeyPair>;
  /** One for all devices, so that they share connections; see `sharedTransport`. */
  readonly openTransport: (trust: TransportTrust) => HttpTransport;
  /** Where a device keeps its things; in memory unless told otherwise. */
  readonly storeFor?: (device: SimulatedDevice) => AgentStore;
};

export type SimulatedResult = {
  readonly device: string;
  /** The profile's name; null when the device got no further than joining or checking in. */
  readonly profile: string | null;
  readonly outcome: EnrollmentResult['outcome'];
  readonly code: string | null;
  readonly detail: string | null;
};

/**
 * An agent with the habits of its platform on the wire: order of calls, arguments, User-Agent, treatment of addresses.
 * Every third Apple device sends its request by GET, as those do towards servers that do not announce POST.
 */
export function simulatedAgent(device: SimulatedDevice, simulation: Simulation, index: number): AgentDeps {
  const family = platformFamily(device.facts.platform);
  const habits = scepHabits(family);
  return {
    store: simulation.storeFor?.(device) ?? memoryAgentStore(),
    clock: simulation.clock,
    makeKey: simulation.makeKey,
    facts: () => device.facts,
    habits: family === 'apple' && index % 3 === 2 ? { ...habits, post: 'never' } : habits,
    roam: false,
    shuffle: shuffled,
    openTransport: simulation.openTransport,
  };
}

/** Joins, checks in and enrols once. Never throws for what the server says. */
export async function simulateDevice(
  device: SimulatedDevice,
  simulation: Simulation,
  index = 0,
): Promise<readonly SimulatedResult[]> {
  const deps = simulatedAgent(device, simulation, index);
  const name = device.facts.deviceName;
  try {
    if ((await deps.store.load()) === null)
      await joinAgent(deps, { server: simulation.server, token: device.joinToken });
    const { results } = await runAgentOnce(deps);
    return results.map(({ profile, outcome, code, detail }) => ({
      device: name,
      profile: profile.name,
      outcome,
      code,
      detail,
    }));
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [{ device: name, profile: null, outcome: 'failed', code: error.code, detail: error.message }];
  }
}
