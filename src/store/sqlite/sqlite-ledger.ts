/**
 * The issuing transaction on SQLite. Issuances that wait for the writer are committed together, so that they share one
 * write to the disk and the pages that they change.
 */
import type { CommitResult, Issuance, IssuanceLedger } from '../../enrollment/issuance-ledger.ts';
import { certificateRecords, insertSearch, searchValues } from '../certificate-table.ts';
import { isPossible, issuedColumns } from '../deployment-table.ts';
import { type EventStamp, eventRows, insertEvent, insertEventSubjects } from '../event-table.ts';
import { explainRefusal } from '../explain-refusal.ts';
import { issuerLeft, readRefusalFacts, refusalFactQueries } from '../refusal-facts.ts';
import { scepTransactionRecords } from '../scep-transaction-table.ts';
import type { SqlValue } from '../sql.ts';
import type { Connection } from './connection.ts';
import { type SqliteDriver, uniqueViolation } from './sqlite-driver.ts';

type Waiting = {
  readonly issuance: Issuance;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
};

/** A group's size is bounded so that other writers get their turn. */
const largestGroup = 256;
/**
 * Milliseconds from one group to the next while several come at a time: the more came last, the longer, since a commit costs
 * as much as ten of them. Who comes alone waits for nobody.
 */
const pauses = { shortest: 10, each: 1.2, longest: 30 };

