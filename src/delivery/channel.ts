/**
 * The way to a kind of device. Each channel renders the same deliveries in its own language (`agent/`; later `apple/`,
 * `windows/`, `android/`) and knows how to ask its devices to call.
 */
import type { Deployment, DeploymentProblem } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { Platform } from '../directory/platform.ts';
import type { Expectation } from '../profiles/expectation.ts';
import type { ScepProfile, TrustedCertificateProfile } from '../profiles/profile.ts';

export type Channel = {
  readonly name: string;
  /**
   * Asks these devices to check in soon; those of other channels are passed over. Best effort: a device that did not hear
   * it calls by its cadence.
   */
  wake(deviceIds: readonly DeviceId[]): void;
};

/** A certificate that a device shall fetch: all that any channel puts into its payload. */
export type ScepDelivery = {
  readonly platform: Platform;
  readonly deployment: Deployment;
  readonly expectation: Expectation;
  readonly profile: ScepProfile;
  readonly root: TrustedCertificateProfile;
  /** A secret. */
  readonly challenge: string;
  readonly challengeExpiresAt: number;
  /** By the rule of the platform; see `scep-addresses.ts`. */
  readonly urls: readonly string[];
};

/** Where, how and when the certificate that a device holds, or is fetching, is asked for. */
export type Directions = Pick<ScepDelivery, 'platform' | 'deployment' | 'profile' | 'root' | 'urls'>;

export type TrustedDelivery = { readonly deployment: Deployment; readonly profile: TrustedCertificateProfile };

/** A certificate that the device should have, and why it cannot be delivered. */
export type Undeliverable = {
  readonly deployment: Deployment;
  readonly profile: ScepProfile;
  readonly problem: DeploymentProblem;
};

/** What is due for one device now. */
export type Deliveries = {
  readonly scep: readonly ScepDelivery[];
  /** The profile changed in a way that leaves certificates as they are, and the device does not know it yet. */
  readonly redeliver: readonly Directions[];
  readonly trusted: readonly TrustedDelivery[];
  readonly undeliverable: readonly Undeliverable[];
};
