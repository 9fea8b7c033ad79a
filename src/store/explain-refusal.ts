/**
 * Why an issuance did not go through, once the conditional writes have said that it did not. Pure: from the rows as they
 * stand afterwards to a reason. Null when nothing stands against it any more: then the caller tries again.
 */
import type { Certificate } from '../authority/certificate.ts';
import type { Challenge } from '../challenges/challenge.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { move } from '../deployments/state-table.ts';
import type { CommitResult, Issuance, LedgerRefusal } from '../enrollment/issuance-ledger.ts';
import { day } from '../lib/clock.ts';

export type RefusalFacts = {
  /** The challenge that was to be spent; null when the proof is a certificate, or there is none. */
  readonly challenge: Challenge | null;
  /** The certificate that was to be renewed; null when the proof is a challenge, or there is none. */
  readonly renewed: Certificate | null;
  /** What the proof was spent on, with whatever key. */
  readonly issued: Certificate | null;
  readonly deployment: Deployment | null;
  readonly serialTaken: boolean;
  readonly issuerLeft: boolean;
};

export function explainRefusal(facts: RefusalFacts, issuance: Issuance): CommitResult | null {
  const { challenge, issued, deployment } = facts;
  const byChallenge = issuance.proof.kind === 'challenge';
  if (!byChallenge && (facts.renewed === null || facts.renewed.revokedAt !== null))
    return refused('certificate-revoked');
  if (issued !== null) return repeated(issued, issuance);
  if (byChallenge) {
    const against = againstChallenge(challenge, issuance);
    if (against !== null) return refused(against);
  }
  const against = againstDeployment(deployment, issuance);
  if (against !== null) return refused(against);
  const forAnother =
    facts.renewed !== null
      ? facts.renewed.deploymentId !== issuance.deploymentId
      : challenge?.revision !== issuance.revision ||
        challenge.generation !== issuance.generation ||
        challenge.deploymentId !== issuance.deploymentId;
  if (forAnother) return refused('expectation-changed');
  if (facts.issuerLeft) return refused('issuer-left');
  return facts.serialTaken ? refused('serial-taken') : null;
}

/** A repeat is the same proof with the same key, until the device has the certificate or 24 hours have passed. */
function repeated(issued: Certificate, issuance: Issuance): CommitResult {
  const spent: LedgerRefusal = issuance.proof.kind === 'challenge' ? 'challenge-spent' : 'generation-issued';
  if (issued.keyHash !== issuance.certificate.keyHash) return refused(spent);
  if (issued.revokedAt !== null) return refused('certificate-revoked');
  if (issued.installedAt !== null || issuance.now - issued.issuedAt > day) return refused(spent);
  return { kind: 'already', certificate: issued };
}

function againstChallenge(challenge: Challenge | null, issuance: Issuance): LedgerRefusal | null {
  if (challenge === null || challenge.state === 'cancelled') return 'challenge-cancelled';
  if (challenge.state === 'spent') return 'challenge-spent';
  if (challenge.boundKey !== null)
    return challenge.boundKey === issuance.certificate.keyHash ? null : 'challenge-spent';
  // A bound challenge belongs to a request that waits for approval, which may take longer than a challenge lives.
  return challenge.expiresAt <= issuance.now ? 'challenge-expired' : null;
}

function againstDeployment(deployment: Deployment | null, issuance: Issuance): LedgerRefusal | null {
  if (deployment === null || !deployment.wanted || move(deployment.state, 'issued') === null) return 'not-targeted';
  if (deployment.revision !== issuance.revision) return 'expectation-changed';
  if (deployment.issuedGeneration >= issuance.generation) return 'generation-issued';
  const opens = issuance.proof.kind === 'certificate' && deployment.issuedGeneration === deployment.generation;
  const due = opens ? deployment.generation + 1 : deployment.generation;
  // Another generation is due than the one that was checked: what was checked no longer counts.
  return issuance.generation === due ? null : 'expectation-changed';
}

function refused(reason: LedgerRefusal): CommitResult {
  return { kind: 'refused', reason };
}
