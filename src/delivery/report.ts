import type { Deployment, DeploymentCause, DeploymentId } from '../deployments/deployment.ts';
import type { DeploymentMove, DeploymentStore } from '../deployments/deployment-store.ts';
import { nextGeneration } from '../deployments/next-generation.ts';
import { firstPossible } from '../deployments/state-table.ts';
import type { Device } from '../directory/device.ts';
import type { NewEvent } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { DeviceReport, ReportAnswer } from '../formats/agent/report-message.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import { deploymentSubjects } from './deployment-subjects.ts';
import { deviceCause } from './device-cause.ts';
import type { InstalledCertificates } from './installed-certificates.ts';
import { type SupersedeDeps, supersede } from './supersede.ts';

export type ReportDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly deployments: DeploymentStore;
  readonly certificates: InstalledCertificates;
  readonly profiles: SupersedeDeps['profiles'];
  readonly events: EventLog;
};

type Refusal = 'deployment-unknown' | 'certificate-not-current';
type Change = Omit<DeploymentMove, 'at'>;

/**
 * What became of things on the device, by its own word; only for its own deployments. A device can thereby say that it
 * has a certificate or lost it, never change what it may have.
 */
export async function report(
  deps: ReportDeps,
  input: { readonly device: Device; readonly reports: readonly DeviceReport[]; readonly requestId: string | null },
): Promise<ReportAnswer> {
  const refused: { deploymentId: string; reason: Refusal }[] = [];
  await deps.transact(async () => {
    refused.length = 0;
    for (const one of input.reports) {
      const refusal = await record(deps, input.device, one, input.requestId);
      if (refusal !== null) refused.push({ deploymentId: one.deploymentId, reason: refusal });
    }
  });
  return { recorded: input.reports.length - refused.length, refused };
}

async function record(
  deps: ReportDeps,
  device: Device,
  one: DeviceReport,
  requestId: string | null,
): Promise<Refusal | null> {
  const deployment = await deps.deployments.get(one.deploymentId as DeploymentId);
  // Another device's deployment is as good as none, so that ids cannot be tried out.
  if (deployment === null || deployment.deviceId !== device.id) return 'deployment-unknown';
  const now = deps.clock.now();
  if (one.outcome === 'installed' && deployment.kind === 'scep') {
    const { currentCertificateId } = deployment;
    const known = await deps.certificates.getMany(currentCertificateId === null ? [] : [currentCertificateId]);
    const [certificate = null] = known.values();
    if (currentCertificateId === null || certificate?.thumbprint256 !== one.thumbprint256)
      return 'certificate-not-current';
    if (await deps.certificates.markInstalled(currentCertificateId, now))
      await supersede(deps, { deployment, now, cause: deviceCause(device, requestId) });
  }
  const change = changeBy(deployment, one);
  if (change !== null) await deps.deployments.move(deployment, { ...change, at: now });
  const event: NewEvent = {
    type: one.outcome === 'failed' ? 'deployment.failed' : 'deployment.reported',
    cause: deviceCause(device, requestId),
    subjects: deploymentSubjects(deployment),
    data: one.outcome === 'failed' ? { step: one.step, code: one.code, detail: one.detail } : { outcome: one.outcome },
  };
  await deps.events.append([event]);
  return null;
}

const causeOfFailure = {
  request: 'request-creation-failed',
  submit: 'request-submit-failed',
  install: 'install-failed',
  remove: 'delete-failed',
} as const satisfies Record<string, DeploymentCause>;

/** What a report makes of a deployment; null: the state stays. Pure. */
export function changeBy(deployment: Deployment, one: DeviceReport): Change | null {
  const { state } = deployment;
  switch (one.outcome) {
    case 'installed':
      return due(deployment) ? null : changed(firstPossible(state, 'installed'));
    case 'removed':
    case 'missing':
      if (deployment.wanted) return renewal(deployment);
      return changed(state === 'revoked' ? null : firstPossible(state, 'deleted'));
    case 'failed': {
      // A FAILURE of the SCEP server was recorded there, with its reason; the device only repeats it.
      if (one.step === 'scep') return null;
      const failed = firstPossible(state, causeOfFailure[one.step]);
      // Issued here, and the answer was lost on its way or could not be read there: the device asks for it again.
      const cause = failed ?? (one.step === 'submit' && state === 'issued' ? 'response-failed' : null);
      return cause === null ? null : { cause, problem: problemOf(one) };
    }
  }
}

function problemOf(one: { readonly code: string; readonly detail: string }): Deployment['problem'] {
  return { code: one.code, detail: one.detail, unresolved: [] };
}

function changed(cause: DeploymentCause | null): Change | null {
  return cause === null ? null : { cause, problem: null };
}

/** The next certificate is due, unless one is anyway. */
function renewal(deployment: Deployment): Change | null {
  if (deployment.kind !== 'scep' || due(deployment)) return null;
  return nextGeneration(deployment, { renewal: true, fillable: deployment.expectation !== null });
}

function due(deployment: Deployment): boolean {
  return deployment.kind === 'scep' && deployment.issuedGeneration < deployment.generation;
}
