import type { AgentState, AgentStore } from './agent-store.ts';

/** For simulated devices: gone with the process. */
export function memoryAgentStore(): AgentStore {
  let state: AgentState | null = null;
  const bundles = new Map<string, Readonly<Record<string, string>>>();
  return {
    load: async () => state,
    async save(next) {
      state = next;
    },
    readFile: async (bundle, file) => bundles.get(bundle)?.[file] ?? null,
    async writeBundle(bundle, files) {
      bundles.set(bundle, files);
    },
    async removeBundle(bundle) {
      bundles.delete(bundle);
    },
    async clear() {
      state = null;
      bundles.clear();
    },
  };
}
