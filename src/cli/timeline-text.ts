/** A deployment's timeline as lines for people; fit to be pasted into a ticket. */
import { deviceText, profileText } from './deployment-view.ts';
import { when } from './show.ts';
import { table } from './table.ts';

export type TimelineView = {
  readonly deployment: {
    readonly id: string;
    readonly deviceName: string | null;
    readonly deviceId: string;
    readonly profileSlug: string | null;
    readonly profileId: string;
    readonly called: { readonly device: string | null; readonly profile: string | null };
    readonly state: string;
  };
  readonly steps: readonly StepView[];
  readonly findings: readonly {
    readonly at: number;
    readonly detail: string;
    readonly causes: readonly { readonly cause: string; readonly whatToDo: string; readonly evidence: string | null }[];
  }[];
  readonly cut: boolean;
};

type StepView = {
  readonly name: string;
  readonly stage: number;
  readonly at: number;
  readonly duration: number | null;
  readonly outcome: 'ok' | 'waiting' | 'failed';
  readonly node: string;
  readonly clientAddress: string | null;
  readonly actor: { readonly name: string } | null;
  readonly requestId: string | null;
  readonly algorithms: Readonly<Record<string, string | number>>;
  readonly reason: string | null;
  readonly guidance: { readonly validationCode: string; readonly meaning: string; readonly whatToDo: string } | null;
  readonly differences: readonly { readonly field: string; readonly expected: unknown; readonly received: unknown }[];
  readonly detail: Readonly<Record<string, unknown>>;
};

const words: Readonly<Record<string, string>> = {
  planned: 'planned',
  policyDelivered: 'policy delivered',
  challengeIssued: 'challenge issued',
  challengeCancelled: 'challenge withdrawn',
  getCACaps: 'GetCACaps',
  getCACert: 'GetCACert',
  pkiOperation: 'PKIOperation',
};

export function timelineText({ deployment, steps, findings, cut }: TimelineView): string {
  const title = `${profileText(deployment)} on ${deviceText(deployment)}: ${deployment.state}`;
  const rows = table(steps, {
    at: ({ at }) => when(at),
    stage: ({ stage }) => stage,
    step: ({ name, outcome }) => `${words[name] ?? name}${outcome === 'ok' ? '' : ` (${outcome})`}`,
    took: ({ duration }) => (duration === null ? null : `${duration} ms`),
    node: ({ node }) => node,
    by: ({ clientAddress, actor }) => clientAddress ?? actor?.name ?? null,
    with: ({ algorithms }) => Object.values(algorithms).join(' ') || null,
    reason: ({ reason }) => reason,
  });
  const failures = steps.filter(({ outcome }) => outcome === 'failed');
  const last = failures.at(-1);
  return [
    title,
    cut ? '(older steps are left out)' : '',
    rows,
    ...(last === undefined ? [] : failureText(last)),
    ...findings.flatMap((finding) => [
      '',
      `${when(finding.at)}  ${finding.detail}`,
      ...finding.causes.flatMap(({ cause, whatToDo, evidence }) => [
        `  - ${cause}${evidence === null ? '' : ` (${evidence})`}`,
        `    ${whatToDo}`,
      ]),
    ]),
  ]
    .filter((line, at) => line !== '' || at > 2)
    .join('\n');
}

/** The last failure opens itself. */
function failureText({ at, reason, guidance, differences, detail, requestId }: StepView): string[] {
  const said = saidBy(detail);
  return [
    '',
    `${when(at)}  failed: ${reason ?? 'for a reason that is not recorded'}${guidance === null ? '' : ` (${guidance.validationCode})`}`,
    ...(guidance === null ? [] : [`  ${guidance.meaning}`]),
    ...(said === null ? [] : [`  ${said}`]),
    ...differences.flatMap(({ field, expected, received }) => [
      `  ${field}`,
      `    expected  ${textOf(expected)}`,
      `    received  ${textOf(received)}`,
    ]),
    ...(guidance === null ? [] : [`  What to do: ${guidance.whatToDo}`]),
    ...(requestId === null ? [] : [`  request ${requestId}`]),
  ];
}

/** What was recorded about this very case, such as the value that is too long. */
function saidBy({ problem, detail }: StepView['detail']): string | null {
  const said = typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : detail;
  return typeof said === 'string' && said !== '' ? said : null;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '(nothing)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
