import { type AdminClient, adminClient } from './admin-client.ts';
import type { World } from './world.ts';

/** The administration API as our pages call it: with the session's cookie, from our own origin, and no token. */
export type SessionClient = AdminClient & {
  /** `name=value`; null: it holds none. */
  cookie(): string | null;
  /** The whole of the last `Set-Cookie`. */
  lastSetCookie(): string | null;
};

export function sessionClient(world: Pick<World, 'url'>, held: string | null = null): SessionClient {
  const api = adminClient({ url: world.url, adminToken: '' });
  let cookie = held;
  let last: string | null = null;
  const call: AdminClient = async (method, path, options = {}) => {
    const answer = await api(method, path, {
      ...options,
      token: null,
      headers: {
        'x-scepward-request': '1',
        origin: world.url,
        'sec-fetch-site': 'same-origin',
        ...(cookie !== null && { cookie }),
        ...options.headers,
      },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      last = set;
      cookie = /; Max-Age=0\b/.test(set) ? null : pair;
    }
    return answer;
  };
  return Object.assign(call, { cookie: () => cookie, lastSetCookie: () => last });
}
