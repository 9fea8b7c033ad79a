import type { DeploymentId } from '../deployments/deployment.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { Removal, RemovalCase, RemovalCaseId } from './removal.ts';

export type RemovalCaseStore = {
  /** `to-change`: inside a transaction, and nobody else writes it until that ends. */
  get(id: RemovalCaseId, purpose?: 'to-change'): Promise<RemovalCase | null>;
  /** Those that wait, oldest first. */
  waiting(): Promise<readonly RemovalCase[]>;
  /** Newest first. */
  list(query: { readonly state: RemovalCase['state'] | null }, page: PageRequest): Promise<Page<RemovalCase>>;
  /** Insert, or replace by id. */
  save(one: RemovalCase): Promise<void>;
  /**
   * More come to it at `at`. False when it waits no more; else it goes on waiting until the transaction ends, so that
   * whoever decides about it decides about them.
   */
  join(id: RemovalCaseId, at: number): Promise<boolean>;
  /** Of those that wait for it, in order of id. */
  items(id: RemovalCaseId, after: DeploymentId | null, limit: number): Promise<readonly Removal[]>;
  /** How many wait for each. */
  sizes(ids: readonly RemovalCaseId[]): Promise<ReadonlyMap<RemovalCaseId, number>>;
};
