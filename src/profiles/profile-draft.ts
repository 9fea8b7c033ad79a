import type { ScepSettings } from './scep-settings.ts';
import type { TrustedCertificateSettings } from './trusted-certificate-settings.ts';

/** Who a profile as a file says it is for; names, because files know no ids. */
export type DraftTarget =
  | { readonly kind: 'allUsers' }
  | { readonly kind: 'allDevices' }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'user'; readonly userPrincipalName: string }
  | { readonly kind: 'device'; readonly deviceName: string };

export type DraftAssignment = {
  readonly mode: 'include' | 'exclude';
  readonly target: DraftTarget;
  /** On inclusions only; absent: nobody is filtered. */
  readonly filter?: { readonly mode: 'include' | 'exclude'; readonly name: string };
};

type DraftHeader = {
  readonly name: string;
  /** Null: made from the name when the profile is first saved. */
  readonly slug: string | null;
  readonly description: string;
  readonly scopeTags: readonly string[];
  /** Null: the document says nothing about assignments; empty: nobody. */
  readonly assignments: readonly DraftAssignment[] | null;
};

/** A profile as an author gives it, parsed; not yet saved. */
export type ScepProfileDraft = DraftHeader & { readonly kind: 'scep'; readonly settings: ScepSettings };
export type TrustedCertificateProfileDraft = DraftHeader & {
  readonly kind: 'trustedCertificate';
  readonly settings: TrustedCertificateSettings;
};
export type ProfileDraft = ScepProfileDraft | TrustedCertificateProfileDraft;
