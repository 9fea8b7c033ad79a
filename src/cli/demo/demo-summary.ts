import type { Deployment } from '../../deployments/deployment.ts';
import type { ExpectedFailure } from './expectations.ts';

/** surfaces.md, `demo`. */
export type DemoSummary = {
  readonly devices: number;
  /** Certificates that devices hold: one per device and profile. */
  readonly enrolled: number;
  readonly failed: readonly FailedDeployment[];
  /** Failures that had to be there and are not. */
  readonly missing: readonly ExpectedFailure[];
  /** From the first device to the last. */
  readonly seconds: number;
  /** The data directory. */
  readonly data: string;
};

export type FailedDeployment = {
  readonly device: string;
  /** Slug; null: the device did not get as far as any. */
  readonly profile: string | null;
  readonly code: string;
  readonly detail: string;
  readonly expected: boolean;
};

/** A deployment with the names of what it is about. */
export type NamedDeployment = {
  readonly device: string;
  readonly profile: string;
  readonly deployment: Pick<Deployment, 'kind' | 'wanted' | 'state' | 'problem'>;
};

type DeviceFailure = { readonly device: string; readonly code: string; readonly detail: string };

/** Judges what the store says, not what a device remembers: both a first run and one that went on give the same. */
export function summarise(
  deployments: readonly NamedDeployment[],
  lost: readonly DeviceFailure[],
  expected: readonly ExpectedFailure[],
): Pick<DemoSummary, 'enrolled' | 'failed' | 'missing'> {
  const wanted = deployments.filter(({ deployment }) => deployment.wanted);
  const scep = wanted.filter(({ deployment }) => deployment.kind === 'scep');
  const without = wanted.filter(({ deployment }) => deployment.state !== 'installed');
  const failed: FailedDeployment[] = [
    ...lost.map((failure) => ({ ...failure, profile: null, expected: false })),
    ...without.map(({ device, profile, deployment: { problem, state } }) => {
      const code = problem?.code ?? 'not-installed';
      const detail = problem?.detail ?? `The device did not finish: the deployment is ${state}.`;
      return { device, profile, code, detail, expected: expected.some(same({ device, profile, code })) };
    }),
  ];
  return {
    enrolled: scep.filter(({ deployment }) => deployment.state === 'installed').length,
    failed: failed.toSorted((a, b) => order(a).localeCompare(order(b))),
    missing: expected.filter((failure) => !failed.some(({ profile, ...each }) => same(failure)({ ...each, profile }))),
  };
}

/** Exit code 0: every failure was expected, and every expected one is there. */
export function asExpected({ failed, missing }: Pick<DemoSummary, 'failed' | 'missing'>): boolean {
  return failed.every(({ expected }) => expected) && missing.length === 0;
}

type Failure = { readonly device: string; readonly profile: string | null; readonly code: string };

function same(a: Failure): (b: Failure) => boolean {
  return (b) => a.device === b.device && a.profile === b.profile && a.code === b.code;
}

function order({ device, profile }: Failure): string {
  return `${device}\n${profile ?? ''}`;
}
