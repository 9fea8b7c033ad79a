/**
 * The issuing transaction on PostgreSQL: one statement. Its parts run in this order: the deployment is moved, the proof
 * spent, and unless both did, a division by zero ends the statement without a trace; then the rest is written.
 */
import type { CommitResult, Issuance, IssuanceLedger } from '../../enrollment/issuance-ledger.ts';
import { certificateRecords, searchText } from '../certificate-table.ts';
import { isPossible, issuedColumns } from '../deployment-table.ts';
import { type EventStamp, eventRows } from '../event-table.ts';
import { explainRefusal } from '../explain-refusal.ts';
import { type FactQuery, issuerLeft, readRefusalFacts, refusalFactQueries } from '../refusal-facts.ts';
import { scepTransactionRecords } from '../scep-transaction-table.ts';
import type { SqlValue } from '../sql.ts';
import type { PostgresDriver } from './postgres-driver.ts';
import { errorCode, isConflict } from './postgres-failure.ts';

const attempts = 5;
const divisionByZero = '22012';
const uniqueViolation = '23505';

export function postgresLedger(driver: PostgresDriver, stamp: EventStamp): IssuanceLedger {
  return {
    async commit(issuance) {
      for (let attempt = 1; ; attempt++) {
        const result = await attemptOnce(driver, issuance, stamp, attempt === attempts);
        if (result !== null) return result;
      }
    },
  };
}

/** Null when it is worth another try: two transactions met, or what stood against the issuance has gone meanwhile. */
async function attemptOnce(
  driver: PostgresDriver,
  issuance: Issuance,
  stamp: EventStamp,
  last: boolean,
): Promise<CommitResult | null> {
  try {
    await driver.alone(statements[issuance.proof.kind], parameters(issuance, stamp));
    return { kind: 'committed' };
  } catch (error) {
    const refused = [divisionByZero, uniqueViolation].includes(errorCode(error));
    if (!refused && !(isConflict(error) && !driver.inTransaction())) throw error;
    const explained = refused ? await explain(driver, issuance) : null;
    if (explained === null && last) throw error;
    return explained;
  }
}

async function explain(driver: PostgresDriver, issuance: Issuance): Promise<CommitResult | null> {
  const queries = refusalFactQueries(issuance);
  const read = async (query: FactQuery | null) => query && driver.sql.one(...query);
  const [challenge, renewed, issued, deployment, serialTaken, left] = await Promise.all([
    read(queries.challenge),
    read(queries.renewed),
    read(queries.issued),
    read(queries.deployment),
    read(queries.serialTaken),
    read(queries.issuerLeft),
  ]);
  const rows = { challenge, renewed, issued, deployment, serialTaken, issuerLeft: left };
  return explainRefusal(readRefusalFacts(rows), issuance);
}

const certificateColumns = certificateRecords.columns;
const transactionColumns = scepTransactionRecords.columns;

/** `$n` of the certificate's columns, then of the transaction's, then of the named rest. */
const at = (offset: number, count: number) => Array.from({ length: count }, (_, i) => `$${offset + i + 1}`).join(', ');
const ofCertificate = (column: string) => `$${certificateColumns.indexOf(column) + 1}`;
const restNames = ['proof', 'revision', 'now', 'pending', 'events', 'subjects', 'search', 'renewAt'] as const;
const rest = Object.fromEntries(
  restNames.map((name, i) => [name, `$${certificateColumns.length + transactionColumns.length + i + 1}`]),
) as Record<(typeof restNames)[number], string>;

const [id, keyHash, deploymentId, generation] = ['id', 'key_hash', 'deployment_id', 'generation'].map(
  ofCertificate,
) as [string, string, string, string];
const [notBefore, notAfter] = ['not_before', 'not_after'].map(ofCertificate) as [string, string];
const [thumbprint, thumbprint256] = ['thumbprint', 'thumbprint256'].map(ofCertificate);

