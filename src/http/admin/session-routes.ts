/** `/api/v1/setup`, `/api/v1/session` and `/api/v1/me`: coming in, going out, and what concerns oneself. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Administrator } from '../../access/administrator.ts';
import type { GrantsOf } from '../../access/authenticate-session.ts';
import type { changePassword } from '../../access/change-password.ts';
import type { endSessions } from '../../access/end-sessions.ts';
import type { PasskeyStore } from '../../access/passkey.ts';
import { longestPassword, shortestPassword } from '../../access/password.ts';
import type { PasswordStore } from '../../access/password-store.ts';
import { hasEnded, type Session, type SessionId, type SessionStore } from '../../access/session.ts';
import type { setUp } from '../../access/set-up.ts';
import type { signInByCode } from '../../access/sign-in-by-code.ts';
import type { signInByPassword } from '../../access/sign-in-by-password.ts';
import type { StartedSession } from '../../access/start-session.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Clock } from '../../lib/clock.ts';
import { isFailure } from '../../lib/failure.ts';
import type { AttemptLimit } from '../attempt-limit.ts';
import { callerOf, causeOf, expectSignedIn, signedInOf } from '../caller.ts';
import { requireSameOrigin } from '../same-origin.ts';
import { requireSecureTransport } from '../secure-transport.ts';
import { clearSessionCookie, placeOf, sessionSecretOf, setSessionCookie } from '../session-cookie.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { list } from './list-schema.ts';
import { meSchema, meView, sessionSchema, sessionView } from './me-schema.ts';

export type SessionUseCases = {
  readonly clock: Pick<Clock, 'now'>;
  readonly passwords: Pick<PasswordStore, 'get'>;
  readonly passkeys: Pick<PasskeyStore, 'of'>;
  readonly sessions: Pick<SessionStore, 'of'>;
  /** Whether nobody can sign in yet; whether there is a certification authority. */
  setUpState(): Promise<{ readonly needed: boolean; readonly authority: boolean }>;
  readonly setUp: Bound<typeof setUp>;
  readonly signInByPassword: Bound<typeof signInByPassword>;
  readonly signInByCode: Bound<typeof signInByCode>;
  readonly changePassword: Bound<typeof changePassword>;
  readonly endSessions: Bound<typeof endSessions>;
  /** Where to sign out at the identity provider that vouched for a session; null: nowhere. */
  signOutUrl(session: Session): Promise<string | null>;
  /** Ends the session that has this secret, if there is one: whoever signs in again leaves none behind. */
  forgetSession(secret: string): Promise<void>;
  readonly grantsOf: GrantsOf;
  ownOrigins(): readonly string[];
  readonly limits: { readonly passwords: AttemptLimit; readonly codes: AttemptLimit };
};

const typed = z.string().min(1).max(1000);
const newPassword = typed.describe(
  `${shortestPassword} to ${longestPassword} characters, and none of the commonest; no other rule`,
);
const code = z.string().min(1).max(100).describe('As it was shown; case, spaces and dashes do not count');
const tag = 'session';
const limited = 'After too many failures from one network it answers 429 with Retry-After.';

