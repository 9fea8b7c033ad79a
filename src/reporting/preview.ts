import type { DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { UserId } from '../directory/user.ts';
import type { UserStore } from '../directory/user-store.ts';
import { Failure } from '../lib/failure.ts';
import { type ProfilePreview, previewProfile, type ValidityOf } from '../profiles/preview-profile.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';

export type PreviewDeps = {
  readonly devices: Pick<DeviceStore, 'get'>;
  readonly users: Pick<UserStore, 'get'>;
  /** The authority's `expectedValidity`. */
  readonly validityFor: (issuer: {
    readonly authority: string | null;
    readonly template: string;
  }) => Promise<ValidityOf>;
  /** This server's SCEP address for a profile. */
  readonly scepAddressOf: (slug: string) => string;
};

/**
 * What settings would yield on a real device, for its primary user unless another is named. Failures: `device-not-found`,
 * `user-not-found`, and those of the authority.
 */
export async function preview(
  deps: PreviewDeps,
  input: {
    readonly settings: ScepSettings;
    /** Null: the profile is not saved yet, and names none. */
    readonly slug: string | null;
    readonly deviceId: DeviceId;
    readonly userId: UserId | null;
  },
): Promise<ProfilePreview> {
  const device = await deps.devices.get(input.deviceId);
  if (device === null) throw new Failure('not-found', 'device-not-found', 'There is no such device.');
  const userId = input.userId ?? device.primaryUserId;
  const user = userId === null ? null : await deps.users.get(userId);
  if (input.userId !== null && user === null)
    throw new Failure('not-found', 'user-not-found', 'There is no such user.');
  const { authority, certificateTemplate: template } = input.settings.server;
  const { settings, slug } = input;
  const ownUrl = deps.scepAddressOf(slug ?? '<slug>');
  const validityOf = await deps.validityFor({ authority, template });
  return previewProfile({ settings, slug, ownUrl }, { user, device }, validityOf);
}
