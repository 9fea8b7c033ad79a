/** A challenge by hand, for any SCEP client in the world: the same secret that a check-in would deliver. */
import type { ChallengeStore } from '../challenges/challenge-store.ts';
import { mintChallenge } from '../challenges/mint-challenge.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { firstPossible } from '../deployments/state-table.ts';
import type { DeviceId } from '../directory/device.ts';
import type { UserId } from '../directory/user.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { type Clock, minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Expectation } from '../profiles/expectation.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { scepAddresses } from './scep-addresses.ts';

export type CreateChallengeDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  readonly deployments: Pick<DeploymentStore, 'byDevices' | 'move'>;
  readonly challenges: Pick<ChallengeStore, 'insert'>;
  readonly events: Pick<EventLog, 'append'>;
  /** As for `deliver`. */
  readonly ownAddresses: readonly string[];
};

export type CreatedChallenge = {
  /** A secret, in this answer and nowhere else. */
  readonly challenge: string;
  readonly scepUrl: string;
  /** ms UTC. */
  readonly expiresAt: number;
  readonly expected: Expectation;
  readonly deploymentId: string;
};

/**
 * For the deployment of this profile on this device, which must be due. `userId` null: whoever it is for. Failures:
 * `profile-not-found`, `profile-not-scep`, `profile-not-assigned`, `user-mismatch`, `expectation-failed` (with what is missing),
 * `certificate-not-due` (re-issue first).
 */
export async function createChallenge(
  deps: CreateChallengeDeps,
  input: {
    readonly profileId: ProfileId;
    readonly deviceId: DeviceId;
    readonly userId: UserId | null;
    readonly cause: Cause;
  },
): Promise<CreatedChallenge> {
  const { profileId, deviceId, userId, cause } = input;
  return deps.transact(async () => {
    const profile = await deps.profiles.get(profileId);
    if (profile === null) throw new Failure('not-found', 'profile-not-found', 'There is no such profile.');
    if (profile.kind !== 'scep')
      throw new Failure('invalid', 'profile-not-scep', `“${profile.name}” is no SCEP certificate profile.`);
    const deployment = theOne(await deps.deployments.byDevices([deviceId]), profileId, userId);
    const { expectation, problem } = deployment;
    if (expectation === null)
      throw new Failure('conflict', 'expectation-failed', problem?.detail ?? 'Its variables have no values.', {
        code: problem?.code ?? null,
        unresolved: problem?.unresolved ?? [],
      });
    const now = deps.clock.now();
    const lifetime = profile.settings.server.challengeLifetime * minute;
    const minted = await mintChallenge(deps, { deployment, lifetime, now, cause });
    if (minted.kind === 'refused')
      throw new Failure(
        'conflict',
        'certificate-not-due',
        'The device holds the certificate of this deployment already. Re-issue the deployment (challenge new --reissue makes the next one due), also after revoking it, then ask again.',
        { deploymentId: deployment.id },
      );
    await deps.deployments.move(deployment, {
      cause: firstPossible(deployment.state, 'challenge-issued'),
      problem: null,
      attempts: deployment.attempts + 1,
      at: now,
    });
    return {
      challenge: minted.secret,
      scepUrl: addressOf(deps.ownAddresses, profile, deployment.deliveryRef),
      expiresAt: minted.challenge.expiresAt,
      expected: expectation,
      deploymentId: deployment.id,
    };
  });
}

function theOne(all: readonly Deployment[], profileId: ProfileId, userId: UserId | null): Deployment {
  const wanted = all.filter((deployment) => deployment.profileId === profileId && deployment.wanted);
  const found = wanted.find((deployment) => userId === null || deployment.userId === userId);
  if (found !== undefined) return found;
  if (wanted.length > 0)
    throw new Failure('conflict', 'user-mismatch', 'The profile applies to this device, but for another user.', {
      users: wanted.map((deployment) => deployment.userId),
    });
  throw new Failure(
    'conflict',
    'profile-not-assigned',
    'The profile does not apply to this device; explain says why. If it waits for its first complete inventory: let it join with an agent, give it registeredAt (API, devices.csv), or assign the profile to a group of users or to the device itself.',
  );
}

/** Clients of other people take one address: the first, in no platform's manner. */
function addressOf(
  own: readonly string[],
  { slug, settings }: { readonly slug: string; readonly settings: { readonly scepServerUrls: readonly string[] } },
  deliveryRef: string,
): string {
  const addresses = scepAddresses(
    { platform: 'linux', configured: settings.scepServerUrls, own, slug, deliveryRef },
    (urls) => urls,
  );
  return addresses[0] ?? `/scep/${slug}/d/${deliveryRef}`;
}
