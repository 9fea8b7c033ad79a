import type { ReconcileLoop } from '../../lifecycle/reconcile-loop.ts';
import type { AuthorityFeature } from '../authority.ts';
import type { DeliveryFeature } from '../delivery.ts';
import type { Foundation } from '../foundation.ts';
import type { LifecycleFeature } from '../lifecycle.ts';

/** A running server, as far as the sample organisation is loaded into it and its devices call it. */
export type SampleServer = {
  readonly foundation: Foundation;
  readonly authority: AuthorityFeature;
  readonly lifecycle: LifecycleFeature;
  readonly reconciling: ReconcileLoop;
  readonly delivery: DeliveryFeature;
  readonly url: string;
  readonly tlsUrl: string | null;
};
