/** One certificate from the challenge to the files: every step is saved before the next, so that a crash anywhere only repeats one. */
import { sha256Hex } from '../crypto/digest.ts';
import { type KeyPair, publicKeyOf } from '../crypto/key-pair.ts';
import type { DeviceReport } from '../formats/agent/report-message.ts';
import { readScepPayload, type ScepPayload } from '../formats/agent/scep-payload.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { pemBlocks, toPem } from '../formats/x509/pem.ts';
import { hour, minute } from '../lib/clock.ts';
import { type AgentSession, familyOf } from './agent-session.ts';
import type { AgentItem, AgentTask } from './agent-store.ts';
import { type AttemptOutcome, attemptEnrollment } from './enrollment-attempt.ts';

export type EnrollmentResult = {
  readonly deploymentId: string;
  readonly profile: { readonly slug: string; readonly name: string };
  readonly outcome: 'enrolled' | 'pending' | 'failed';
  /** Null when enrolled. */
  readonly code: string | null;
  readonly detail: string | null;
};

const storageName = { pkcs11: 'a PKCS#11 token', tpm: 'the TPM' } as const;

type WithTask = AgentItem & { readonly task: AgentTask };

/** After so many attempts without a clear answer the task is given up; the next check-in brings a new challenge. */
const mostAttempts = 20;

export async function runScepTask(session: AgentSession, item: WithTask): Promise<EnrollmentResult> {
  const payload = readScepPayload(item.task.payload, 'task');
  const { clock } = session.deps;
  if (!item.task.sent && payload.challengeExpiresAt <= clock.now()) {
    await drop(session, item, []);
    return failed(
      item,
      'challenge-expired',
      'The challenge expired before it was used. The next check-in brings another.',
    );
  }
  if (payload.keyStorage !== null && payload.keyStorage !== 'pem') {
    const detail = `The profile wants the key in ${storageName[payload.keyStorage]}, and this agent keeps keys in PEM files alone. Nothing was requested.`;
    await drop(session, item, [report(item.deploymentId, 'request', 'key-storage-unavailable', detail)]);
    return failed(item, 'key-storage-unavailable', detail);
  }
  const { item: ready, key } = await withKey(session, item, payload);
  const outcome = await attemptEnrollment(
    { payload, key, pendingAt: ready.task.pendingAt },
    {
      call: { send: session.scep.send, habits: session.deps.habits },
      family: familyOf(session),
      roam: session.deps.roam,
      shuffle: session.deps.shuffle,
      trust: { fingerprint: payload.authority.thumbprint256, anchors: await heldRoots(session) },
      now: clock.now(),
    },
  );
  // While nobody has answered, neither key nor challenge was shown to anyone.
  const sent = item.task.sent || outcome.answered;
  return conclude(session, { ...ready, task: { ...ready.task, sent } }, payload, key, outcome);
}

/** The key is on disk, and the task marked as sent, before anything leaves. */
async function withKey(
  session: AgentSession,
  item: WithTask,
  payload: ScepPayload,
): Promise<{ item: WithTask; key: KeyPair }> {
  const stored =
    item.task.keyBundle === null ? null : await session.deps.store.readFile(item.task.keyBundle, 'key.pem');
  const [known] = stored === null ? [] : pemBlocks(stored, 'PRIVATE KEY');
  const key: KeyPair =
    known === undefined
      ? await session.deps.makeKey(payload.keySize)
      : { privateKey: known, publicKey: publicKeyOf(known) };
  const keyBundle = item.task.keyBundle ?? `pending/${item.deploymentId}`;
  if (known === undefined)
    await session.deps.store.writeBundle(keyBundle, { 'key.pem': toPem('PRIVATE KEY', key.privateKey) });
  const ready: WithTask = { ...item, task: { ...item.task, keyBundle, sent: true } };
  if (!item.task.sent || item.task.keyBundle === null) await session.put(item.deploymentId, ready);
  return { item: ready, key };
}

