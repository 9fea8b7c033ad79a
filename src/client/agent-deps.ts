import type { KeyPair } from '../crypto/key-pair.ts';
import type { AgentFacts } from '../formats/agent/agent-facts.ts';
import type { Clock } from '../lib/clock.ts';
import type { AgentStore } from './agent-store.ts';
import type { HttpTransport, TransportTrust } from './http-transport.ts';
import type { ScepHabits } from './scep-habits.ts';

/** What an agent needs from its surroundings; real devices, simulated ones and tests differ only here. */
export type AgentDeps = {
  readonly store: AgentStore;
  readonly clock: Clock;
  /** A fresh RSA key of that many bits. */
  readonly makeKey: (bits: number) => Promise<KeyPair>;
  readonly facts: () => AgentFacts;
  readonly habits: ScepHabits;
  /** Goes on to another SCEP address within an attempt, whatever the platform's habit. */
  readonly roam: boolean;
  readonly shuffle: (urls: readonly string[]) => readonly string[];
  readonly openTransport: (trust: TransportTrust) => HttpTransport;
};
