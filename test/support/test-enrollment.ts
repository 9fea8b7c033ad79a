/** The SCEP transaction wired for tests; `src/compose/enrollment.ts` does it for the server. */
import type { IssuingAuthorities } from '../../src/authority/issuing-authorities.ts';
import type { CryptoPool } from '../../src/crypto/crypto-pool.ts';
import { answerQuery } from '../../src/enrollment/answer-query.ts';
import { caDirectory } from '../../src/enrollment/ca-directory.ts';
import { ownChallenges } from '../../src/enrollment/challenge-verifier.ts';
import { clockGuard } from '../../src/enrollment/clock-guard.ts';
import { nextCaCert } from '../../src/enrollment/next-ca-cert.ts';
import { orderCertificate } from '../../src/enrollment/order-certificate.ts';
import { type PkiOperationDeps, pkiOperation } from '../../src/enrollment/pki-operation.ts';
import type { ScheduleChallenge } from '../../src/enrollment/renew.ts';
import { wireRefusal } from '../../src/http/scep/fail-info.ts';
import { failureLimit } from '../../src/http/scep/failure-limit.ts';
import type { ScepUseCases } from '../../src/http/scep/routes.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Store } from '../../src/store/store.ts';

export type EnrollmentParts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly pool: CryptoPool;
  readonly issuing: IssuingAuthorities;
  readonly scheduleChallenge: ScheduleChallenge;
  readonly maxPending: number;
  readonly failuresPerMinute: number;
};

export function testEnrollment(parts: EnrollmentParts): ScepUseCases {
  const { store, clock, pool, issuing, maxPending, scheduleChallenge } = parts;
  const node = 'test-node';
  const facts = store.requestFacts;
  const authorities = async () => caDirectory(await store.authorities.all(), await store.authorities.issuers());
  const recording = { ...store, transactions: store.scepTransactions };
  const next = nextCaCert(clock, (issuer) => issuing.byIssuer(issuer.id));
  const operation: PkiOperationDeps = {
    clock,
    node,
    maxPending,
    facts,
    authorities,
    challenges: ownChallenges(facts),
    pool,
    renewal: {
      issuing: {
        clockGuard: clockGuard(clock, store.events),
        prepare: orderCertificate(clock, (issuer) => issuing.byIssuer(issuer.id)),
        ledger: store.ledger,
      },
      approvals: { ...recording, clock },
      scheduleChallenge,
    },
    polling: store,
    lookUp: store,
    recording,
    wireRefusal,
  };
  return {
    answerQuery: (input) => answerQuery({ ...recording, clock, node, facts, authorities, nextCaCert: next }, input),
    pkiOperation: (input) => pkiOperation(operation, input),
    failures: failureLimit({ perScepAddress: parts.failuresPerMinute, perNetwork: parts.failuresPerMinute }, clock),
  };
}
