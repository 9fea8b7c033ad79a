/**
 * A sign-in by a provider that is under way. The browser keeps it, sealed, in a cookie: what comes back from the provider
 * counts only in the browser that went there, for ten minutes, once.
 */
import { openSealedKey, sealKey } from '../crypto/sealed-key.ts';
import { fromBase64, toBase64Url, utf8 } from '../lib/bytes.ts';
import { minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { FlowSecrets } from './identity-protocol.ts';
import type { IdentityProviderId } from './identity-provider.ts';

export type ProviderFlow = FlowSecrets & {
  readonly providerId: IdentityProviderId;
  /** Of the provider's settings: what was begun with others is begun anew. */
  readonly version: number;
  readonly redirectUri: string;
  readonly expiresAt: number;
};

export const flowLifetime = 10 * minute;

const owner = { keyId: 'sign-in', purpose: 'identity provider flow' };

export function sealFlow(installation: Uint8Array, flow: ProviderFlow): string {
  return toBase64Url(sealKey(installation, owner, utf8(JSON.stringify(flow))));
}

/** Failure `provider-sign-in-lost`: none, not ours, or too old. */
export function openFlow(installation: Uint8Array, sealed: string | null, now: number): ProviderFlow {
  const bytes = sealed === null ? undefined : fromBase64(sealed);
  if (bytes === undefined) throw lostFlow();
  try {
    const flow = JSON.parse(new TextDecoder().decode(openSealedKey(installation, owner, bytes))) as ProviderFlow;
    if (flow.expiresAt > now) return flow;
  } catch {
    // Somebody made it up, or the installation has another secret by now.
  }
  throw lostFlow();
}

export function lostFlow(): Failure {
  const message =
    'This sign-in was not begun in this browser, took too long, or was used before. Begin again on the sign-in page, and allow cookies.';
  return new Failure('unauthenticated', 'provider-sign-in-lost', message);
}