export function registerSessionRoutes(scope: AdminScope, useCases: SessionUseCases): void {
  scope.get(
    '/setup',
    documented(
      { permission: 'public', tag, summary: 'Whether the first run is still to be done' },
      {
        response: {
          200: z
            .object({
              needed: z.boolean().describe('There is no administrator yet'),
              authority: z.boolean().describe('There is a certification authority'),
            })
            .meta({ id: 'SetUpState' }),
        },
      },
    ),
    () => useCases.setUpState(),
  );

  scope.post(
    '/setup',
    documented(
      {
        permission: 'public',
        tag,
        summary: 'Make the first administrator, and sign them in',
        detail: `With the one-time code that the server wrote into the file \`setup-code\` of its data directory. Sets the session’s cookie. ${limited}`,
      },
      {
        body: z.strictObject({ code, name: typed, signInName: typed, password: newPassword }),
        response: { 201: meSchema },
      },
    ),
    async (request, reply) => {
      const input = { ...request.body, place: placeOf(request) };
      const started = await attempt(useCases, request, useCases.limits.codes, () => useCases.setUp(input));
      reply.code(201);
      return begin(useCases, request, reply, started);
    },
  );

  scope.post(
    '/session',
    documented(
      {
        permission: 'public',
        tag,
        summary: 'Sign in with a password',
        detail: `Sets the session’s cookie. A name that nobody has answers as a wrong password does. ${limited}`,
      },
      { body: z.strictObject({ signInName: typed, password: typed }), response: { 200: meSchema } },
    ),
    async (request, reply) => {
      const input = { ...request.body, place: placeOf(request) };
      const started = await attempt(useCases, request, useCases.limits.passwords, () =>
        useCases.signInByPassword(input),
      );
      return begin(useCases, request, reply, started);
    },
  );

  scope.post(
    '/session/code',
    documented(
      {
        permission: 'public',
        tag,
        summary: 'Sign in with a one-time code, and choose a password',
        detail: `Of a new administrator, or after \`admin reset\`. Without \`password\` there is none afterwards: add a passkey then. ${limited}`,
      },
      {
        body: z.strictObject({ code, password: newPassword.nullable().default(null) }),
        response: { 200: meSchema },
      },
    ),
    async (request, reply) => {
      const input = { ...request.body, place: placeOf(request) };
      const started = await attempt(useCases, request, useCases.limits.codes, () => useCases.signInByCode(input));
      return begin(useCases, request, reply, started);
    },
  );

  scope.delete(
    '/session',
    documented(
      { permission: 'session', tag, summary: 'Sign out' },
      {
        response: {
          200: z.object({
            signOutUrl: z.string().nullable().describe('Where to go to sign out at the identity provider as well'),
          }),
        },
      },
    ),
    async (request, reply) => {
      const { administrator, session } = expectSignedIn(request);
      const cause = causeOf(request);
      await useCases.endSessions({ administrator, which: { one: session.id }, why: 'signed-out', cause });
      reply.removeHeader('set-cookie');
      clearSessionCookie(request, reply);
      return { signOutUrl: await useCases.signOutUrl(session) };
    },
  );

  scope.get(
    '/me',
    documented(
      { permission: 'token', tag, summary: 'Who asks, and what they may do' },
      { response: { 200: meSchema } },
    ),
    async (request) => {
      const signedIn = signedInOf(request);
      if (signedIn === null) return meView(callerOf(request), null);
      return meView(callerOf(request), { ...signedIn, ...(await meansOf(useCases, signedIn.administrator)) });
    },
  );

  scope.put(
    '/me/password',
    documented(
      {
        permission: 'session',
        tag,
        summary: 'Choose another password',
        detail: 'All other sessions of the administrator end.',
      },
      {
        body: z.strictObject({
          present: typed.nullable().default(null).describe('null: there is none yet'),
          password: newPassword,
        }),
        response: { 204: z.undefined() },
      },
    ),
    async (request, reply) => {
      await useCases.limits.passwords.check(request.ip);
      const { administrator, session } = expectSignedIn(request);
      try {
        await useCases.changePassword({ administrator, session, ...request.body, cause: causeOf(request) });
      } catch (error) {
        if (isFailure(error, 'password-wrong')) await useCases.limits.passwords.failed(request.ip);
        throw error;
      }
      reply.code(204);
    },
  );

  scope.get(
    '/me/sessions',
    documented(
      { permission: 'session', tag, summary: 'List one’s own sessions, newest first' },
      { response: { 200: z.object({ items: list(sessionSchema), next: z.null() }) } },
    ),
    async (request) => {
      const all = await useCases.sessions.of(expectSignedIn(request).administrator.id);
      const now = useCases.clock.now();
      return { items: all.filter((session) => !hasEnded(session, now)).map(sessionView), next: null };
    },
  );

  scope.delete(
    '/me/sessions',
    documented(
      { permission: 'session', tag, summary: 'End all other sessions of one’s own' },
      { response: { 200: z.object({ ended: z.number().int() }) } },
    ),
    async (request) => {
      const { administrator, session } = expectSignedIn(request);
      const input = { administrator, which: { but: session.id }, why: 'ended', cause: causeOf(request) } as const;
      return { ended: await useCases.endSessions(input) };
    },
  );

  scope.delete(
    '/me/sessions/:session',
    documented(
      { permission: 'session', tag, summary: 'End a session of one’s own' },
      { params: z.strictObject({ session: z.string().min(1).max(100) }), response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const { administrator } = expectSignedIn(request);
      const which = { one: request.params.session as SessionId };
      await useCases.endSessions({ administrator, which, why: 'ended', cause: causeOf(request) });
      reply.code(204);
    },
  );
}

/** A stranger tries a secret: over a connection that nobody listens to, from our own pages, and not too often. */
export async function attempt(
  { ownOrigins }: Pick<SessionUseCases, 'ownOrigins'>,
  request: FastifyRequest,
  limit: AttemptLimit,
  work: () => Promise<StartedSession>,
): Promise<StartedSession> {
  requireSecureTransport(request);
  requireSameOrigin(request, ownOrigins());
  await limit.check(request.ip);
  try {
    return await work();
  } catch (error) {
    if (isFailure(error) && error.kind === 'unauthenticated') await limit.failed(request.ip);
    throw error;
  }
}

/** Sets the cookie, and answers who they are. */
export async function begin(
  useCases: SessionUseCases,
  request: FastifyRequest,
  reply: FastifyReply,
  started: StartedSession,
) {
  const { administrator, session, secret } = started;
  const before = sessionSecretOf(request);
  if (before !== null) await useCases.forgetSession(before);
  setSessionCookie(request, reply, secret);
  const claimed = session.providerId === null ? null : { providerId: session.providerId, groups: session.groups };
  const grants = await useCases.grantsOf(administrator, claimed);
  const principal = { kind: 'administrator', id: administrator.id, name: administrator.signInName, grants } as const;
  return meView(principal, { administrator, session, ...(await meansOf(useCases, administrator)) });
}

/** By what they can sign in. */
async function meansOf(
  { passwords, passkeys }: Pick<SessionUseCases, 'passwords' | 'passkeys'>,
  { id }: Pick<Administrator, 'id'>,
) {
  return { password: (await passwords.get(id)) !== null, passkeys: (await passkeys.of(id)).length };
}
