import { hashSecret } from '../crypto/secret.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Administrator } from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import {
  newSessionSecret,
  type Session,
  type SessionId,
  type SessionLifetimeStore,
  type SessionStore,
  type SignInMethod,
} from './session.ts';

/** From where somebody signs in. */
export type SignInPlace = {
  readonly address: string;
  /** What failures are counted by: the address or its network. */
  readonly network: string;
  readonly userAgent: string;
  readonly requestId: string | null;
};

export type StartedSession = {
  readonly administrator: Administrator;
  readonly session: Session;
  /** For the cookie, and nowhere else. */
  readonly secret: string;
};

export type StartSessionDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly administrators: Pick<AdministratorStore, 'signedIn'>;
  readonly sessions: Pick<SessionStore, 'of' | 'insert' | 'remove'>;
  readonly sessionLifetime: Pick<SessionLifetimeStore, 'get'>;
  readonly events: Pick<EventLog, 'append'>;
};

/** Of one administrator at once; the oldest ends when there are more. */
const most = 20;

/** Always a new session with a new secret: what a browser held before sign-in is worth nothing afterwards. */
export async function startSession(
  deps: StartSessionDeps,
  input: {
    readonly administrator: Administrator;
    readonly method: SignInMethod;
    readonly place: SignInPlace;
    readonly provider: { readonly id: string; readonly name: string; readonly groups: readonly string[] } | null;
  },
): Promise<StartedSession> {
  const { administrator, method, place, provider } = input;
  const { idle, absolute } = await deps.sessionLifetime.get();
  const secret = newSessionSecret();
  return deps.transact(async () => {
    const now = deps.clock.now();
    const session: Session = {
      id: newId<SessionId>(deps.clock),
      administratorId: administrator.id,
      method,
      secretHash: hashSecret(secret),
      secretSince: now,
      nextHash: null,
      previousHash: null,
      createdAt: now,
      lastSeenAt: now,
      idle,
      endsAt: now + absolute,
      address: place.address,
      userAgent: place.userAgent,
      providerId: provider?.id ?? null,
      groups: provider?.groups ?? [],
    };
    const others = await deps.sessions.of(administrator.id);
    await deps.sessions.remove(others.slice(most - 1).map(({ id }) => id));
    await deps.sessions.insert(session);
    await deps.administrators.signedIn(administrator.id, now);
    await deps.events.append([
      {
        type: 'access.signed-in',
        cause: causeOfAdministrator(administrator, place),
        subjects: [subjectOf(administrator)],
        data: { method, ...(provider !== null && { provider: provider.name }) },
      },
    ]);
    return { administrator: { ...administrator, lastSignInAt: now }, session, secret };
  });
}

export function causeOfAdministrator(
  { id, signInName }: Pick<Administrator, 'id' | 'signInName'>,
  { address, requestId }: Pick<SignInPlace, 'address' | 'requestId'>,
): Cause {
  return { actor: { kind: 'administrator', id, name: signInName, address }, requestId };
}

/** Whoever has not proven who they are. */
export function causeOfStranger({ address, requestId }: Pick<SignInPlace, 'address' | 'requestId'>): Cause {
  return { actor: { kind: 'client', id: null, name: address }, requestId };
}

export function subjectOf({ id, signInName }: Pick<Administrator, 'id' | 'signInName'>) {
  return { kind: 'administrator', id, name: signInName } as const;
}
