import { isFailure } from '../lib/failure.ts';
import { clientOf } from './begin-provider-sign-in.ts';
import type { IdentityProtocol } from './identity-protocol.ts';
import type { IdentityProvider } from './identity-provider.ts';

export type ProviderTrial = {
  readonly answers: boolean;
  /** Why it does not, in words. */
  readonly problem: string | null;
  /** It has a place to sign out as well. */
  readonly signsOut: boolean;
};

/** Whether a provider is there and says of itself what is needed, now. */
export async function tryIdentityProvider(
  { secret, protocol }: { readonly secret: Uint8Array; readonly protocol: Pick<IdentityProtocol, 'discover'> },
  provider: IdentityProvider,
): Promise<ProviderTrial> {
  try {
    const { signsOut } = await protocol.discover(clientOf(secret, provider));
    return { answers: true, problem: null, signsOut };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { answers: false, problem: error.message, signsOut: false };
  }
}
