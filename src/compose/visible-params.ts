import { limitedViewer } from '../access/viewing.ts';
import { Failure } from '../lib/failure.ts';
import type { SeenPorts } from '../store/store.ts';

type Finder = { readonly code: string; readonly what: string; find(seen: SeenPorts, id: string): Promise<unknown> };

/** Parts of addresses that are ids. Those that may be names are looked up through `seen` by whoever reads them. */
const finders: Readonly<Record<string, Finder>> = {
  deployment: {
    code: 'deployment-not-found',
    what: 'deployment',
    find: (seen, id) => seen.deployments.get(id as never),
  },
  job: { code: 'job-not-found', what: 'job', find: (seen, id) => seen.jobs.get(id as never) },
  removal: { code: 'removal-not-found', what: 'mass removal', find: (seen, id) => seen.removalCases.get(id as never) },
  approval: { code: 'approval-unknown', what: 'request', find: (seen, id) => seen.pendingRequests.get(id as never) },
};

/**
 * Whatever an address names is there for who sees it, and for nobody else: asked before any handler, so that a use case that
 * takes an id need not know who asks. Who sees everything is not asked about.
 */
export async function expectVisibleParams(seen: SeenPorts, params: unknown): Promise<void> {
  if (limitedViewer() === null) return;
  for (const [name, value] of Object.entries((params ?? {}) as Record<string, unknown>)) {
    const finder = finders[name];
    if (finder === undefined || typeof value !== 'string') continue;
    if ((await finder.find(seen, value)) !== null) continue;
    throw new Failure('not-found', finder.code, `There is no such ${finder.what}.`, { [name]: value });
  }
}
