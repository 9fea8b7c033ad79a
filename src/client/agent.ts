/**
 * The device side of the agent protocol: checks in, installs and removes what the server says, fetches certificates by
 * SCEP, reports. Everything it decides is in its state before it acts, so it may be killed at any point.
 */
import { sha256Hex } from '../crypto/digest.ts';
import type {
  CheckInAnswer,
  HeldItem,
  TrustedCertificatePayload,
  UndeliverableProfile,
} from '../formats/agent/check-in-message.ts';
import type { DeviceReport } from '../formats/agent/report-message.ts';
import type { ScepDirections } from '../formats/agent/scep-directions.ts';
import { readScepPayload, type ScepPayload, scepPayloadToJson } from '../formats/agent/scep-payload.ts';
import { pemBlocks, toPem } from '../formats/x509/pem.ts';
import { type Failure, isFailure } from '../lib/failure.ts';
import type { AgentDeps } from './agent-deps.ts';
import { type AgentSession, openAgentSession } from './agent-session.ts';
import type { AgentItem, AgentState, AgentTask } from './agent-store.ts';
import { type EnrollmentResult, freeBundle, renewalOf, runScepTask } from './scep-task.ts';

export type AgentRun = {
  /** The server said that this device is no longer managed: all is removed, and the state gone. */
  readonly retired: boolean;
  readonly results: readonly EnrollmentResult[];
  /** What applies to this device and the server cannot deliver. */
  readonly undeliverable: readonly UndeliverableProfile[];
  /** ms UTC when there is something to do again: check-in, a repeated attempt, or a renewal. */
  readonly nextRun: number;
};

/** Opens the state, runs once, and closes. Failures as `runSession`, and `not-joined`. */
export async function runAgentOnce(deps: AgentDeps): Promise<AgentRun> {
  await using session = await openAgentSession(deps);
  return runSession(session);
}

/**
 * Checks in and does all that is due. When the server cannot be reached, certificates that are under way are still
 * attempted (their SCEP server may be another), and the failure is thrown afterwards.
 */
export async function runSession(session: AgentSession): Promise<AgentRun> {
  const unreached = await checkIn(session);
  if (unreached === 'retired')
    return { retired: true, results: [], undeliverable: [], nextRun: Number.POSITIVE_INFINITY };
  const results: EnrollmentResult[] = [];
  for (const item of session.state.items) {
    const { task } = item;
    if (task !== null && task.nextAttempt <= session.deps.clock.now())
      results.push(await runScepTask(session, { ...item, task }));
  }
  if (unreached !== null) throw unreached;
  await sendReports(session);
  const { state } = session;
  const { undeliverable = [] } = state;
  return { retired: false, results, undeliverable, nextRun: nextRun(state, session.deps.clock.now()) };
}

export function nextRun(state: AgentState, now: number): number {
  const times = [state.nextCheckIn];
  for (const { task, renewAt } of state.items) {
    if (task !== null) times.push(task.nextAttempt);
    if (renewAt !== null && renewAt > now) times.push(renewAt);
  }
  return Math.max(now, Math.min(...times));
}

async function checkIn(session: AgentSession): Promise<Failure | 'retired' | null> {
  const { api, deps } = session;
  let answer: CheckInAnswer;
  try {
    answer = await api.checkIn(session.state.credential, { facts: deps.facts(), held: await held(session) });
  } catch (error) {
    if (isFailure(error) && error.kind === 'unavailable') return error;
    throw error;
  }
  const now = deps.clock.now();
  // First of all: a new credential exists nowhere else.
  await session.update((state) => ({
    ...state,
    credential: answer.credential ?? state.credential,
    lastCheckIn: now,
    nextCheckIn: now + answer.nextCheckIn,
    wakeVersion: answer.wakeVersion,
    undeliverable: answer.undeliverable,
  }));
  if (answer.retired) {
    await leave(session);
    return 'retired';
  }
  for (const deploymentId of answer.remove) await remove(session, deploymentId);
  for (const trusted of answer.trustedCertificates) await trust(session, trusted);
  for (const payload of answer.enroll) await begin(session, payload);
  for (const directions of answer.redeliver) await follow(session, directions);
  return null;
}

/**
 * What is really there: a certificate that somebody deleted or replaced is not held any more (intune-domain 5.4). An attempt
 * that reached nobody is none under way: the next one begins with what the server then sends, addresses shuffled anew
 * (seed, "SCEP Server URLs").
 */
async function held({ state, deps }: AgentSession): Promise<HeldItem[]> {
  const items: HeldItem[] = [];
  for (const { deploymentId, bundle, thumbprint256, task, deliveryVersion } of state.items) {
    const text = bundle === null ? null : await deps.store.readFile(bundle, 'certificate.pem');
    const inPlace = text !== null && thumbprintOf(text) === thumbprint256;
    items.push({
      deploymentId,
      thumbprint256: inPlace ? thumbprint256 : null,
      underWay: task === null || failedUnsent(task) ? null : { generation: task.generation, revision: task.revision },
      deliveryVersion: deliveryVersion ?? null,
    });
  }
  return items;
}

function failedUnsent({ sent, attempts }: AgentTask): boolean {
  return !sent && attempts > 0;
}

