/** `/api/v1/administrators`: who may sign in, and their sessions. */
import { z } from 'zod';
import type { Administrator } from '../../access/administrator.ts';
import type { AdministratorStore } from '../../access/administrator-store.ts';
import type { deleteAdministrator } from '../../access/delete-administrator.ts';
import type { endSessions } from '../../access/end-sessions.ts';
import type { Principal } from '../../access/principal.ts';
import type { resetAdministrator } from '../../access/reset-administrator.ts';
import type { saveAdministrator } from '../../access/save-administrator.ts';
import type { saveSessionLifetime } from '../../access/save-session-lifetime.ts';
import {
  hasEnded,
  type SessionId,
  type SessionLifetimeStore,
  type SessionStore,
  sessionLifetimeBounds,
} from '../../access/session.ts';
import type { Bound } from '../../lib/bound.ts';
import type { Clock } from '../../lib/clock.ts';
import { callerOf, causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { findAdministrator } from './find-administrator.ts';
import { nameParam } from './find-named.ts';
import { sendVersion, versionFromIfMatch } from './if-match.ts';
import { list, time } from './list-schema.ts';
import { sessionSchema, sessionView } from './me-schema.ts';
import { type Once, postOnce } from './post-once.ts';

export type AdministratorUseCases = {
  readonly clock: Pick<Clock, 'now'>;
  readonly administrators: Pick<AdministratorStore, 'get' | 'findBySignInName' | 'all'>;
  readonly sessions: Pick<SessionStore, 'of'>;
  readonly sessionLifetime: Pick<SessionLifetimeStore, 'get'>;
  readonly saveAdministrator: Bound<typeof saveAdministrator>;
  readonly deleteAdministrator: Bound<typeof deleteAdministrator>;
  readonly resetAdministrator: Bound<typeof resetAdministrator>;
  readonly endSessions: Bound<typeof endSessions>;
  readonly saveSessionLifetime: Bound<typeof saveSessionLifetime>;
  /** Failure `beyond-own-rights`. */
  expectWithin(by: Principal, administrator: Administrator): Promise<void>;
  readonly once: Once;
};

const administratorSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    signInName: z.string().describe('Unique without regard to case'),
    state: z.enum(['active', 'disabled']),
    version: z.number().int().describe('For If-Match'),
    createdAt: time,
    updatedAt: time,
    lastSignInAt: time.nullable(),
  })
  .meta({ id: 'Administrator' });
const codeSchema = z.object({
  code: z.string().describe('Shown this one time; signs in once, at `POST /api/v1/session/code`'),
  expiresAt: time,
});
const name = z.string().trim().min(1).max(200);
const content = {
  name: name.describe('For people'),
  signInName: name.describe('Typed at sign-in, such as a mail address; no spaces'),
};
const params = z.strictObject({ administrator: nameParam('Id or sign-in name') });
const milliseconds = z.number().int().describe('Milliseconds');
const { idle, absolute } = sessionLifetimeBounds;
const lifetime = {
  idle: milliseconds
    .min(idle.least)
    .max(idle.most)
    .describe('Milliseconds without a request after which a session ends'),
  absolute: milliseconds.min(absolute.least).max(absolute.most).describe('Milliseconds after which it ends anyway'),
};
const lifetimeSchema = z.object({ idle: milliseconds, absolute: milliseconds }).meta({ id: 'SessionLifetime' });
const tag = 'administrators';

