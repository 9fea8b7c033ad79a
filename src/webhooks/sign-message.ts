import { hmacSha256 } from '../crypto/hmac.ts';
import { toBase64, utf8 } from '../lib/bytes.ts';

export type Message = { readonly id: string; readonly body: string };

/**
 * The headers of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, a `v1,` signature for each key. The timestamp is
 * that of the attempt, in seconds.
 */
export function signMessage({ id, body }: Message, keys: readonly Uint8Array[], now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signed = utf8(`${id}.${timestamp}.${body}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': keys.map((key) => `v1,${toBase64(hmacSha256(key, signed))}`).join(' '),
  };
}
