import type { UndeliverableProfile } from '../formats/agent/check-in-message.ts';
import type { AgentStore } from './agent-store.ts';

/** What the agent knows, without anything secret. Times in ms UTC. */
export type AgentStatus = {
  readonly server: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly platform: string;
  readonly joinedAt: number;
  readonly lastCheckIn: number | null;
  readonly nextCheckIn: number;
  readonly items: readonly {
    readonly profile: { readonly slug: string; readonly name: string };
    readonly kind: 'scep' | 'trusted';
    /** Where it lies below the agent's folder. */
    readonly bundle: string | null;
    readonly thumbprint256: string | null;
    readonly notAfter: number | null;
    readonly renewAt: number | null;
    readonly underWay: {
      readonly attempts: number;
      readonly nextAttempt: number;
      readonly problem: string | null;
    } | null;
  }[];
  /** What applies to this device and the server could not deliver at the last check-in. */
  readonly undeliverable: readonly UndeliverableProfile[];
};

/** Null before joining. */
export async function agentStatus(store: AgentStore): Promise<AgentStatus | null> {
  const state = await store.load();
  if (state === null) return null;
  const { server, deviceId, deviceName, platform, joinedAt, lastCheckIn, nextCheckIn } = state;
  return {
    server,
    deviceId,
    deviceName,
    platform,
    joinedAt,
    lastCheckIn,
    nextCheckIn,
    items: state.items.map(({ profile, kind, bundle, thumbprint256, notAfter, renewAt, task }) => ({
      profile,
      kind,
      bundle,
      thumbprint256,
      notAfter,
      renewAt,
      underWay:
        task === null
          ? null
          : { attempts: task.attempts, nextAttempt: task.nextAttempt, problem: task.problem?.detail ?? null },
    })),
    undeliverable: state.undeliverable ?? [],
  };
}