function thumbprintOf(pem: string): string | null {
  try {
    const [der] = pemBlocks(pem, 'CERTIFICATE');
    return der === undefined ? null : sha256Hex(der);
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

async function remove(session: AgentSession, deploymentId: string): Promise<void> {
  const item = session.state.items.find((known) => known.deploymentId === deploymentId);
  const reports: DeviceReport[] = [{ outcome: 'removed', deploymentId }];
  if (item !== undefined) {
    if (item.bundle !== null) await session.deps.store.removeBundle(item.bundle);
    if (item.task?.keyBundle) await session.deps.store.removeBundle(item.task.keyBundle);
  }
  await session.put(deploymentId, null, reports);
}

async function trust(session: AgentSession, payload: TrustedCertificatePayload): Promise<void> {
  const { deploymentId, profile, certificate } = payload;
  const thumbprint256 = sha256Hex(certificate);
  const known = session.state.items.find((item) => item.deploymentId === deploymentId);
  if (known?.thumbprint256 === thumbprint256 && known.bundle !== null) {
    const there = await session.deps.store.readFile(known.bundle, 'certificate.pem');
    if (there !== null && thumbprintOf(there) === thumbprint256) return;
  }
  const bundle = known?.bundle ?? freeBundle(session, 'trusted', { deploymentId, profile });
  await session.deps.store.writeBundle(bundle, { 'certificate.pem': toPem('CERTIFICATE', certificate) });
  const item: AgentItem = {
    deploymentId,
    kind: 'trusted',
    profile,
    bundle,
    thumbprint256,
    notAfter: null,
    renewAt: null,
    task: null,
  };
  await session.put(deploymentId, item, [{ outcome: 'installed', deploymentId, thumbprint256 }]);
}

/** A new task replaces one of an earlier generation or revision: the server would not have sent it otherwise. */
async function begin(session: AgentSession, payload: ScepPayload): Promise<void> {
  const { deploymentId, profile, generation, revision } = payload;
  const known = session.state.items.find((item) => item.deploymentId === deploymentId);
  if (known?.task?.keyBundle) await session.deps.store.removeBundle(known.task.keyBundle);
  const task: AgentTask = {
    payload: scepPayloadToJson(payload),
    generation,
    revision,
    keyBundle: null,
    sent: false,
    pendingAt: null,
    attempts: known?.task && failedUnsent(known.task) ? known.task.attempts : 0,
    nextAttempt: session.deps.clock.now(),
    problem: null,
  };
  await session.put(deploymentId, {
    deploymentId,
    kind: 'scep',
    profile,
    bundle: known?.bundle ?? null,
    thumbprint256: known?.thumbprint256 ?? null,
    notAfter: known?.notAfter ?? null,
    renewAt: known?.renewAt ?? null,
    deliveryVersion: payload.deliveryVersion,
    task,
  });
}

/**
 * The profile changed, and what is there stays: the renewal moves, and a request under way goes on with the new addresses
 * and digests, at once where the old ones failed.
 */
async function follow(session: AgentSession, directions: ScepDirections): Promise<void> {
  const { deploymentId, deliveryVersion, renewalThreshold, urls } = directions;
  const item = session.state.items.find((known) => known.deploymentId === deploymentId);
  if (item === undefined) return;
  const text = item.bundle === null ? null : await session.deps.store.readFile(item.bundle, 'certificate.pem');
  const [certificate] =
    text === null || thumbprintOf(text) !== item.thumbprint256 ? [] : pemBlocks(text, 'CERTIFICATE');
  const { task } = item;
  await session.put(deploymentId, {
    ...item,
    deliveryVersion,
    renewAt: certificate === undefined ? item.renewAt : renewalOf(certificate, renewalThreshold),
    task: task && {
      ...task,
      payload: scepPayloadToJson({ ...readScepPayload(task.payload, 'task'), ...directions }),
      pendingAt: task.pendingAt !== null && urls.includes(task.pendingAt) ? task.pendingAt : null,
      nextAttempt: task.problem === null ? task.nextAttempt : session.deps.clock.now(),
    },
  });
}

/** What is not taken now stays in the outbox. A report that the server refuses as such is not repeated. */
async function sendReports(session: AgentSession): Promise<void> {
  const { outbox, credential } = session.state;
  if (outbox.length === 0) return;
  try {
    await session.api.report(credential, outbox as readonly DeviceReport[]);
  } catch (error) {
    if (isFailure(error) && error.kind === 'unavailable') return;
    throw error;
  }
  await session.update((state) => ({ ...state, outbox: state.outbox.slice(outbox.length) }));
}

/** Tells the server and removes everything; when the server does not hear it, everything goes all the same. */
async function leave(session: AgentSession): Promise<boolean> {
  let told = true;
  try {
    await session.api.leave(session.state.credential);
  } catch (error) {
    if (!isFailure(error)) throw error;
    told = false;
  }
  await session.deps.store.clear();
  return told;
}

/** Ends the management of this device from its side. `told`: whether the server heard it. */
export async function leaveAgent(deps: AgentDeps): Promise<{ readonly told: boolean }> {
  await using session = await openAgentSession(deps);
  return { told: await leave(session) };
}
