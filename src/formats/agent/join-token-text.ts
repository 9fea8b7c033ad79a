import { Failure } from '../../lib/failure.ts';

/**
 * A join token as people carry it: `<secret>.<fingerprint>`. The fingerprint is the SHA-256 (hex) of a certificate that
 * the server's HTTPS chains to; the agent pins it before it shows the secret to anyone.
 */
export type JoinTokenText = { readonly secret: string; readonly fingerprint: string };

export function formatJoinToken(token: JoinTokenText): string {
  return `${token.secret}.${token.fingerprint}`;
}

/** Failure `invalid` `join-token-text`; the text itself never appears in it. */
export function parseJoinToken(text: string): JoinTokenText {
  const match = /^([A-Z2-7]{26,64})\.([0-9a-f]{64})$/.exec(text.trim());
  const [, secret, fingerprint] = match ?? [];
  if (secret === undefined || fingerprint === undefined)
    throw new Failure(
      'invalid',
      'join-token-text',
      'This is not a join token: it has the form SECRET.FINGERPRINT. Copy it whole, or make a new one.',
    );
  return { secret, fingerprint };
}
