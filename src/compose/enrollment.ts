import { dropForgotten, unlockMissing } from '../authority/unlock-keys.ts';
import { answerQuery } from '../enrollment/answer-query.ts';
import { type CaDirectory, caDirectory } from '../enrollment/ca-directory.ts';
import { ownChallenges } from '../enrollment/challenge-verifier.ts';
import { clockGuard } from '../enrollment/clock-guard.ts';
import { nextCaCert } from '../enrollment/next-ca-cert.ts';
import { orderCertificate } from '../enrollment/order-certificate.ts';
import { type PkiOperationDeps, pkiOperation } from '../enrollment/pki-operation.ts';
import { wireRefusal } from '../http/scep/fail-info.ts';
import { failureLimit } from '../http/scep/failure-limit.ts';
import type { ScepUseCases } from '../http/scep/routes.ts';
import { second } from '../lib/clock.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';
import { scheduleChallenge } from './schedule-challenge.ts';

/** Beyond these many cryptographic jobs requests are sent away until later. */
const maxPending = 512;
const failuresPerMinute = { perScepAddress: 60, perNetwork: 600 };
/** How long another node may go on with the authorities as they were. */
const authoritiesKeptFor = 5 * second;

export function composeEnrollment(foundation: Foundation, authority: AuthorityFeature): ScepUseCases {
  const { store, clock, pool, node } = foundation;
  const authorities = keptDirectory(foundation);
  const contextOf = (issuer: Parameters<Parameters<typeof orderCertificate>[1]>[0]) =>
    authority.issuing.byIssuer(issuer.id);
  const recording = { ...store, transactions: store.scepTransactions };
  const deps: PkiOperationDeps = {
    clock,
    node,
    maxPending,
    facts: store.requestFacts,
    authorities,
    challenges: ownChallenges(store.requestFacts),
    pool,
    renewal: {
      issuing: {
        clockGuard: clockGuard(clock, store.events),
        prepare: orderCertificate(clock, contextOf),
        ledger: store.ledger,
      },
      approvals: { ...recording, clock },
      scheduleChallenge: scheduleChallenge(foundation),
    },
    polling: store,
    lookUp: store,
    recording,
    wireRefusal,
  };
  const querying = {
    ...recording,
    clock,
    node,
    facts: store.requestFacts,
    authorities,
    nextCaCert: nextCaCert(clock, contextOf),
  };
  return {
    answerQuery: (input) => answerQuery(querying, input),
    pkiOperation: (input) => pkiOperation(deps, input),
    failures: failureLimit(failuresPerMinute, clock),
  };
}

function keptDirectory({ store, clock, pool, secret }: Foundation): PkiOperationDeps['authorities'] {
  let kept: Promise<CaDirectory> | null = null;
  let until = 0;
  return (state) => {
    const now = clock.monotonic();
    if (kept === null || now >= until || state === 'anew') {
      until = now + authoritiesKeptFor;
      kept = load();
      kept.catch(() => {
        kept = null;
      });
    }
    return kept;
  };
  async function load(): Promise<CaDirectory> {
    const issuers = await store.authorities.issuers();
    const keyIds = issuers.flatMap(({ registrationAuthorities }) => registrationAuthorities.map(({ keyId }) => keyId));
    await unlockMissing({ keys: store.keys, pool, secret }, keyIds);
    const authorities = await store.authorities.all();
    const active = new Set(authorities.map(({ activeIssuerId }) => activeIssuerId));
    const left = issuers.filter(({ id }) => !active.has(id)).map(({ keyId }) => keyId);
    await dropForgotten({ keys: store.keys, pool }, left);
    return caDirectory(authorities, issuers);
  }
}
