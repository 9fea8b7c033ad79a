/** `/api/v1/challenges`: one-time secrets for SCEP clients that no channel of ours serves. */
import { z } from 'zod';
import type { createChallenge } from '../../delivery/create-challenge.ts';
import type { DeviceId } from '../../directory/device.ts';
import type { Bound } from '../../lib/bound.ts';
import type { AdminScope } from './admin-scope.ts';
import { expectationSchema } from './deployment-schemas.ts';
import { type DirectoryNames, findDevice, findUser } from './directory-names.ts';
import { documented } from './documented.ts';
import { nameParam } from './find-named.ts';
import { findProfile, type ProfileNames } from './find-profile.ts';
import { time } from './list-schema.ts';
import { type Once, postOnce } from './post-once.ts';

export type ChallengeUseCases = Pick<DirectoryNames, 'devices' | 'users'> &
  ProfileNames & {
    /** Resolves when what was changed before has reached this device's deployments, whatever else waits. */
    readonly upToDate: (deviceId: DeviceId) => Promise<void>;
    readonly createChallenge: Bound<typeof createChallenge>;
    readonly once: Once;
  };

const input = z.strictObject({
  profile: nameParam('Id, slug or exact name'),
  device: nameParam('Id or exact name'),
  user: nameParam('Id or user principal name; only where it must be told').optional(),
});
const challengeSchema = z
  .object({
    challenge: z.string().describe('Shown this one time'),
    scepUrl: z.string(),
    expiresAt: time,
    expected: expectationSchema,
    deploymentId: z.string(),
  })
  .meta({ id: 'Challenge' });

export function registerChallengeRoutes(scope: AdminScope, useCases: ChallengeUseCases): void {
  scope.post(
    '/challenges',
    documented(
      {
        permission: 'challenges.create',
        tag: 'challenges',
        summary: 'Make a challenge for one certificate',
        headers: ['idempotency-key'],
        detail:
          'It serves the expected request once, at its address. Not replayable: a repeat with the same Idempotency-Key answers 409.',
      },
      { body: input, response: { 201: challengeSchema } },
    ),
    async (request, reply) => {
      // Before the transaction of the answer, which would keep the reconciler waiting.
      const profile = await findProfile(useCases, request.body.profile);
      const device = await findDevice(useCases, request.body.device);
      await useCases.upToDate(device.id);
      return postOnce(useCases.once, request, reply, { status: 201, secret: true }, async (cause) => {
        const user = request.body.user === undefined ? null : await findUser(useCases, request.body.user);
        return useCases.createChallenge({
          profileId: profile.id,
          deviceId: device.id,
          userId: user?.id ?? null,
          cause,
        });
      });
    },
  );
}
