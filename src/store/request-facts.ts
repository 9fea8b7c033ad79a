import type { RequestFacts } from '../enrollment/request-facts.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import { certificateRecords } from './certificate-table.ts';
import { challengeRecords } from './challenge-table.ts';
import { deploymentRecords } from './deployment-table.ts';
import { profileRecords } from './profile-table.ts';
import type { Sql, SqlRow } from './sql.ts';

const certificate = certificateRecords.select('c', 'c_');
const deployment = deploymentRecords.select('d', 'd_');

const byChallenge = `SELECT ${challengeRecords.select('c', 'c_')}, ${deployment}
  FROM challenge c JOIN deployment d ON d.id = c.deployment_id WHERE c.secret_hash = $1`;
const byDeployment = `SELECT ${deploymentRecords.select()} FROM deployment WHERE id = $1`;
const bySerial = `SELECT ${certificate}, ${deployment}
  FROM certificate c LEFT JOIN deployment d ON d.id = c.deployment_id WHERE c.serial = $2 AND c.issuer_id = $1`;
const byChallengeProof = `SELECT ${certificate} FROM challenge p JOIN certificate c ON c.id = p.certificate_id
  WHERE p.id = $1 AND c.key_hash = $2`;
const byCertificateProof = `SELECT ${certificate} FROM certificate c WHERE c.renews_id = $1 AND c.key_hash = $2`;

type VersionRow = SqlRow & { id: string; version: number };

export function requestFacts(sql: Sql): RequestFacts {
  const profile = scepProfiles(sql);
  return {
    profileBySlug: (slug) => profile('slug', slug),
    profileById: (id) => profile('id', id),
    async byChallenge(secretHash) {
      const row = await sql.one(byChallenge, [secretHash]);
      return row && { challenge: challengeRecords.read(row, 'c_'), deployment: deploymentRecords.read(row, 'd_') };
    },
    async deployment(id) {
      const row = await sql.one(byDeployment, [id]);
      return row && deploymentRecords.read(row);
    },
    async byCertificate(issuerId, serial) {
      const row = await sql.one(bySerial, [issuerId, serial]);
      if (row === null) return null;
      return {
        certificate: certificateRecords.read(row, 'c_'),
        deployment: row.d_id === null ? null : deploymentRecords.read(row, 'd_'),
      };
    },
    async issuedFor(proof, keyHash) {
      const text = proof.kind === 'challenge' ? byChallengeProof : byCertificateProof;
      const row = await sql.one(text, [proof.id, keyHash]);
      return row && certificateRecords.read(row, 'c_');
    },
  };
}

/**
 * Profiles parsed from their JSON once per version. Each look-up asks the store which version is current, unless nothing
 * can have changed since the last one asked, so a change on any node is seen by the next call. Inside a transaction
 * nothing is kept: what it reads may be rolled back.
 */
function scepProfiles(sql: Sql): (column: 'id' | 'slug', value: string) => Promise<ScepProfile | null> {
  const cache = new Map<string, ScepProfile>();
  const found = new Map<string, ScepProfile>();
  let epoch = sql.epoch('profile');
  return async (column, value) => {
    if (sql.inTransaction()) return find(column, value);
    const now = sql.epoch('profile');
    if (now !== epoch) found.clear();
    epoch = now;
    const name = `${column} ${value}`;
    const same = found.get(name);
    if (same !== undefined) return same;
    const profile = await find(column, value);
    if (profile !== null && now !== null && now === sql.epoch('profile')) found.set(name, profile);
    return profile;
  };

  async function find(column: 'id' | 'slug', value: string): Promise<ScepProfile | null> {
    const current = await sql.one<VersionRow>(
      `SELECT id, version FROM profile WHERE ${column} = $1 AND kind = 'scep'`,
      [value],
    );
    if (current === null) return null;
    const known = cache.get(current.id);
    if (known?.version === current.version && !sql.inTransaction()) return known;
    const row = await sql.one(`SELECT ${profileRecords.select()} FROM profile WHERE id = $1`, [current.id]);
    const profile = row === null ? null : (profileRecords.read(row) as ScepProfile);
    if (profile !== null && !sql.inTransaction()) cache.set(profile.id, profile);
    return profile;
  }
}
