/** GetCACaps, GetCACert, GetNextCACert: what anybody may ask. Recorded when the address names a delivery. */
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { ScepTransaction, ScepTransactionLog } from '../events/scep-transaction.ts';
import { formatCapabilities } from '../formats/scep/capabilities.ts';
import { utf8 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import { caCert } from './ca-cert.ts';
import type { CaDirectory } from './ca-directory.ts';
import { capabilities } from './capabilities.ts';
import type { NextCaCert } from './next-ca-cert.ts';
import type { RequestFacts } from './request-facts.ts';

export type QueryInput = {
  readonly operation: 'GetCACaps' | 'GetCACert' | 'GetNextCACert';
  readonly slug: string;
  readonly deliveryRef: string | null;
  readonly requestId: string;
  readonly clientAddress: string;
};

export type QueryAnswer =
  | { readonly kind: 'answer'; readonly contentType: string; readonly body: Uint8Array }
  | { readonly kind: 'unknown-profile' }
  /** There is no next CA certificate. */
  | { readonly kind: 'none' };

export type AnswerQueryDeps = {
  readonly clock: Clock;
  readonly node: string;
  readonly transact: Transact;
  readonly facts: Pick<RequestFacts, 'profileBySlug'>;
  readonly authorities: () => Promise<CaDirectory>;
  readonly nextCaCert: NextCaCert;
  readonly deployments: Pick<DeploymentStore, 'findByDeliveryRef'>;
  readonly transactions: Pick<ScepTransactionLog, 'append'>;
};

export async function answerQuery(deps: AnswerQueryDeps, input: QueryInput): Promise<QueryAnswer> {
  const started = deps.clock.monotonic();
  const profile = await deps.facts.profileBySlug(input.slug);
  if (profile === null) return { kind: 'unknown-profile' };
  const answer = await answerFor(deps, input.operation, profile);
  if (input.deliveryRef !== null) await record(deps, input, profile, answer, started);
  return answer;
}

async function answerFor(
  deps: AnswerQueryDeps,
  operation: QueryInput['operation'],
  { settings }: ScepProfile,
): Promise<QueryAnswer> {
  switch (operation) {
    case 'GetCACaps': {
      const hasNextCa = (await deps.authorities()).find(settings.server.authority)?.next != null;
      return {
        kind: 'answer',
        contentType: 'text/plain',
        body: utf8(formatCapabilities(capabilities(settings, hasNextCa))),
      };
    }
    case 'GetCACert': {
      const ca = (await deps.authorities()).find(settings.server.authority);
      return ca === null ? { kind: 'none' } : { kind: 'answer', ...caCert(settings, ca) };
    }
    case 'GetNextCACert': {
      const ca = (await deps.authorities()).find(settings.server.authority);
      if (ca === null || ca.next === null) return { kind: 'none' };
      return { kind: 'answer', ...(await deps.nextCaCert(settings, ca, ca.next)) };
    }
  }
}

async function record(
  deps: AnswerQueryDeps,
  input: QueryInput,
  profile: ScepProfile,
  answer: QueryAnswer,
  started: number,
): Promise<void> {
  const { clock } = deps;
  const deployment = await deps.deployments.findByDeliveryRef(input.deliveryRef ?? '');
  // A ref that we never gave out is a stranger's: nothing to show in any timeline.
  if (deployment === null || deployment.profileId !== profile.id) return;
  const row: ScepTransaction = {
    id: newId(clock),
    at: clock.now(),
    node: deps.node,
    requestId: input.requestId,
    clientAddress: input.clientAddress,
    operation: input.operation,
    messageType: null,
    transactionID: null,
    profileId: profile.id,
    deploymentId: deployment.id,
    certificateId: null,
    outcome: answer.kind === 'answer' ? 'success' : 'failure',
    reason: answer.kind === 'none' ? 'none' : null,
    algorithms: {},
    detail: {},
    timings: { answer: Math.round((clock.monotonic() - started) * 100) / 100 },
  };
  await deps.transact(() => deps.transactions.append(row));
}