export function sqliteLedger(driver: SqliteDriver, stamp: EventStamp): IssuanceLedger {
  const waiting: Waiting[] = [];
  let scheduled = false;
  /** How many the last group had. */
  let before = 0;

  async function drain(): Promise<void> {
    let group: Waiting[] = [];
    try {
      const outcomes = await driver.group((writer) => {
        group = waiting.splice(0, largestGroup);
        return commitTogether(writer, group, stamp);
      });
      for (const [at, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[at];
        if (outcome?.kind === 'done') resolve(outcome.result);
        else reject(outcome?.error);
      }
    } catch (error) {
      // Nothing of the group is on the disk. When the transaction could not even begin, all that wait are told.
      for (const { reject } of group.length > 0 ? group : waiting.splice(0)) reject(error);
    }
    before = group.length;
    scheduled = false;
    schedule();
  }

  function schedule(): void {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    if (before > 1) setTimeout(drain, Math.min(pauses.longest, Math.max(pauses.shortest, pauses.each * before)));
    // After what has arrived meanwhile (answers of the signing threads) had its say.
    else setImmediate(drain);
  }

  return {
    async commit(issuance) {
      if (driver.inTransaction()) return inSavepoint(driver.writer, issuance, stamp);
      return new Promise((resolve, reject) => {
        waiting.push({ issuance, resolve, reject });
        schedule();
      });
    },
  };
}

type Outcome =
  | { readonly kind: 'done'; readonly result: CommitResult }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * First as if nothing stood against any of them: a savepoint for each would copy every page that it changes. When
 * something does, all over again, each in its savepoint: the failure of one is its own, and the others go on.
 */
function commitTogether(writer: Connection, group: readonly Waiting[], stamp: EventStamp): Outcome[] {
  try {
    if (group.every(({ issuance }) => issue(writer, issuance, stamp)))
      return group.map(() => ({ kind: 'done', result: { kind: 'committed' } }));
  } catch {
    // The same will come of it below, where it is told to whom it concerns.
  }
  writer.run('ROLLBACK');
  writer.run('BEGIN IMMEDIATE');
  return group.map(({ issuance }) => attempt(writer, issuance, stamp));
}

function attempt(writer: Connection, issuance: Issuance, stamp: EventStamp): Outcome {
  try {
    return { kind: 'done', result: inSavepoint(writer, issuance, stamp) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function inSavepoint(writer: Connection, issuance: Issuance, stamp: EventStamp): CommitResult {
  writer.run('SAVEPOINT issuance');
  try {
    if (issue(writer, issuance, stamp)) {
      writer.run('RELEASE issuance');
      return { kind: 'committed' };
    }
  } catch (error) {
    undo(writer);
    if (uniqueViolation(error) === null) throw error;
    return explain(writer, issuance, error);
  }
  undo(writer);
  return explain(writer, issuance);
}

function undo(writer: Connection): void {
  writer.run('ROLLBACK TO issuance');
  writer.run('RELEASE issuance');
}

function explain(writer: Connection, issuance: Issuance, cause?: unknown): CommitResult {
  const queries = refusalFactQueries(issuance);
  const read = (query: (typeof queries)['challenge']) => query && writer.one(...query);
  const facts = readRefusalFacts({
    challenge: read(queries.challenge),
    renewed: read(queries.renewed),
    issued: read(queries.issued),
    deployment: read(queries.deployment),
    serialTaken: read(queries.serialTaken),
    issuerLeft: read(queries.issuerLeft),
  });
  const result = explainRefusal(facts, issuance);
  if (result === null) throw new Error('The ledger refused an issuance that nothing stands against.', { cause });
  return result;
}

const moveDeployment = `UPDATE deployment
  SET ${issuedColumns({ certificateId: '$2', generation: '$4', now: '$5', notBefore: '$7', notAfter: '$8', renewAt: '$9' })}
  WHERE id = $1 AND wanted = 1 AND ${isPossible('issued')} AND revision = $3 AND issued_generation < $4
    AND (generation = $4 OR ($6 = 1 AND generation = $4 - 1 AND issued_generation = generation))
    AND NOT ${issuerLeft('$10')}
  RETURNING device_id, profile_id, user_id`;

const spendChallenge = `UPDATE challenge SET state = 'spent', bound_key = $2, certificate_id = $3
  WHERE id = $1 AND state = 'live' AND (bound_key = $2 OR (bound_key IS NULL AND expires_at > $4))
    AND deployment_id = $5 AND generation = $6 AND revision = $7`;

const renewable = `SELECT 1 AS live FROM certificate
  WHERE id = $1 AND revoked_at IS NULL AND purpose = 'device' AND deployment_id = $2`;

const cancelSiblings = `UPDATE challenge SET state = 'cancelled', cancel_reason = 'certificate-issued'
  WHERE deployment_id = $1 AND state = 'live'`;

const insertCertificate = `INSERT INTO certificate
  (${[...certificateRecords.columns, 'device_id', 'profile_id', 'user_id'].join(', ')})
  VALUES (${Array.from({ length: certificateRecords.columns.length + 3 }, (_, i) => `$${i + 1}`).join(', ')})`;

const answerPending = `UPDATE pending_request SET state = 'issued' WHERE id = $1`;

/** All writes of one issuance. False, or a unique violation, when a rule stands against it. */
function issue(writer: Connection, issuance: Issuance, stamp: EventStamp): boolean {
  const { certificate, proof, deploymentId, revision, generation, now } = issuance;
  const spent =
    proof.kind === 'challenge'
      ? writer.run(spendChallenge, [
          proof.challengeId,
          certificate.keyHash,
          certificate.id,
          now,
          deploymentId,
          generation,
          revision,
        ]) === 1
      : writer.one(renewable, [proof.certificateId, deploymentId]) !== null;
  if (!spent) return false;

  const opensGeneration = proof.kind === 'certificate' ? 1 : 0;
  const { notBefore, notAfter, issuerId } = certificate;
  const known = [deploymentId, certificate.id, revision, generation, now, opensGeneration];
  const moved = writer.one(moveDeployment, [...known, notBefore, notAfter, issuance.renewAt, issuerId]);
  if (moved === null) return false;

  const { device_id = null, profile_id = null, user_id = null } = moved;
  const values: SqlValue[] = certificateRecords.values(certificate);
  values.push(device_id, profile_id, user_id);
  writer.run(insertCertificate, values);
  writer.run(insertSearch, searchValues(certificate, profile_id));
  writer.run(cancelSiblings, [deploymentId]);
  if (issuance.pendingRequestId !== null) writer.run(answerPending, [issuance.pendingRequestId]);
  for (const event of issuance.events) {
    const rows = eventRows(stamp, event);
    writer.run(insertEvent, rows.own);
    writer.run(insertEventSubjects(rows.subjects.length), rows.subjects.flat());
  }
  writer.run(scepTransactionRecords.insert, scepTransactionRecords.values(issuance.transaction));
  return true;
}
