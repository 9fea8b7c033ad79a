/**
 * One stream of events from the server says what has changed; what the pages show of it is read anew. Nothing polls.
 * The browser connects again by itself and tells the last event that it has seen.
 */
import { queryClient } from './queries.ts';

/** By the first word of an event's type: addresses whose answers it may change. */
const touched: Readonly<Record<string, readonly string[]>> = {
  certificate: [
    '/api/v1/certificates',
    '/api/v1/reports',
    '/api/v1/devices',
    '/api/v1/deployments',
    '/api/v1/profiles',
    '/api/v1/jobs',
  ],
  enrollment: [
    '/api/v1/sample-organisation',
    '/api/v1/reports',
    '/api/v1/devices',
    '/api/v1/deployments',
    '/api/v1/profiles',
  ],
  deployment: [
    '/api/v1/deployments',
    '/api/v1/devices',
    '/api/v1/profiles',
    '/api/v1/reports',
    '/api/v1/status',
    // What a job does item by item.
    '/api/v1/jobs',
  ],
  challenge: ['/api/v1/devices', '/api/v1/deployments'],
  device: [
    '/api/v1/sample-organisation',
    '/api/v1/devices',
    '/api/v1/groups',
    '/api/v1/deployments',
    '/api/v1/settings',
  ],
  directory: ['/api/v1/sample-organisation', '/api/v1/devices', '/api/v1/users', '/api/v1/groups', '/api/v1/directory'],
  profile: ['/api/v1/profiles', '/api/v1/reports'],
  assignment: ['/api/v1/profiles', '/api/v1/settings', '/api/v1/devices', '/api/v1/users'],
  filter: ['/api/v1/filters', '/api/v1/profiles'],
  authority: ['/api/v1/authorities', '/api/v1/endings', '/api/v1/reports'],
  approval: ['/api/v1/approvals', '/api/v1/deployments'],
  removal: ['/api/v1/removals', '/api/v1/deployments', '/api/v1/settings'],
  job: ['/api/v1/jobs'],
  access: [
    '/api/v1/tokens',
    '/api/v1/scope-tags',
    '/api/v1/administrators',
    '/api/v1/identity-providers',
    '/api/v1/role-assignments',
    '/api/v1/held-changes',
    '/api/v1/settings',
    '/api/v1/roles',
    '/api/v1/me',
    '/api/v1/sessions',
  ],
  webhook: ['/api/v1/webhooks'],
  audit: ['/api/v1/settings'],
};

/** Every one of them. */
const always = ['/api/v1/audit', '/api/v1/events'];

/** While many things happen a page is read anew this often at most; milliseconds. */
const quiet = 1000;

/** The type of an event; null: more has happened than the stream tells. */
type News = string | null;

const shared = 'scepward-events';

/**
 * Follows the stream until the answer is called. A browser opens six connections to a server at most, so its tabs share one:
 * the one that holds the lock has the stream and tells the others.
 */
export function followEvents(): () => void {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const addresses = [...waiting];
    waiting.clear();
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [address] }) =>
        typeof address === 'string' && addresses.some((one) => address === one || address.startsWith(`${one}/`)),
    });
  };
  const hear = (type: News) => {
    if (type === null) return void queryClient.invalidateQueries();
    for (const address of [...always, ...(touched[type.split('.')[0] ?? ''] ?? [])]) waiting.add(address);
    timer ??= setTimeout(flush, quiet);
  };

  const left = new AbortController();
  const tabs = new BroadcastChannel(shared);
  tabs.onmessage = ({ data }: MessageEvent<News>) => hear(data);
  const tell = (type: News) => {
    hear(type);
    tabs.postMessage(type);
  };
  const lead = () =>
    new Promise<void>((resolve) => {
      const source = new EventSource('/api/v1/events/stream');
      source.addEventListener('event', ({ data }) => tell((JSON.parse(data) as { type: string }).type));
      source.addEventListener('reset', () => tell(null));
      left.signal.addEventListener('abort', () => {
        source.close();
        resolve();
      });
    });
  // Given up before its turn came: there is nothing to do about that.
  navigator.locks.request(shared, { signal: left.signal }, lead).catch(() => {});
  return () => {
    left.abort();
    tabs.close();
    clearTimeout(timer);
  };
}
