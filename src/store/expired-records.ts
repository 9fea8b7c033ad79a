import { day } from '../lib/clock.ts';
import { idAt } from '../lib/ids.ts';
import type { ExpiredRecords } from '../lifecycle/retention/expired-records.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

/** An id's time is its server's, hardly ever that far from what the row says. */
const slack = day;

const needless = `SELECT c.id FROM certificate c
  WHERE c.not_after < $1 AND c.purpose = 'device'
    AND NOT EXISTS (SELECT 1 FROM deployment d
      WHERE d.id = c.deployment_id AND d.wanted = 1 AND d.current_certificate_id = c.id)
    AND (c.revoked_at IS NULL OR EXISTS (SELECT 1 FROM crl
      WHERE crl.issuer_id = c.issuer_id AND crl.shard = c.shard AND crl.this_update > c.not_after))
    AND NOT EXISTS (SELECT 1 FROM crl_due WHERE crl_due.certificate_id = c.id)
  ORDER BY c.not_after, c.id LIMIT $2`;

/** Deletions of certificates that the index never had: who has them in memory asks more often than that. */
const mostRemembered = 100_000;
const forgetGone = `DELETE FROM certificate_gone WHERE number <= (SELECT MAX(number) FROM certificate_gone) - $1
  AND certificate_id > COALESCE((SELECT MAX(last_id) FROM certificate_segment), '')`;

export function expiredRecords(sql: Sql): ExpiredRecords {
  const anyId = (column: string) => isAnyOf(sql, column, '$1');
  return {
    scepTransactions(before, limit) {
      return sql.run(
        `DELETE FROM scep_transaction WHERE id IN
           (SELECT id FROM scep_transaction WHERE id < $1 AND at < $2 ORDER BY id LIMIT $3)`,
        [idAt(before + slack), before, limit],
      );
    },
    challenges(before, limit) {
      return sql.run(
        `DELETE FROM challenge WHERE id IN
           (SELECT id FROM challenge WHERE id < $1 AND expires_at < $2 AND NOT (state = 'live' AND bound_key IS NOT NULL)
            ORDER BY id LIMIT $3)`,
        [idAt(before + slack), before, limit],
      );
    },
    async certificates(before, limit) {
      const rows = await sql.all<SqlRow & { id: string }>(needless, [before, limit]);
      if (rows.length === 0) return 0;
      const params = [JSON.stringify(rows.map(({ id }) => id))];
      await sql.runMany(
        'INSERT INTO certificate_gone (certificate_id) VALUES ($1)',
        rows.map(({ id }) => [id]),
      );
      await sql.run(forgetGone, [mostRemembered]);
      await sql.run(`DELETE FROM certificate_search WHERE ${anyId('certificate_id')}`, params);
      return sql.run(`DELETE FROM certificate WHERE ${anyId('id')}`, params);
    },
  };
}
