/** `/api/v1/devices`: what is known of them. What can be done with them is in `device-action-routes.ts`. */
import { z } from 'zod';
import { type Device, retirements } from '../../directory/device.ts';
import type { DeviceStore } from '../../directory/device-store.ts';
import type { saveDevice } from '../../directory/save-device.ts';
import type { UserId } from '../../directory/user.ts';
import type { Bound } from '../../lib/bound.ts';
import type { deviceScopeTags } from '../../reporting/device-scope-tags.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { type DirectoryNames, findDevice, findUser } from './directory-names.ts';
import { documented } from './documented.ts';
import {
  deviceTextFacts,
  factSource,
  managementSchema,
  nullableFact,
  ownershipSchema,
  platformSchema,
} from './fact-schemas.ts';
import { nameParam } from './find-named.ts';
import { list, time } from './list-schema.ts';
import { oneLine } from './own-name.ts';
import { pageOf, pageSchema, searchQuery } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';

export type DeviceUseCases = Pick<DirectoryNames, 'users'> & {
  readonly devices: Pick<DeviceStore, 'get' | 'findByName' | 'list'>;
  readonly saveDevice: Bound<typeof saveDevice>;
  readonly deviceScopeTags: Bound<typeof deviceScopeTags>;
  readonly once: Once;
};

export const deviceSchema = z
  .object({
    id: z.string(),
    deviceName: z.string(),
    platform: platformSchema,
    management: managementSchema.nullable(),
    ownership: ownershipSchema,
    ...deviceTextFacts((fact) => fact.nullable()),
    isRooted: z.boolean().nullable(),
    primaryUserId: z.string().nullable(),
    sources: z.record(z.string(), factSource).describe('Where each fact came from'),
    reported: z
      .record(z.string(), z.unknown())
      .describe('What the device says of itself; never replaces the facts above'),
    enrolledAt: time.nullable().describe('Came under management'),
    registeredAt: time.nullable().describe('First complete inventory; device-group assignments wait for it'),
    lastCheckIn: time.nullable(),
    retiredAt: time.nullable().describe('A retired device gets nothing any more'),
    retiredBy: z.enum(retirements).nullable().describe('unenrol: the device ended its management itself'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Device' });

const taggedDeviceSchema = deviceSchema
  .extend({ scopeTags: list(z.string()).describe('Those that count: of its groups, its own, or Default') })
  .meta({ id: 'TaggedDevice' });

const facts = {
  management: nullableFact(managementSchema),
  ownership: ownershipSchema.exactOptional(),
  ...deviceTextFacts(nullableFact),
  isRooted: nullableFact(z.boolean()),
  enrolledAt: nullableFact(time).describe('Came under management'),
  registeredAt: nullableFact(time).describe(
    'First complete inventory: device-group assignments wait for it. Agents see to it by themselves',
  ),
};
const deviceName = oneLine(z.string().trim().min(1).max(300));
const primaryUser = nullableFact(nameParam('Id or user principal name; null: nobody'));
const newDevice = z.strictObject({ deviceName, platform: platformSchema, primaryUser, ...facts });
const changedDevice = z.strictObject({ deviceName: deviceName.exactOptional(), primaryUser, ...facts });
const params = z.strictObject({ device: nameParam('Id or exact name') });
const tag = 'devices';

export function registerDeviceRoutes(scope: AdminScope, useCases: DeviceUseCases): void {
  scope.get(
    '/devices',
    documented(
      {
        permission: 'directory.read',
        tag,
        summary: 'List devices',
        detail: '`search` is a part of the name or the start of the serial number; `user` the primary user.',
      },
      {
        querystring: searchQuery.extend({
          platform: platformSchema.optional(),
          user: nameParam('Id or user principal name').optional(),
        }),
        response: { 200: pageSchema(taggedDeviceSchema) },
      },
    ),
    async ({ query }) => {
      const { search = null, platform = null, user } = query;
      const primaryUserId = user === undefined ? null : (await findUser(useCases, user)).id;
      const { items, next } = await useCases.devices.list({ search, platform, primaryUserId }, pageOf(query));
      return { items: await withScopeTags(useCases, items), next };
    },
  );

  scope.post(
    '/devices',
    documented(
      {
        permission: 'directory.write',
        tag,
        summary: 'Add a device',
        headers: ['idempotency-key'],
        detail: 'Known, not yet joined: make a join token for it, or challenges for a SCEP client of your own.',
      },
      { body: newDevice, response: { 201: deviceSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201 }, async (cause) => {
        const { primaryUser, ...said } = request.body;
        return useCases.saveDevice({
          id: null,
          facts: { ...said, ...(await userOf(useCases, primaryUser)) },
          source: 'api',
          cause,
        });
      }),
  );

  scope.get(
    '/devices/:device',
    documented(
      { permission: 'directory.read', tag, summary: 'Show a device' },
      { params, response: { 200: taggedDeviceSchema } },
    ),
    async ({ params }) => {
      const device = await findDevice(useCases, params.device);
      const tags = await useCases.deviceScopeTags([device.id]);
      return { ...device, scopeTags: [...(tags.get(device.id)?.scopeTags ?? [])] };
    },
  );

  scope.patch(
    '/devices/:device',
    documented(
      {
        permission: 'directory.write',
        tag,
        summary: 'Change facts of a device',
        detail: 'Only what is said changes; null takes a fact back.',
      },
      { params, body: changedDevice, response: { 200: deviceSchema } },
    ),
    async (request) => {
      const { primaryUser, ...said } = request.body;
      const { id } = await findDevice(useCases, request.params.device);
      const facts = { ...said, ...(await userOf(useCases, primaryUser)) };
      return useCases.saveDevice({ id, facts, source: 'api', cause: causeOf(request) });
    },
  );
}

async function withScopeTags({ deviceScopeTags }: DeviceUseCases, devices: readonly Device[]) {
  const tags = await deviceScopeTags(devices.map(({ id }) => id));
  return devices.map((device) => ({ ...device, scopeTags: [...(tags.get(device.id)?.scopeTags ?? [])] }));
}

/** Nothing said, nobody, or the user of that id or name. */
async function userOf(
  names: Pick<DirectoryNames, 'users'>,
  user: string | null | undefined,
): Promise<{ readonly primaryUserId?: UserId | null }> {
  if (user === undefined) return {};
  return { primaryUserId: user === null ? null : (await findUser(names, user)).id };
}
