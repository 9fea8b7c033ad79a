import type { FailInfo } from '../formats/scep/fail-info.ts';

/** `unreachable`: no answer at all, or a gateway's word that nobody is there; `invalid`: an answer that does not do. */
export type CallFault = {
  readonly kind: 'unreachable' | 'invalid';
  readonly code: string;
  readonly detail: string;
};

/** How one SCEP message ended. */
export type ScepOutcome =
  /** `chain`: from the certificate's issuer up to the root that was pinned, DER. */
  | { readonly kind: 'issued'; readonly certificate: Uint8Array; readonly chain: readonly Uint8Array[] }
  /** Ask again with `poll` and the same key. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'refused'; readonly failInfo: FailInfo; readonly text: string | null }
  | CallFault;
