import type { Platform } from '../directory/platform.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

/** What else can keep a profile that applies from being served. */
export type ServingReason =
  /** The trusted certificate profile that it refers to does not reach this device. */
  | {
      readonly code: 'root-not-assigned';
      readonly root: ProfileId;
      readonly rootName: string | null;
      /** It reaches the device once its first complete inventory has come. */
      readonly rootWaits: boolean;
    }
  | { readonly code: 'variable-missing'; readonly variable: string; readonly reason: string }
  /** The name or the settings cannot be filled in for another reason; `problem` is its code. */
  | { readonly code: 'cannot-be-filled-in'; readonly problem: string; readonly detail: string };

/** The user would get it, and has no device. `unless`: what the device could still fail. */
export type NoDeviceReason = {
  readonly code: 'no-device';
  readonly platform: Platform;
  readonly unless: readonly ('filter' | 'rules')[];
};