function parameters(issuance: Issuance, stamp: EventStamp): SqlValue[] {
  const { certificate, proof, revision, now, pendingRequestId } = issuance;
  const events: unknown[] = [];
  const subjects: unknown[] = [];
  for (const event of issuance.events) {
    const rows = eventRows(stamp, event);
    const [id, at, node, type, actor, request_id, all, data, mark] = rows.own;
    events.push({ id, at, node, type, actor, request_id, subjects: all, data, mark });
    for (const [subject_id, event_id, subject_kind] of rows.subjects)
      subjects.push({ subject_id, event_id, subject_kind });
  }
  return [
    ...certificateRecords.values({
      ...certificate,
      deploymentId: issuance.deploymentId,
      generation: issuance.generation,
    }),
    ...scepTransactionRecords.values(issuance.transaction),
    proof.kind === 'challenge' ? proof.challengeId : proof.certificateId,
    revision,
    now,
    pendingRequestId,
    JSON.stringify(events),
    JSON.stringify(subjects),
    searchText(certificate),
    issuance.renewAt,
  ];
}

const spendChallenge = `UPDATE challenge SET state = 'spent', bound_key = ${keyHash}, certificate_id = ${id}
    WHERE id = ${rest.proof} AND state = 'live'
      AND (bound_key = ${keyHash} OR (bound_key IS NULL AND expires_at > ${rest.now}))
      AND deployment_id = ${deploymentId} AND generation = ${generation} AND revision = ${rest.revision}
    RETURNING id`;

// Shared, so that nobody revokes it until this is committed.
const renewCertificate = `SELECT id FROM certificate
    WHERE id = ${rest.proof} AND revoked_at IS NULL AND purpose = 'device' AND deployment_id = ${deploymentId}
    FOR SHARE`;

const dueGeneration = `generation = ${generation}`;
const nextGeneration = `(${dueGeneration} OR (generation = ${generation} - 1 AND issued_generation = generation))`;

const statements = {
  challenge: issuingStatement(spendChallenge, dueGeneration),
  certificate: issuingStatement(renewCertificate, nextGeneration),
};

function issuingStatement(spend: string, generationIs: string): string {
  return `WITH moved AS (
    UPDATE deployment
    SET ${issuedColumns({ certificateId: id, generation, now: rest.now, notBefore, notAfter, renewAt: rest.renewAt })}
    WHERE id = ${deploymentId} AND wanted = 1 AND ${isPossible('issued')} AND revision = ${rest.revision} AND issued_generation < ${generation}
      AND ${generationIs} AND NOT ${issuerLeft(ofCertificate('issuer_id'))}
    RETURNING device_id, profile_id, user_id
  ), spent AS (
    ${spend}
  ), issued AS (
    INSERT INTO certificate (${certificateColumns.join(', ')}, device_id, profile_id, user_id)
    VALUES (${at(0, certificateColumns.length)},
      (SELECT device_id FROM moved), (SELECT profile_id FROM moved), (SELECT user_id FROM moved))
  ), searchable AS (
    INSERT INTO certificate_search (certificate_id, profile_id, thumbprint, thumbprint256, search_folded)
    VALUES (${id}, (SELECT profile_id FROM moved), ${thumbprint}, ${thumbprint256}, ${rest.search})
  ), siblings AS (
    UPDATE challenge SET state = 'cancelled', cancel_reason = 'certificate-issued'
    WHERE deployment_id = ${deploymentId} AND state = 'live' AND id <> ${rest.proof}
  ), answered AS (
    UPDATE pending_request SET state = 'issued' WHERE id = ${rest.pending}
  ), logged AS (
    INSERT INTO event (id, at, node, type, actor, request_id, subjects, data, mark)
    SELECT id, at, node, type, actor, request_id, subjects, data, mark FROM json_to_recordset(${rest.events}::json)
      AS e (id TEXT, at BIGINT, node TEXT, type TEXT, actor TEXT, request_id TEXT, subjects TEXT, data TEXT,
        mark TEXT)
  ), found AS (
    INSERT INTO event_subject (subject_id, event_id, subject_kind)
    SELECT subject_id, event_id, subject_kind FROM json_to_recordset(${rest.subjects}::json)
      AS s (subject_id TEXT, event_id TEXT, subject_kind TEXT)
    ON CONFLICT DO NOTHING
  ), told AS (
    INSERT INTO scep_transaction (${transactionColumns.join(', ')})
    VALUES (${at(certificateColumns.length, transactionColumns.length)})
  )
  SELECT 1 / ((SELECT count(*) FROM moved) * (SELECT count(*) FROM spent)) AS committed`;
}
