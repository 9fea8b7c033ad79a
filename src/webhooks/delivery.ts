import type { Branded } from '../lib/ids.ts';
import type { WebhookId } from './webhook.ts';

export type DeliveryId = Branded<'DeliveryId'>;

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One event for one subscription, from when it is handed out until it is forgotten. */
export type Delivery = {
  readonly id: DeliveryId;
  readonly webhookId: WebhookId;
  /** The event's: what a receiver knows a repeat by. */
  readonly messageId: string;
  readonly type: string;
  /** JSON as it is sent: the same every time. */
  readonly body: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: number;
  /** HTTP status of the last answer; null: none came. */
  readonly lastStatus: number | null;
  /** Code of what went wrong last. */
  readonly lastProblem: string | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
};

/** What an attempt makes of a delivery. */
export type DeliveryProgress = Pick<
  Delivery,
  'id' | 'state' | 'attempts' | 'nextAttemptAt' | 'lastStatus' | 'lastProblem' | 'finishedAt'
>;