export function registerAdministratorRoutes(scope: AdminScope, useCases: AdministratorUseCases): void {
  scope.get(
    '/administrators',
    documented(
      { permission: 'administrators.read', tag, summary: 'List administrators' },
      { response: { 200: z.object({ items: list(administratorSchema), next: z.null() }) } },
    ),
    async () => ({ items: await useCases.administrators.all(), next: null }),
  );

  scope.post(
    '/administrators',
    documented(
      {
        permission: 'administrators.write',
        tag,
        summary: 'Add an administrator',
        headers: ['idempotency-key'],
        detail:
          'They sign in with the code the first time. Not replayable: a repeat with the same Idempotency-Key answers 409.',
      },
      {
        body: z.strictObject(content),
        response: { 201: codeSchema.extend({ administrator: administratorSchema }) },
      },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201, secret: true }, async (cause) => {
        const administrator = await useCases.saveAdministrator({
          id: null,
          version: null,
          ...request.body,
          state: 'active',
          by: callerOf(request),
          cause,
        });
        return {
          administrator,
          ...(await useCases.resetAdministrator({ id: administrator.id, by: callerOf(request), cause })),
        };
      }),
  );

  scope.get(
    '/administrators/:administrator',
    documented(
      { permission: 'administrators.read', tag, summary: 'Show an administrator' },
      { params, response: { 200: administratorSchema } },
    ),
    async (request, reply) => {
      const found = await findAdministrator(useCases, request.params.administrator);
      sendVersion(reply, found.version);
      return found;
    },
  );

  scope.put(
    '/administrators/:administrator',
    documented(
      {
        permission: 'administrators.write',
        tag,
        summary: 'Replace an administrator',
        headers: ['if-match'],
        detail: 'Needs If-Match. Who is disabled loses their sessions; the last active one stays.',
      },
      {
        params,
        body: z.strictObject({ ...content, state: z.enum(['active', 'disabled']) }),
        response: { 200: administratorSchema },
      },
    ),
    async (request, reply) => {
      const version = versionFromIfMatch(request);
      const { id } = await findAdministrator(useCases, request.params.administrator);
      const input = { id, version, ...request.body, by: callerOf(request), cause: causeOf(request) };
      const saved = await useCases.saveAdministrator(input);
      sendVersion(reply, saved.version);
      return saved;
    },
  );

  scope.delete(
    '/administrators/:administrator',
    documented(
      {
        permission: 'administrators.write',
        tag,
        summary: 'Delete an administrator',
        detail: 'With all by which they could sign in. The last active one stays.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const { id } = await findAdministrator(useCases, request.params.administrator);
      await useCases.deleteAdministrator({ id, version: null, by: callerOf(request), cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.post(
    '/administrators/:administrator/reset',
    documented(
      {
        permission: 'administrators.write',
        tag,
        summary: 'Let an administrator in again who has lost their password or passkeys',
        headers: ['idempotency-key'],
        detail:
          'Their password and sessions end, and a code signs them in once. Not replayable: a repeat with the same Idempotency-Key answers 409.',
      },
      { params, response: { 200: codeSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 200, secret: true }, async (cause) => {
        const { id } = await findAdministrator(useCases, request.params.administrator);
        return useCases.resetAdministrator({ id, by: callerOf(request), cause });
      }),
  );

  scope.get(
    '/administrators/:administrator/sessions',
    documented(
      { permission: 'administrators.read', tag, summary: 'List an administrator’s sessions, newest first' },
      { params, response: { 200: z.object({ items: list(sessionSchema), next: z.null() }) } },
    ),
    async (request) => {
      const { id } = await findAdministrator(useCases, request.params.administrator);
      const now = useCases.clock.now();
      const live = (await useCases.sessions.of(id)).filter((session) => !hasEnded(session, now));
      return { items: live.map(sessionView), next: null };
    },
  );

  scope.delete(
    '/administrators/:administrator/sessions',
    documented(
      { permission: 'administrators.write', tag, summary: 'End all sessions of an administrator' },
      { params, response: { 200: z.object({ ended: z.number().int() }) } },
    ),
    async (request) => {
      const administrator = await findAdministrator(useCases, request.params.administrator);
      await useCases.expectWithin(callerOf(request), administrator);
      const cause = causeOf(request);
      return { ended: await useCases.endSessions({ administrator, which: { but: null }, why: 'ended', cause }) };
    },
  );

  scope.delete(
    '/administrators/:administrator/sessions/:session',
    documented(
      { permission: 'administrators.write', tag, summary: 'End a session of an administrator' },
      { params: params.extend({ session: z.string().min(1).max(100) }), response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const administrator = await findAdministrator(useCases, request.params.administrator);
      await useCases.expectWithin(callerOf(request), administrator);
      const which = { one: request.params.session as SessionId };
      await useCases.endSessions({ administrator, which, why: 'ended', cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.get(
    '/settings/sessions',
    documented(
      { permission: 'settings.read', tag: 'settings', summary: 'How long sessions last' },
      { response: { 200: lifetimeSchema } },
    ),
    () => useCases.sessionLifetime.get(),
  );

  scope.put(
    '/settings/sessions',
    documented(
      {
        permission: 'settings.write',
        tag: 'settings',
        summary: 'Change how long sessions last',
        detail: 'Counts for those that begin from now on.',
      },
      { body: z.strictObject(lifetime), response: { 200: lifetimeSchema } },
    ),
    (request) => useCases.saveSessionLifetime({ lifetime: request.body, cause: causeOf(request) }),
  );
}
