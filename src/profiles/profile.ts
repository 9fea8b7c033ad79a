/**
 * What an administrator defines: which certificate a class of devices should hold (SCEP certificate profile) and which
 * CA they shall trust (trusted certificate profile). Values of these types have been parsed; nothing re-validates them.
 */
import type { ProfileId, ProfileSlug } from './profile-id.ts';
import type { ScepSettings } from './scep-settings.ts';
import type { TrustedCertificateSettings } from './trusted-certificate-settings.ts';

export type ProfileHeader = {
  readonly id: ProfileId;
  readonly slug: ProfileSlug;
  /** Not unique. */
  readonly name: string;
  readonly description: string;
  readonly scopeTags: readonly string[];
  /** Grows by one with every save; what `If-Match` compares. */
  readonly version: number;
  /** Grows only when the change concerns what certificates look like (settings): deployments then want a new one. */
  readonly contentVersion: number;
  /** Grows when devices must be told something, be it only a new payload: their deployments follow it. */
  readonly deliveryVersion: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type ScepProfile = ProfileHeader & { readonly kind: 'scep'; readonly settings: ScepSettings };

export type TrustedCertificateProfile = ProfileHeader & {
  readonly kind: 'trustedCertificate';
  readonly settings: TrustedCertificateSettings;
};

export type Profile = ScepProfile | TrustedCertificateProfile;
