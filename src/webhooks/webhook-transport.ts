/** Calls the receiver. It follows no redirect, reads no more of an answer than its head, and goes nowhere that is not allowed. */
export type WebhookTransport = {
  post(call: WebhookCall): Promise<WebhookAnswer>;
  /** Why nothing would be sent there, by what its name stands for now; null: it would, or the name stands for nothing yet. */
  refusal(url: string): Promise<WebhookTrouble | null>;
};

export type WebhookCall = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
};

export type WebhookAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** ms from now, by Retry-After. */
      readonly retryAfter: number | null;
    }
  | { readonly kind: 'trouble'; readonly code: WebhookTrouble };

export const webhookTroubles = [
  'address-refused', // link-local, multicast, reserved; or private without being allowed
  'https-required', // plain HTTP beyond private networks
  'name-unknown',
  'unreachable',
  'tls-failed',
  'too-slow',
  'not-http',
] as const;
export type WebhookTrouble = (typeof webhookTroubles)[number];
