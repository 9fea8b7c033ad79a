import type { Issuance } from '../enrollment/issuance-ledger.ts';
import { certificateRecords } from './certificate-table.ts';
import { challengeRecords } from './challenge-table.ts';
import { deploymentRecords } from './deployment-table.ts';
import type { RefusalFacts } from './explain-refusal.ts';
import type { SqlRow, SqlValue } from './sql.ts';

/**
 * A condition of the issuing transaction: its authority issues by another issuer by now. Two look-ups of rows that are always
 * at hand; a statement that began before the switch may still pass, and `CertificateStatuses.hold` waits for it.
 */
export function issuerLeft(parameter: string): string {
  return `EXISTS (SELECT 1 FROM issuer i JOIN authority a ON a.id = i.authority_id
    WHERE i.id = ${parameter} AND a.active_issuer_id <> i.id)`;
}

const certificate = `SELECT ${certificateRecords.select()} FROM certificate`;

/** One look-up of a row that a refusal is explained from. */
export type FactQuery = readonly [text: string, params: readonly SqlValue[]];

/** The rows to read, each with the reader of `readRefusalFacts` by the same name; null where it does not apply. */
export function refusalFactQueries(issuance: Issuance): Record<keyof RefusalFacts, FactQuery | null> {
  const { proof, deploymentId } = issuance;
  const { issuerId, serial } = issuance.certificate;
  const byChallenge = proof.kind === 'challenge';
  return {
    challenge: byChallenge
      ? [`SELECT ${challengeRecords.select()} FROM challenge WHERE id = $1`, [proof.challengeId]]
      : null,
    renewed: byChallenge ? null : [`${certificate} WHERE id = $1`, [proof.certificateId]],
    issued: byChallenge
      ? [
          `SELECT ${certificateRecords.select('c')} FROM challenge p JOIN certificate c ON c.id = p.certificate_id WHERE p.id = $1`,
          [proof.challengeId],
        ]
      : [`${certificate} WHERE renews_id = $1`, [proof.certificateId]],
    deployment: [`SELECT ${deploymentRecords.select()} FROM deployment WHERE id = $1`, [deploymentId]],
    serialTaken: ['SELECT id FROM certificate WHERE serial = $1 AND issuer_id = $2', [serial, issuerId]],
    issuerLeft: [`SELECT 1 AS gone WHERE ${issuerLeft('$1')}`, [issuerId]],
  };
}

export function readRefusalFacts(rows: Record<keyof RefusalFacts, SqlRow | null>): RefusalFacts {
  return {
    challenge: rows.challenge && challengeRecords.read(rows.challenge),
    renewed: rows.renewed && certificateRecords.read(rows.renewed),
    issued: rows.issued && certificateRecords.read(rows.issued),
    deployment: rows.deployment && deploymentRecords.read(rows.deployment),
    serialTaken: rows.serialTaken !== null,
    issuerLeft: rows.issuerLeft !== null,
  };
}
