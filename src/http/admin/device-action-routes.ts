/** What can be done with a device, and what can be asked about it. */
import { z } from 'zod';
import type { createJoinToken } from '../../delivery/create-join-token.ts';
import type { revokeCredentials } from '../../delivery/revoke-credentials.ts';
import type { WakeBoard } from '../../delivery/wake-board.ts';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { Bound } from '../../lib/bound.ts';
import { hour } from '../../lib/clock.ts';
import type { deleteDevices, retire } from '../../lifecycle/remove.ts';
import type { ProfileId } from '../../profiles/profile-id.ts';
import type { deviceTimeline, TimelineEntry } from '../../reporting/device-timeline.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { deviceSchema } from './device-routes.ts';
import { type DirectoryNames, findDevice, findUser } from './directory-names.ts';
import { documented } from './documented.ts';
import { eventSchema, scepTransactionSchema } from './event-schemas.ts';
import { nameParam } from './find-named.ts';
import { time } from './list-schema.ts';
import { type SlugsOf, slugsOf } from './name-deployments.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';

export type DeviceActionUseCases = Pick<DirectoryNames, 'users'> &
  SlugsOf & {
    readonly devices: Pick<DeviceStore, 'get' | 'findByName'>;
    readonly createJoinToken: Bound<typeof createJoinToken>;
    readonly revokeCredentials: Bound<typeof revokeCredentials>;
    /** Repeating it changes nothing, so it needs no idempotency key. */
    readonly retire: Bound<typeof retire>;
    readonly deleteDevices: Bound<typeof deleteDevices>;
    /** Asks over every channel that the device has. */
    readonly summon: WakeBoard['summon'];
    readonly timeline: Bound<typeof deviceTimeline>;
    readonly once: Once;
  };

const params = z.strictObject({ device: nameParam('Id or exact name') });
const tag = 'devices';

const joinTokenInput = z.strictObject({
  device: nameParam('The device it is for; absent: whoever shows it becomes a new device').optional(),
  user: nameParam('Primary user of a new device').optional(),
  lifetimeHours: z.number().positive().max(2160).optional().describe('Default: seven days'),
});
const joinTokenSchema = z.object({
  id: z.string(),
  joinToken: z.string().describe('Shown this one time'),
  expiresAt: time,
});

const timelineEntrySchema = z
  .object({
    kind: z.enum(['event', 'scep']),
    at: time,
    profile: z.string().nullable().describe('Slug of the profile that it is about; null: none, several, or deleted'),
    event: eventSchema.optional(),
    transaction: scepTransactionSchema.optional(),
  })
  .meta({ id: 'TimelineEntry' });

export function registerDeviceActionRoutes(scope: AdminScope, useCases: DeviceActionUseCases): void {
  scope.post(
    '/join-tokens',
    documented(
      {
        permission: 'devices.join',
        tag,
        summary: 'Make a token with which one device may join, once',
        headers: ['idempotency-key'],
        detail: 'Not replayable: a repeat with the same Idempotency-Key answers 409.',
      },
      { body: joinTokenInput, response: { 201: joinTokenSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201, secret: true }, async (cause) => {
        const { device, user, lifetimeHours } = request.body;
        const { id, text, expiresAt } = await useCases.createJoinToken({
          deviceId: device === undefined ? null : (await findDevice(useCases, device)).id,
          userId: user === undefined ? null : (await findUser(useCases, user)).id,
          ...(lifetimeHours !== undefined && { lifetime: Math.round(lifetimeHours * hour) }),
          cause,
        });
        return { id, joinToken: text, expiresAt };
      }),
  );

  scope.post(
    '/devices/:device/check-in',
    documented(
      {
        permission: 'devices.manage',
        tag,
        summary: 'Ask a device to check in now',
        detail: 'Best effort: a device that does not hear it calls by its cadence.',
      },
      { params, response: { 202: z.object({ deviceId: z.string() }) } },
    ),
    async (request, reply) => {
      const { id } = await findDevice(useCases, request.params.device);
      useCases.summon([id]);
      reply.code(202);
      return { deviceId: id };
    },
  );

  for (const action of ['retire', 'wipe'] as const)
    scope.post(
      `/devices/:device/${action}`,
      documented(
        {
          permission: 'devices.manage',
          tag,
          summary: action === 'retire' ? 'Retire a device' : 'Wipe a device',
          detail:
            'Our keys, certificates and payloads are removed from it and its certificates revoked; never the disk.',
        },
        { params, response: { 200: z.object({ device: deviceSchema, revoked: z.number().int() }) } },
      ),
      async (request) => {
        const { id } = await findDevice(useCases, request.params.device);
        return useCases.retire({ deviceId: id, action, cause: causeOf(request) });
      },
    );

  scope.delete(
    '/devices/:device',
    documented(
      {
        permission: 'devices.manage',
        tag,
        summary: 'Delete a device',
        detail: 'Its certificates are revoked; they and its history stay as a record.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const { id } = await findDevice(useCases, request.params.device);
      await useCases.deleteDevices({ deviceIds: [id], cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.delete(
    '/devices/:device/credentials',
    documented(
      {
        permission: 'devices.manage',
        tag,
        summary: 'Revoke the credentials of a device',
        detail: 'It must join again to check in.',
      },
      { params, response: { 200: z.object({ revoked: z.number().int() }) } },
    ),
    async (request) => {
      const { id } = await findDevice(useCases, request.params.device);
      return { revoked: await useCases.revokeCredentials({ deviceId: id, cause: causeOf(request) }) };
    },
  );

  scope.get(
    '/devices/:device/timeline',
    documented(
      {
        permission: 'events.read',
        tag,
        summary: 'What happened to a device, newest first',
        detail: '`limit` counts events; the SCEP requests of the same span of time come with them.',
      },
      { params, querystring: pageQuery, response: { 200: pageSchema(timelineEntrySchema) } },
    ),
    async ({ params: { device }, query }) => {
      const { id } = await findDevice(useCases, device);
      const { items, next } = await useCases.timeline({ deviceId: id, page: pageOf(query) });
      const about = new Map(items.map((entry) => [entry, profileOf(entry)]));
      const slugs = await slugsOf(useCases, new Set([...about.values()].filter((each) => each !== null)));
      return { items: items.map((entry) => ({ ...entry, profile: slugs.get(about.get(entry) ?? '') ?? null })), next };
    },
  );
}

/** The one profile that an entry is about. */
function profileOf(entry: TimelineEntry): ProfileId | null {
  if (entry.kind === 'scep') return entry.transaction.profileId as ProfileId | null;
  const [subject, ...others] = entry.event.subjects.filter(({ kind }) => kind === 'profile');
  return subject === undefined || others.length > 0 ? null : (subject.id as ProfileId);
}
