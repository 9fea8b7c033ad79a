import { fromUtf8 } from '../../lib/bytes.ts';
import { Failure } from '../../lib/failure.ts';

/** What the browser says an authenticator was asked for: WebAuthn Level 3 §5.8.1. */
export type ClientData = {
  readonly type: 'webauthn.create' | 'webauthn.get';
  /** Base64url. */
  readonly challenge: string;
  readonly origin: string;
  /** Whether the page stood in a frame of another site's. */
  readonly crossOrigin: boolean;
};

/** Failure `passkey-malformed`. Further members are allowed (§5.8.1). */
export function parseClientData(bytes: Uint8Array): ClientData {
  const text = fromUtf8(bytes);
  const value = text === undefined ? undefined : parsed(text);
  if (typeof value !== 'object' || value === null) throw malformed();
  const { type, challenge, origin, crossOrigin } = value as Record<string, unknown>;
  if (type !== 'webauthn.create' && type !== 'webauthn.get') throw malformed();
  if (typeof challenge !== 'string' || typeof origin !== 'string') throw malformed();
  return { type, challenge, origin, crossOrigin: crossOrigin === true };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function malformed(): Failure {
  return new Failure(
    'malformed',
    'passkey-malformed',
    'The browser’s client data has another form than WebAuthn wants.',
  );
}
