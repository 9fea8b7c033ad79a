import type { Webhook, WebhookCondition, WebhookId } from './webhook.ts';

export type WebhookStore = {
  get(id: WebhookId): Promise<Webhook | null>;
  /** Without regard to case. */
  findByName(name: string): Promise<Webhook | null>;
  /** By name; there are some dozens. */
  all(): Promise<readonly Webhook[]>;
  /** Inserts version 1 or replaces version `webhook.version - 1`; false when another version is stored. */
  save(webhook: Webhook): Promise<boolean>;
  /** With its deliveries. */
  remove(id: WebhookId): Promise<void>;
  condition(id: WebhookId): Promise<WebhookCondition>;
  setCondition(id: WebhookId, condition: WebhookCondition): Promise<void>;
};
