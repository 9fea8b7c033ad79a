import type { ChallengeStore } from '../challenges/challenge-store.ts';
import { mintChallenge } from '../challenges/mint-challenge.ts';
import { type Deployment, isDue } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { nextAttemptAt } from '../deployments/retry-time.ts';
import { firstPossible } from '../deployments/state-table.ts';
import type { Device } from '../directory/device.ts';
import type { EventLog } from '../events/event-log.ts';
import type { HeldItem } from '../formats/agent/check-in-message.ts';
import { type Clock, minute } from '../lib/clock.ts';
import { shuffled } from '../lib/random.ts';
import type { Transact } from '../lib/transact.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { Deliveries, Directions, ScepDelivery, TrustedDelivery, Undeliverable } from './channel.ts';
import { deviceCause } from './device-cause.ts';
import { scepAddresses } from './scep-addresses.ts';

export type DeliverDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly deployments: DeploymentStore;
  readonly profiles: Pick<ProfileStore, 'all'>;
  readonly challenges: Pick<ChallengeStore, 'insert'>;
  readonly events: EventLog;
  /** Base addresses of this server as devices reach it, without trailing slash. */
  readonly ownAddresses: readonly string[];
};

/**
 * All that this device should have now: trusted certificates, and for each certificate that is due a fresh challenge,
 * in one transaction. What the device has a request under way for gets no second challenge; what it holds or fetches by
 * directions that have changed gets the new ones. `deployments`: all of the device, as they were just now.
 */
export async function deliver(
  deps: DeliverDeps,
  input: {
    readonly device: Device;
    readonly held: readonly HeldItem[];
    readonly deployments: readonly Deployment[];
    readonly requestId: string | null;
  },
): Promise<Deliveries> {
  const { device } = input;
  const cause = deviceCause(device, input.requestId);
  const held = new Map(input.held.map((item) => [item.deploymentId, item]));
  const now = deps.clock.now();
  const fetching = (deployment: Deployment) =>
    isDue(deployment) && !isUnderWay(deployment, held.get(deployment.id)) && nextAttemptAt(deployment) <= now;
  const settled = (deployment: Deployment) => isSettled(deployment, held.get(deployment.id), fetching(deployment));
  const collect = async (deployments: readonly Deployment[]): Promise<Deliveries> => {
    const scep: ScepDelivery[] = [];
    const redeliver: Directions[] = [];
    const trusted: TrustedDelivery[] = [];
    const undeliverable: Undeliverable[] = [];
    const unsettled =
      device.retiredAt === null ? deployments.filter((one) => one.wanted && !settled(one)) : ([] as const);
    // All at once, because nearly always they are at hand.
    const profiles = unsettled.length === 0 ? [] : await deps.profiles.all();
    const profileOf = (wanted: ProfileId): Profile | undefined => profiles.find(({ id }) => id === wanted);
    for (const deployment of unsettled) {
      const profile = profileOf(deployment.profileId);
      if (profile?.kind === 'trustedCertificate') trusted.push({ deployment, profile });
      if (profile?.kind !== 'scep') continue;
      const { problem } = deployment;
      if (deployment.expectation === null && problem !== null) undeliverable.push({ deployment, profile, problem });
      const there = held.get(deployment.id);
      const fetches = fetching(deployment);
      if (!fetches && (there === undefined || there.deliveryVersion === deployment.deliveryVersion)) continue;
      const root = profileOf(profile.settings.rootCertificate);
      if (root?.kind !== 'trustedCertificate') continue;
      const urls = scepAddresses(
        {
          platform: device.platform,
          configured: profile.settings.scepServerUrls,
          own: deps.ownAddresses,
          slug: profile.slug,
          deliveryRef: deployment.deliveryRef,
        },
        shuffled,
      );
      if (!fetches) {
        redeliver.push({ platform: device.platform, deployment, profile, root, urls });
        continue;
      }
      if (deployment.expectation === null) continue;
      const lifetime = profile.settings.server.challengeLifetime * minute;
      const minted = await mintChallenge(deps, { deployment, lifetime, now, cause });
      if (minted.kind === 'refused') continue;
      await deps.deployments.move(deployment, {
        cause: firstPossible(deployment.state, 'challenge-issued'),
        problem: null,
        attempts: deployment.attempts + 1,
        at: now,
      });
      scep.push({
        platform: device.platform,
        deployment,
        expectation: deployment.expectation,
        profile,
        root,
        challenge: minted.secret,
        challengeExpiresAt: minted.challenge.expiresAt,
        urls,
      });
    }
    return { scep, redeliver, trusted, undeliverable };
  };
  const known = input.deployments;
  const minting = (one: Deployment) => one.wanted && one.kind === 'scep' && one.expectation !== null && fetching(one);
  // All else only reads, and takes no turn of the writer.
  if (device.retiredAt !== null || !known.some(minting)) return collect(known);
  return deps.transact(async () => collect(await deps.deployments.byDevices([device.id])));
}

/** Its certificate is there, or none is wanted, by the directions that stand: nothing is to be said of it. */
function isSettled(deployment: Deployment, held: HeldItem | undefined, fetches: boolean): boolean {
  if (deployment.kind !== 'scep') return false;
  if (!deployment.wanted) return true;
  if (deployment.expectation === null || fetches) return false;
  return held === undefined || held.deliveryVersion === deployment.deliveryVersion;
}

function isUnderWay(deployment: Deployment, held: HeldItem | undefined): boolean {
  return held?.underWay?.generation === deployment.generation && held.underWay.revision === deployment.revision;
}
