import { platformFamily } from '../formats/agent/platform-family.ts';
import type { DeviceReport } from '../formats/agent/report-message.ts';
import { fromBase64 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import type { AgentDeps } from './agent-deps.ts';
import type { AgentItem, AgentState } from './agent-store.ts';
import { type DeviceApi, deviceApi } from './device-api.ts';
import type { HttpTransport } from './http-transport.ts';

/** A joined agent at work: its state, saved with every change, and its connections. */
export type AgentSession = AsyncDisposable & {
  readonly deps: AgentDeps;
  readonly api: DeviceApi;
  /** For SCEP servers, which may be others than ours. */
  readonly scep: HttpTransport;
  readonly anchor: Uint8Array;
  readonly state: AgentState;
  /** Durable when it returns. */
  update(change: (state: AgentState) => AgentState): Promise<void>;
  /** Replaces or adds the item of this deployment; null removes it. `reports` go into the outbox in the same save. */
  put(deploymentId: string, item: AgentItem | null, reports?: readonly DeviceReport[]): Promise<void>;
};

/** Failure `precondition` `not-joined`. */
export async function openAgentSession(deps: AgentDeps): Promise<AgentSession> {
  const loaded = await deps.store.load();
  if (loaded === null)
    throw new Failure('precondition', 'not-joined', 'This device is not joined. Run: agent join, with a join token.');
  const anchor = fromBase64(loaded.anchor) ?? new Uint8Array(0);
  const pinned = deps.openTransport({ kind: 'pinned', anchors: [anchor] });
  const scep = deps.openTransport({ kind: 'system', anchors: [anchor] });
  let state = loaded;
  const update: AgentSession['update'] = async (change) => {
    const next = change(state);
    await deps.store.save(next);
    state = next;
  };
  return {
    deps,
    api: deviceApi(loaded.server, pinned.send, deps.habits.userAgent),
    scep,
    anchor,
    get state() {
      return state;
    },
    update,
    put: (deploymentId, item, reports = []) =>
      update((before) => {
        const others = before.items.filter((known) => known.deploymentId !== deploymentId);
        return {
          ...before,
          items: item === null ? others : [...others, item],
          outbox: [...before.outbox, ...reports],
        };
      }),
    async [Symbol.asyncDispose]() {
      await pinned[Symbol.asyncDispose]();
      await scep[Symbol.asyncDispose]();
    },
  };
}

export function familyOf(session: Pick<AgentSession, 'state'>) {
  return platformFamily(session.state.platform);
}
