import { Failure } from '../../lib/failure.ts';

/** What an authenticator says: WebAuthn Level 3 §6.1. */
export type AuthenticatorData = {
  /** SHA-256 of the relying party's id. */
  readonly rpIdHash: Uint8Array;
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  /** Whether the key is kept elsewhere as well, as by a password manager. */
  readonly backedUp: boolean;
  readonly signCount: number;
  /** Of a new credential; null: it asserts one. */
  readonly credentialId: Uint8Array | null;
};

const userPresent = 0x01;
const userVerified = 0x04;
const backedUp = 0x10;
const hasCredential = 0x40;

/** WebAuthn §5.8.3: credential ids have at most 1023 bytes. */
export const longestCredentialId = 1023;

/** Failure `passkey-malformed`. Extensions, and the key in its COSE form, are left alone: the browser hands it out as SPKI too. */
export function parseAuthenticatorData(bytes: Uint8Array): AuthenticatorData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 37) throw malformed();
  const flags = view.getUint8(32);
  return {
    rpIdHash: bytes.slice(0, 32),
    userPresent: (flags & userPresent) !== 0,
    userVerified: (flags & userVerified) !== 0,
    backedUp: (flags & backedUp) !== 0,
    signCount: view.getUint32(33),
    credentialId: (flags & hasCredential) === 0 ? null : credentialIdOf(bytes, view),
  };
}

/** §6.5.2: AAGUID, length, id. */
function credentialIdOf(bytes: Uint8Array, view: DataView): Uint8Array {
  if (bytes.length < 55) throw malformed();
  const length = view.getUint16(53);
  if (length === 0 || length > longestCredentialId || bytes.length < 55 + length) throw malformed();
  return bytes.slice(55, 55 + length);
}

function malformed(): Failure {
  return new Failure('malformed', 'passkey-malformed', 'The authenticator’s data is cut short or has another form.');
}
