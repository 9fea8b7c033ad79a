/**
 * The story of a deployment, step by step: made of its events and its SCEP requests. One PKIOperation is several steps:
 * it came in, was validated, a certificate was issued, and the answer left.
 */
import type { Actor, Event } from '../events/event.ts';
import type { ScepTransaction } from '../events/scep-transaction.ts';
import { deviceReasons, type Guidance, guidanceFor } from './reason-guide.ts';

export const stepNames = [
  'planned', // it was decided what the device should have, or why it cannot
  'policyDelivered',
  'challengeIssued',
  'challengeCancelled',
  'getCACaps',
  'getCACert',
  'pkiOperation',
  'validated',
  'approval',
  'issued',
  'renewed',
  'answered',
  'installed',
  'reported',
  'superseded',
  'revoked',
  'removed',
] as const;
export type StepName = (typeof stepNames)[number];

/** The numbers that the big product's troubleshooting gives the way of a certificate (intune-domain 5.1). */
export type Stage = 1 | 2 | 3 | 4 | 5 | 6;

export type FieldDifference = { readonly field: string; readonly expected: unknown; readonly received: unknown };

export type TimelineStep = {
  readonly name: StepName;
  readonly stage: Stage;
  readonly at: number;
  /** ms; null: it has none, or none was taken. */
  readonly duration: number | null;
  readonly outcome: 'ok' | 'waiting' | 'failed';
  readonly node: string;
  /** Who asked, for a SCEP request; else null. */
  readonly clientAddress: string | null;
  readonly actor: Actor | null;
  /** By which the server's log names it. */
  readonly requestId: string | null;
  /** Digest, cipher, key size of a PKIOperation. */
  readonly algorithms: Readonly<Record<string, string | number>>;
  readonly reason: string | null;
  readonly guidance: Guidance | null;
  /** Expected beside received. */
  readonly differences: readonly FieldDifference[];
  /** What else is recorded. Plain JSON, no secret. */
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Oldest first. */
export function timelineSteps(
  events: readonly Event[],
  transactions: readonly ScepTransaction[],
): readonly TimelineStep[] {
  const issuances = new Map<string, Event>();
  for (const event of events) if (isIssuance(event)) issuances.set(event.cause.requestId ?? event.id, event);
  const told = new Set(transactions.map(({ requestId }) => requestId));
  const steps = [
    ...transactions.flatMap((each) => stepsOfTransaction(each, issuances.get(each.requestId) ?? null)),
    // What a SCEP request tells already is not told again.
    ...events.flatMap((event) => (isTold(event, told) ? [] : stepsOfEvent(event))),
  ];
  return steps.sort((a, b) => a.at - b.at || stepNames.indexOf(a.name) - stepNames.indexOf(b.name));
}

function isIssuance({ type }: Event): boolean {
  return type === 'certificate.issued' || type === 'certificate.renewed';
}

function isTold(event: Event, told: ReadonlySet<string>): boolean {
  if (!isIssuance(event) && event.type !== 'enrollment.refused') return false;
  return event.cause.requestId !== null && told.has(event.cause.requestId);
}

function stepsOfTransaction(row: ScepTransaction, issuance: Event | null): readonly TimelineStep[] {
  const shared = {
    node: row.node,
    clientAddress: row.clientAddress,
    actor: null,
    requestId: row.requestId,
    algorithms: {},
    reason: null,
    guidance: null,
    differences: [],
    detail: {},
    outcome: 'ok',
  } as const;
  const taken = (...names: readonly string[]) =>
    names.reduce((sum, name) => Math.round((sum + (row.timings[name] ?? 0)) * 100) / 100, 0);
  // Durations have fractions of a millisecond; times have none.
  const after = (...names: readonly string[]) => row.at + Math.round(taken(...names));
  if (row.operation !== 'PKIOperation') {
    const name = row.operation === 'GetCACaps' ? 'getCACaps' : 'getCACert';
    const outcome = row.outcome === 'success' ? 'ok' : 'failed';
    return [{ ...shared, name, stage: 2, at: row.at, duration: taken('answer'), outcome, reason: row.reason }];
  }
  const { messageType, transactionID, algorithms } = row;
  const came: TimelineStep = {
    ...shared,
    name: 'pkiOperation',
    stage: 2,
    at: row.at,
    duration: taken('decode', 'open'),
    algorithms,
    detail: { messageType, transactionID },
  };
  const checked = {
    ...shared,
    name: 'validated',
    stage: 3,
    at: after('decode', 'open'),
    duration: taken('check'),
  } as const;
  const answered = {
    ...shared,
    name: 'answered',
    stage: 5,
    at: after('decode', 'open', 'check', 'sign', 'commit'),
    duration: taken('answer'),
  } as const;
  if (row.outcome === 'failure' || row.outcome === 'error') return [came, failed(row, checked, answered)];
  if (row.outcome === 'pending')
    return [came, { ...checked, outcome: 'waiting', detail: { waitsFor: 'approval' } }, answered];
  if (issuance === null)
    return [came, checked, { ...answered, detail: { certificateId: row.certificateId, again: true } }];
  const issued: TimelineStep = {
    ...shared,
    name: Number(issuance.data.generation ?? 1) > 1 ? 'renewed' : 'issued',
    stage: 4,
    at: after('decode', 'open', 'check'),
    duration: taken('sign', 'commit'),
    detail: { ...issuance.data, certificateId: row.certificateId },
  };
  return [came, checked, issued, answered];
}

/** Where a refusal belongs: the authority would not sign, or the request was not what was expected. */
function failed({ reason, detail }: ScepTransaction, checked: TimelineStep, answered: TimelineStep): TimelineStep {
  const isAuthoritys = reason !== null && ['certificate-not-issuable', 'serial-taken', 'clock-behind'].includes(reason);
  const { differences: _, ...rest } = detail;
  return {
    ...(isAuthoritys ? { ...answered, name: 'issued', stage: 4 } : checked),
    outcome: 'failed',
    reason,
    guidance: reason === null ? null : guidanceFor(reason),
    differences: differencesIn(detail),
    detail: rest,
  };
}

/** As refusals record them: a list of all, or the one field that it is about. */
function differencesIn(detail: Readonly<Record<string, unknown>>): readonly FieldDifference[] {
  const { differences, field, expected, received } = detail;
  if (Array.isArray(differences))
    return differences.map((each: FieldDifference) => ({
      field: each.field,
      expected: each.expected,
      received: each.received,
    }));
  if (expected === undefined && received === undefined) return [];
  return [
    { field: typeof field === 'string' ? field : 'request', expected: expected ?? null, received: received ?? null },
  ];
}

function stepsOfEvent(event: Event): readonly TimelineStep[] {
  const { data, cause } = event;
  const made = (name: StepName, stage: Stage, more: Partial<TimelineStep> = {}): TimelineStep => ({
    name,
    stage,
    at: event.at,
    duration: null,
    outcome: 'ok',
    node: event.node,
    clientAddress: null,
    actor: cause.actor,
    requestId: cause.requestId,
    algorithms: {},
    reason: null,
    guidance: null,
    differences: [],
    detail: data,
    ...more,
  });
  switch (event.type) {
    case 'deployment.created':
    case 'deployment.changed':
      return [made('planned', 1, problemOf(data))];
    case 'challenge.issued':
      // A device that checks in gets its directions and the challenge together; an administrator's is for whoever gets it.
      return cause.actor.kind === 'device'
        ? [made('policyDelivered', 1, { detail: {} }), made('challengeIssued', 1)]
        : [made('challengeIssued', 1)];
    case 'challenge.cancelled':
      return [made('challengeCancelled', 1)];
    case 'approval.requested':
      return [made('approval', 3, { outcome: 'waiting' })];
    case 'approval.decided':
      return [made('approval', 3, data.decision === 'rejected' ? failure('approval-rejected') : {})];
    case 'certificate.issued':
    case 'certificate.renewed':
      return [made(Number(data.generation ?? 1) > 1 ? 'renewed' : 'issued', 4)];
    case 'enrollment.refused':
      return [made('validated', 3, { ...failure(String(data.reason)), differences: differencesIn(data) })];
    case 'deployment.reported':
      return data.outcome === 'installed' ? [made('installed', 5), made('reported', 6)] : [made('reported', 6)];
    case 'deployment.failed':
      return [deviceFailure(made, data)];
    case 'certificate.superseded':
      return [made('superseded', 6)];
    case 'certificate.revoked':
      return [made('revoked', 6)];
    case 'deployment.removed':
      return [made('removed', 1)];
    default:
      return [];
  }
}

const stepOfDevice = {
  request: ['pkiOperation', 2],
  submit: ['pkiOperation', 2],
  scep: ['reported', 6],
  install: ['installed', 5],
  remove: ['removed', 6],
} as const satisfies Record<string, readonly [StepName, Stage]>;

function deviceFailure(
  made: (name: StepName, stage: Stage, more: Partial<TimelineStep>) => TimelineStep,
  data: Event['data'],
): TimelineStep {
  const { step } = data;
  if (typeof step !== 'string' || !Object.hasOwn(stepOfDevice, step)) return made('planned', 1, problemOf(data));
  const [name, stage] = stepOfDevice[step as keyof typeof stepOfDevice];
  const reason = Object.hasOwn(deviceReasons, step) ? deviceReasons[step as keyof typeof deviceReasons] : null;
  return made(name, stage, reason === null ? { outcome: 'failed', reason: String(data.code) } : failure(reason));
}

function problemOf({ problem }: Event['data']): Partial<TimelineStep> {
  const isProblem = typeof problem === 'object' && problem !== null && 'code' in problem;
  return isProblem ? failure(String(problem.code)) : {};
}

function failure(reason: string): Partial<TimelineStep> {
  return { outcome: 'failed', reason, guidance: guidanceFor(reason) };
}
