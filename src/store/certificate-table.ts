import type { Certificate } from '../authority/certificate.ts';
import type { CertificateQuery, CertificateStore } from '../authority/certificate-store.ts';
import { contains, folded } from './folded.ts';
import { installedCertificates } from './installed-certificates.ts';
import { type Condition, pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { readRevoked } from './revoked-entries.ts';
import type { Sql, SqlValue } from './sql.ts';

export const certificateRecords = recordTable<Certificate>('certificate', {
  id: 'plain',
  issuerId: 'plain',
  serial: 'plain',
  der: 'plain',
  purpose: 'plain',
  subjectText: 'plain',
  subjectAlternativeNames: 'json',
  notBefore: 'plain',
  notAfter: 'plain',
  thumbprint: 'plain',
  thumbprint256: 'plain',
  keyHash: 'plain',
  shard: 'plain',
  state: 'plain',
  deploymentId: 'plain',
  generation: 'plain',
  renewsId: 'plain',
  issuedAt: 'plain',
  installedAt: 'plain',
  revokedAt: 'plain',
  revocationReason: 'plain',
  supersededAt: 'plain',
  revokeAt: 'plain',
});

/** What an insert into `certificate` is followed by: its narrow row, in which lists search. */
export const insertSearch = `INSERT INTO certificate_search
  (certificate_id, profile_id, thumbprint, thumbprint256, search_folded) VALUES ($1, $2, $3, $4, $5)`;

export function searchValues(certificate: Certificate, profileId: SqlValue): SqlValue[] {
  return [certificate.id, profileId, certificate.thumbprint, certificate.thumbprint256, searchText(certificate)];
}

export function searchText({ subjectText, subjectAlternativeNames }: Certificate): string {
  return folded([subjectText, ...subjectAlternativeNames].join('\n'));
}

const select = `SELECT ${certificateRecords.select()} FROM certificate`;
const selectSearching = `${select} JOIN certificate_search ON certificate_id = id`;

/** A deployment whose current certificate this is needs another one now. */
const renewRevoked = `UPDATE deployment SET renew_at = $2 WHERE current_certificate_id = $1 AND renew_at > $2
  AND id = (SELECT deployment_id FROM certificate WHERE certificate.id = $1)`;

export function certificateTable(sql: Sql): CertificateStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && certificateRecords.read(row);
    },
    async findBySerial(issuerId, serial) {
      const row = await sql.one(`${select} WHERE serial = $2 AND issuer_id = $1`, [issuerId, serial]);
      return row && certificateRecords.read(row);
    },
    list(query, now, page) {
      const searching = query.search !== null || query.profileId !== null;
      return pageOf<Certificate>(
        sql,
        {
          select: searching ? selectSearching : select,
          where: [
            ['deployment_id = $?', query.deploymentId],
            ['deployment_id IN (SELECT d.id FROM deployment d WHERE d.device_id = $?)', query.deviceId],
            ['certificate_search.profile_id = $?', query.profileId],
            ...statusIs(query.status, now),
            ...(query.search === null ? [] : [matches(query.search)]),
          ],
          order: [searching ? 'certificate_id' : 'id'],
          descending: true,
          read: (row) => certificateRecords.read(row),
          key: (certificate) => [certificate.id],
        },
        page,
      );
    },
    async insert(certificate) {
      await sql.run(certificateRecords.insert, certificateRecords.values(certificate));
      await sql.run(insertSearch, searchValues(certificate, null));
    },
    async revoke(id, at, reason) {
      const revoked = await sql.run(
        'UPDATE certificate SET revoked_at = $2, revocation_reason = $3 WHERE id = $1 AND revoked_at IS NULL',
        [id, at, reason],
      );
      if (revoked === 0) return false;
      await sql.run(
        `INSERT INTO crl_due (certificate_id, issuer_id, shard)
         SELECT id, issuer_id, shard FROM certificate WHERE id = $1`,
        [id],
      );
      await sql.run(renewRevoked, [id, at]);
      return true;
    },
    async markInstalled(id, at) {
      await installedCertificates(sql).markInstalled(id, at);
    },
    revoked: (list, after, limit) => readRevoked(sql, list, after, limit),
  };
}

function statusIs(status: CertificateQuery['status'], now: number): Condition[] {
  if (status === 'revoked') return [['revoked_at IS NOT NULL']];
  if (status === 'expired') return [['revoked_at IS NULL'], ['not_after < $?', now]];
  return status === 'valid' ? [['revoked_at IS NULL'], ['not_after >= $?', now]] : [];
}

/** Exact serial or thumbprint (colons and spaces between octets are tolerated), or part of subject or SAN. */
function matches(search: string): Condition {
  const hex = search.replace(/[\s:]/g, '').toLowerCase();
  const text: SqlValue = contains(search);
  if (!/^[0-9a-f]{6,64}$/.test(hex)) return [`search_folded LIKE $? ESCAPE '\\'`, text];
  if (hex.length === 40) return ['(serial = $? OR certificate_search.thumbprint = $?)', hex, hex];
  if (hex.length === 64) return ['certificate_search.thumbprint256 = $?', hex];
  return [`(serial = $? OR search_folded LIKE $? ESCAPE '\\')`, hex, text];
}
