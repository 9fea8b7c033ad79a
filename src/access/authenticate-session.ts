import { hashSecret } from '../crypto/secret.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Administrator } from './administrator.ts';
import type { AdministratorStore } from './administrator-store.ts';
import type { Grant, Principal } from './principal.ts';
import { judgeSecret, nextSessionSecret, type Session, type SessionStore } from './session.ts';
import { causeOfStranger, subjectOf } from './start-session.ts';

export type AuthenticateSessionDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  /** The installation's. */
  readonly secret: Uint8Array;
  readonly sessions: Pick<SessionStore, 'findByHash' | 'update' | 'remove'>;
  readonly administrators: Pick<AdministratorStore, 'get'>;
  readonly grantsOf: GrantsOf;
  readonly events: Pick<EventLog, 'append'>;
};

/** What an administrator may do, with the groups that the identity provider of their session named. */
export type GrantsOf = (
  administrator: Pick<Administrator, 'id'>,
  claimed: { readonly providerId: string; readonly groups: readonly string[] } | null,
) => Promise<readonly Grant[]>;

export type SignedIn = {
  readonly principal: Principal;
  readonly administrator: Administrator;
  readonly session: Session;
  /** For the cookie from now on; null: it stays. */
  readonly renewed: string | null;
};

/** Who sends a session's secret. Failure `session-ended` for one that is not known, not any more, or not alone in its use. */
export async function authenticateSession(
  deps: AuthenticateSessionDeps,
  {
    secret,
    address,
    requestId,
  }: { readonly secret: string; readonly address: string; readonly requestId: string | null },
): Promise<SignedIn> {
  const hash = hashSecret(secret);
  const known = await deps.sessions.findByHash(hash);
  if (known === null) throw sessionEnded();
  const verdict = judgeSecret(known, hash, deps.clock.now());
  if (verdict.kind === 'ended') throw sessionEnded();
  const administrator = await deps.administrators.get(known.administratorId);
  if (administrator?.state !== 'active') throw sessionEnded();
  if (verdict.kind === 'stolen') {
    await deps.transact(async () => {
      await deps.sessions.remove([known.id]);
      const data = { session: known.id, reason: 'former-secret-used', address: known.address };
      const cause = causeOfStranger({ address, requestId });
      await deps.events.append([{ type: 'access.session-ended', cause, subjects: [subjectOf(administrator)], data }]);
    });
    throw sessionEnded();
  }
  const renewed = verdict.renew ? nextSessionSecret(deps.secret, secret) : null;
  const session = renewed === null ? verdict.session : { ...verdict.session, nextHash: hashSecret(renewed) };
  // Another request may be doing the same at this moment, with the same outcome.
  if (session !== known) await deps.transact(() => deps.sessions.update(session, known.secretHash));
  const claimed = session.providerId === null ? null : { providerId: session.providerId, groups: session.groups };
  const { id, signInName } = administrator;
  const grants = await deps.grantsOf(administrator, claimed);
  return { principal: { kind: 'administrator', id, name: signInName, grants }, administrator, session, renewed };
}

function sessionEnded(): Failure {
  return new Failure('unauthenticated', 'session-ended', 'You are not signed in, or not any more. Sign in again.');
}
