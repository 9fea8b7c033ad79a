import { sha256Hex } from '../crypto/digest.ts';
import { type AuthenticatorData, parseAuthenticatorData } from '../formats/webauthn/authenticator-data.ts';
import { type ClientData, parseClientData } from '../formats/webauthn/client-data.ts';
import { fromBase64, toHex, utf8 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import type { RelyingParty } from './passkey.ts';

export type Ceremony = {
  readonly clientData: ClientData;
  readonly authenticatorData: AuthenticatorData;
  /** As they came, for the signature. */
  readonly bytes: { readonly clientData: Uint8Array; readonly authenticatorData: Uint8Array };
};

/**
 * What registration and assertion have in common: WebAuthn Level 3 §7.1 steps 7-16, §7.2 steps 11-18, but for the challenge.
 * Failures: `passkey-malformed`, `passkey-origin`, `passkey-relying-party`, `passkey-not-verified`.
 */
export function checkCeremony(
  type: ClientData['type'],
  sent: { readonly clientDataJSON: string; readonly authenticatorData: string },
  relyingParty: RelyingParty,
): Ceremony {
  const bytes = {
    clientData: bytesOf(sent.clientDataJSON),
    authenticatorData: bytesOf(sent.authenticatorData),
  };
  const clientData = parseClientData(bytes.clientData);
  const authenticatorData = parseAuthenticatorData(bytes.authenticatorData);
  if (clientData.type !== type)
    throw new Failure('unauthenticated', 'passkey-malformed', 'This is an answer to another question.');
  if (clientData.crossOrigin || !relyingParty.origins.includes(clientData.origin))
    throw new Failure(
      'unauthenticated',
      'passkey-origin',
      `Passkeys are used at ${relyingParty.origins.join(' or ')} and at no other address (SCEPWARD_ADMIN_URL).`,
      { origins: relyingParty.origins },
    );
  if (toHex(authenticatorData.rpIdHash) !== sha256Hex(utf8(relyingParty.id)))
    throw new Failure('unauthenticated', 'passkey-relying-party', `This passkey is not one for ${relyingParty.id}.`);
  if (!authenticatorData.userPresent || !authenticatorData.userVerified) {
    const message = 'The authenticator did not ask who you are: a PIN, a fingerprint or a face is needed.';
    throw new Failure('unauthenticated', 'passkey-not-verified', message);
  }
  return { clientData, authenticatorData, bytes };
}

/** Failure `passkey-malformed`. */
export function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new Failure('malformed', 'passkey-malformed', 'This is not base64url.');
  return bytes;
}