async function conclude(
  session: AgentSession,
  item: WithTask,
  payload: ScepPayload,
  key: KeyPair,
  outcome: AttemptOutcome,
): Promise<EnrollmentResult> {
  const { deploymentId, task } = item;
  switch (outcome.kind) {
    case 'issued':
      return install(session, item, payload, key, outcome);
    case 'pending': {
      const attempts = task.attempts + 1;
      const delay = attempts <= payload.retry.count ? payload.retry.delayMinutes * minute : hour;
      const nextAttempt = session.deps.clock.now() + delay;
      await session.put(deploymentId, {
        ...item,
        task: { ...task, attempts, nextAttempt, pendingAt: outcome.url, problem: null },
      });
      return result(item, 'pending', 'pending', 'An administrator has to approve this certificate.');
    }
    case 'refused': {
      const code = `scep-${outcome.failInfo.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const detail = outcome.text ?? `The server refused the request (${outcome.failInfo}).`;
      await drop(session, item, [report(deploymentId, 'scep', code, detail)]);
      return failed(item, code, detail);
    }
    default:
      return tryLater(session, item, outcome.code, outcome.detail);
  }
}

/** Nobody said no: the same request is repeated later, unless that has gone on for long. */
async function tryLater(
  session: AgentSession,
  item: WithTask,
  code: string,
  detail: string,
): Promise<EnrollmentResult> {
  const attempts = item.task.attempts + 1;
  const reports = attempts === 1 ? [report(item.deploymentId, 'submit', code, detail)] : [];
  if (attempts >= mostAttempts) await drop(session, item, reports);
  else {
    const nextAttempt = session.deps.clock.now() + Math.min(minute * 2 ** (attempts - 1), hour);
    const task: AgentTask = { ...item.task, attempts, nextAttempt, problem: { code, detail } };
    await session.put(item.deploymentId, { ...item, task }, reports);
  }
  return failed(item, code, detail);
}

/** Key and certificate change together; the old pair stays until the new one is in its place. */
async function install(
  session: AgentSession,
  item: WithTask,
  payload: ScepPayload,
  key: KeyPair,
  issued: { readonly certificate: Uint8Array; readonly chain: readonly Uint8Array[] },
): Promise<EnrollmentResult> {
  const { deploymentId } = item;
  const bundle = item.bundle ?? freeBundle(session, 'certificates', item);
  try {
    await session.deps.store.writeBundle(bundle, {
      'key.pem': toPem('PRIVATE KEY', key.privateKey),
      'certificate.pem': toPem('CERTIFICATE', issued.certificate),
      'chain.pem': issued.chain.map((der) => toPem('CERTIFICATE', der)).join(''),
    });
  } catch (error) {
    const detail = `The certificate could not be stored (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`;
    await session.put(deploymentId, item, [report(deploymentId, 'install', 'not-stored', detail)]);
    return failed(item, 'not-stored', detail);
  }
  const { notAfter } = parseCertificate(issued.certificate);
  const thumbprint256 = sha256Hex(issued.certificate);
  const renewAt = renewalOf(issued.certificate, payload.renewalThreshold);
  await session.put(
    deploymentId,
    { ...item, profile: payload.profile, bundle, thumbprint256, notAfter, renewAt, task: null },
    [{ outcome: 'installed', deploymentId, thumbprint256 }],
  );
  if (item.task.keyBundle !== null) await session.deps.store.removeBundle(item.task.keyBundle);
  return result(item, 'enrolled', null, null);
}

/** ms UTC when the renewal of a certificate (DER) starts. */
export function renewalOf(certificate: Uint8Array, renewalThreshold: number): number {
  const { notBefore, notAfter } = parseCertificate(certificate);
  return notAfter - ((notAfter - notBefore) * renewalThreshold) / 100;
}

/** By the profile's slug, so that other programs find it; two deployments of one profile get names of their own. */
export function freeBundle(
  session: Pick<AgentSession, 'state'>,
  folder: 'certificates' | 'trusted',
  item: Pick<AgentItem, 'deploymentId' | 'profile'>,
): string {
  const plain = `${folder}/${item.profile.slug}`;
  const taken = session.state.items.some(
    ({ deploymentId, bundle }) => bundle === plain && deploymentId !== item.deploymentId,
  );
  return taken ? `${plain}-${item.deploymentId.slice(-12)}` : plain;
}

/** What a SCEP server's certificates may lead to, besides what it sends itself. */
async function heldRoots(session: AgentSession): Promise<Uint8Array[]> {
  const roots = [session.anchor];
  for (const { kind, bundle } of session.state.items) {
    if (kind !== 'trusted' || bundle === null) continue;
    const text = await session.deps.store.readFile(bundle, 'certificate.pem');
    if (text !== null) roots.push(...pemBlocks(text, 'CERTIFICATE'));
  }
  return roots;
}

async function drop(session: AgentSession, item: WithTask, reports: readonly DeviceReport[]): Promise<void> {
  const kept: AgentItem | null = item.thumbprint256 === null ? null : { ...item, task: null };
  await session.put(item.deploymentId, kept, reports);
  if (item.task.keyBundle !== null) await session.deps.store.removeBundle(item.task.keyBundle);
}

function report(
  deploymentId: string,
  step: Extract<DeviceReport, { outcome: 'failed' }>['step'],
  code: string,
  detail: string,
): DeviceReport {
  return { outcome: 'failed', deploymentId, step, code, detail: detail.replace(/\p{Cc}/gu, ' ').slice(0, 1000) };
}

function result(
  item: AgentItem,
  outcome: EnrollmentResult['outcome'],
  code: string | null,
  detail: string | null,
): EnrollmentResult {
  return { deploymentId: item.deploymentId, profile: item.profile, outcome, code, detail };
}

function failed(item: AgentItem, code: string, detail: string): EnrollmentResult {
  return result(item, 'failed', code, detail);
}
