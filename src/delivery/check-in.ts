import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { Device, DeviceId } from '../directory/device.ts';
import type { CheckInAnswer, CheckInRequest, HeldItem } from '../formats/agent/check-in-message.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import {
  renderScepDirections,
  renderScepPayload,
  renderTrustedCertificate,
  renderUndeliverable,
} from './agent/render.ts';
import { type CadenceStore, defaultCadence, untilNextCheckIn } from './cadence.ts';
import type { Deliveries } from './channel.ts';
import type { DeviceCredential } from './device-credential.ts';
import { bringsNews, type RecordCheckInInput } from './record-check-in.ts';
import { wakeVersionOf } from './wake-version.ts';

type About = {
  readonly device: Device;
  readonly held: readonly HeldItem[];
  /** All of the device, as read last: once in most check-ins. */
  readonly deployments: readonly Deployment[];
  readonly requestId: string | null;
};

type Recorded = { readonly device: Device; readonly credential: string | null };

/** The steps are this folder's verbs of the same names, bound to their ports. */
export type CheckInDeps = {
  readonly clock: Clock;
  readonly transact: Transact;
  readonly deployments: Pick<DeploymentStore, 'byDevices'>;
  readonly cadence: CadenceStore;
  readonly steps: {
    recordCheckIn(input: RecordCheckInInput): Promise<Recorded>;
    /** That it called, and nothing else. */
    noteCall(deviceId: DeviceId, at: number): void;
    isMarked(deviceId: DeviceId): Promise<boolean>;
    takeInventory(input: About): Promise<readonly Deployment[]>;
    /** Brings this device's deployments up to date if it is marked dirty. Joins the transaction. */
    reconcile(deviceId: DeviceId): Promise<unknown>;
    deliver(input: About): Promise<Deliveries>;
  };
};

export type CheckInInput = {
  readonly device: Device;
  readonly credential: DeviceCredential;
  readonly request: CheckInRequest;
  readonly requestId: string | null;
};

/**
 * A device calls: notes it, brings its deployments up to date, and answers with all that it shall have and lose.
 * What is repeated because the answer got lost does no harm.
 */
export async function checkIn(deps: CheckInDeps, input: CheckInInput): Promise<CheckInAnswer> {
  const { request, requestId } = input;
  const { device, credential } = await record(deps, input);
  const about = { device, held: request.held, requestId };
  const [found, chosen] = await Promise.all([deps.deployments.byDevices([device.id]), deps.cadence.get()]);
  const deployments = await deps.steps.takeInventory({ ...about, deployments: found });
  const deliveries = await deps.steps.deliver({ ...about, deployments });
  const cadence = chosen ?? defaultCadence(device.platform);
  const now = deps.clock.now();
  return {
    credential,
    nextCheckIn: Math.min(untilNextCheckIn(cadence, device.enrolledAt ?? now, now), untilRenewal(deployments, now)),
    // Of what the answer was made from: if that has changed since, the device is woken.
    wakeVersion: wakeVersionOf(deployments, chosen),
    retired: device.retiredAt !== null,
    trustedCertificates: deliveries.trusted.map(renderTrustedCertificate),
    enroll: deliveries.scep.map(renderScepPayload),
    redeliver: deliveries.redeliver.map(renderScepDirections),
    remove: unwanted(about, deployments),
    undeliverable: deliveries.undeliverable.map(renderUndeliverable),
  };
}

/** Most say nothing new and are up to date: they take no turn of the writer. */
async function record(deps: CheckInDeps, input: CheckInInput): Promise<Recorded> {
  const recording = { ...input, facts: input.request.facts };
  const { device } = input;
  const now = deps.clock.now();
  if (!bringsNews(recording, now) && !(await deps.steps.isMarked(device.id))) {
    deps.steps.noteCall(device.id, now);
    return { device: { ...device, lastCheckIn: now }, credential: null };
  }
  // One transaction, because each waits for the disk. The device itself is here: nobody needs to be woken.
  return deps.transact(async () => {
    const recorded = await deps.steps.recordCheckIn(recording);
    await deps.steps.reconcile(recorded.device.id);
    return recorded;
  });
}

/** A certificate may live shorter than devices are wont to stay away. */
function untilRenewal(deployments: readonly Deployment[], now: number): number {
  let soonest = Number.POSITIVE_INFINITY;
  for (const { wanted, generation, issuedGeneration, renewAt } of deployments)
    if (wanted && generation === issuedGeneration && renewAt !== null && renewAt > now)
      soonest = Math.min(soonest, renewAt - now);
  return soonest;
}

/** What the device holds and should not: of deployments that ended, or that are none of its own. Some may be left there. */
function unwanted({ device, held }: Pick<About, 'device' | 'held'>, deployments: readonly Deployment[]): string[] {
  const stays = new Set<string>();
  for (const { id, wanted, removal } of deployments)
    if ((wanted && device.retiredAt === null) || removal === 'left') stays.add(id);
  return held.map(({ deploymentId }) => deploymentId).filter((id) => !stays.has(id));
}
