import type { Page, PageRequest } from '../lib/page.ts';
import type { Delivery, DeliveryId, DeliveryProgress, DeliveryState } from './delivery.ts';
import type { WebhookId } from './webhook.ts';

export type DeliveryStore = {
  /** Leaves out what the subscription has a delivery of already. */
  insert(deliveries: readonly Delivery[]): Promise<void>;
  /** Those that wait and whose time has come, the longest due first. */
  due(webhookId: WebhookId, now: number, limit: number): Promise<readonly Delivery[]>;
  /** Only of those that still wait. */
  progress(changes: readonly DeliveryProgress[]): Promise<void>;
  /** Newest first. */
  list(
    query: { readonly webhookId: WebhookId; readonly state: DeliveryState | null },
    page: PageRequest,
  ): Promise<Page<Delivery>>;
  count(webhookId: WebhookId): Promise<Readonly<Record<DeliveryState, number>>>;
  /** Those named, or all dead ones, wait again from `now` on, as if never tried. Answers how many. */
  replay(webhookId: WebhookId, which: readonly DeliveryId[] | 'dead', now: number): Promise<number>;
  /** What still waits is dead when it was made before `deadBefore`; what ended is forgotten. Answers how many rows. */
  clear(
    times: {
      readonly deadBefore: number;
      readonly forgetDeliveredBefore: number;
      readonly forgetDeadBefore: number;
      readonly now: number;
    },
    limit: number,
  ): Promise<number>;
};
