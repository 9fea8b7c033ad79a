/** Shared with the receiver, shown once, sealed in the store. In the form of Standard Webhooks: `whsec_` and base64. */
import { openSealedKey, sealKey } from '../crypto/sealed-key.ts';
import { fromBase64, toBase64 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import type { SealedSecret } from './webhook.ts';

const prefix = 'whsec_';
const purpose = 'webhook';

export function newWebhookSecret(): string {
  return `${prefix}${toBase64(randomBytes(32))}`;
}

/** Bytes. Failure `webhook-secret`. */
export function parseWebhookSecret(text: string): Uint8Array {
  const bytes = text.startsWith(prefix) ? fromBase64(text.slice(prefix.length)) : undefined;
  if (bytes === undefined || bytes.length < 24 || bytes.length > 64)
    throw new Failure(
      'invalid',
      'webhook-secret',
      'A webhook’s secret is whsec_ followed by 24 to 64 random bytes in base64. Leave it out to have one made.',
    );
  return bytes;
}

/** `secret` is the installation's. */
export function sealWebhookSecret(secret: Uint8Array, clock: Pick<Clock, 'now'>, text: string): SealedSecret {
  const id = newId(clock);
  return { id, sealed: toBase64(sealKey(secret, { keyId: id, purpose }, parseWebhookSecret(text))), until: null };
}

/** The keys that sign at this time, the newest first. */
export function openWebhookSecrets(
  secret: Uint8Array,
  secrets: readonly SealedSecret[],
  now: number,
): readonly Uint8Array[] {
  return secrets
    .filter(({ until }) => until === null || until > now)
    .map(({ id, sealed }) => openSealedKey(secret, { keyId: id, purpose }, fromBase64(sealed) ?? new Uint8Array()));
}
