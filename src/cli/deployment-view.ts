import { shortened, when } from './show.ts';

/** What the command line reads of a deployment. */
export type DeploymentView = {
  readonly id: string;
  readonly profileId: string;
  readonly profileSlug: string | null;
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly called: { readonly device: string | null; readonly profile: string | null };
  readonly wanted: boolean;
  readonly removal: 'held' | 'left' | null;
  readonly status: string;
  readonly state: string;
  readonly stateSince: number;
  readonly problem: { readonly code: string; readonly detail: string } | null;
  readonly expectation: { readonly subjectText: string } | null;
  readonly certificateNotAfter: number | null;
  readonly renewal: { readonly from: number; readonly at: number } | null;
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly drift: {
    readonly since: number;
    readonly action: string;
    readonly differences: readonly {
      readonly field: string;
      readonly certificate: string;
      readonly directory: string | null;
    }[];
  } | null;
  readonly updatedAt: number;
};

/** Of what is deleted the last name. */
export function deviceText({ deviceName, deviceId, called }: Named): string {
  return deviceName ?? (called.device === null ? deviceId : `${called.device} (deleted)`);
}

export function profileText({ profileSlug, profileId, called }: Named): string {
  return profileSlug ?? (called.profile === null ? profileId : `${called.profile} (deleted)`);
}

type Named = Pick<DeploymentView, 'deviceName' | 'deviceId' | 'profileSlug' | 'profileId' | 'called'>;

/** What stands against it, else what happens next. */
export function nextStep({
  wanted,
  removal,
  problem,
  nextAttemptAt,
  attempts,
  drift,
  renewal,
}: DeploymentView): string {
  if (problem !== null) return shortened(problem.detail, 100);
  if (!wanted) return removal === 'left' ? 'stays on the device' : 'is taken from the device';
  if (nextAttemptAt !== null)
    return attempts < 3
      ? 'is fetched at the next check-in'
      : `is fetched again from ${when(nextAttemptAt)}, after ${attempts} attempts`;
  const renews = renewal === null ? '-' : `renews from ${when(renewal.from)}, at ${when(renewal.at)}`;
  return drift === null ? renews : `${driftText(drift)}; ${renews}`;
}

const follows: Readonly<Record<string, string>> = {
  due: 'the next certificate says it',
  reissueNow: 'is replaced',
  atRenewal: 'follows at its renewal',
  never: 'stays, as the profile says',
};

export function driftText({ action, differences }: NonNullable<DeploymentView['drift']>): string {
  const told = differences.map(({ field, certificate, directory }) =>
    directory === null
      ? `the directory has no value for ${field} “${certificate}”`
      : `${field} is “${certificate}”, by the directory “${directory}”`,
  );
  return `drift: ${told.join(', ')}: ${follows[action] ?? action}`;
}

/** The state, with what `wanted` and `removal` add to it. */
export function stateText({ state, wanted, removal }: Pick<DeploymentView, 'state' | 'wanted' | 'removal'>): string {
  if (removal === 'held') return `${state} (its removal is held: removal list --all)`;
  if (wanted) return state;
  return removal === 'left' ? `${state} (not wanted, left on the device)` : `${state} (not wanted)`;
}
