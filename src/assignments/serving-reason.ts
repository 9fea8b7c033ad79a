import type { Platform } from '../directory/platform.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

/** What else can keep a profile that applies from being served. */
export type ServingReason =
  /** The trusted certificate profile that it refers to does not reach this device. */
  | { readonly code: 'root-not-assigned'; readonly root: ProfileId; readonly rootName: string | null }
  | { readonly code: 'variable-missing'; readonly variable: string; readonly reason: string }
  /** The name or the settings cannot be filled in for another reason; `problem` is its code. */
  | { readonly code: 'cannot-be-filled-in'; readonly problem: string; readonly detail: string };

/** The user would get it, and has no device. */
export type NoDeviceReason = { readonly code: 'no-device'; readonly platform: Platform };
