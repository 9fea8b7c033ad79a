import type { AuthorityStore } from '../authority/authority-store.ts';
import type { Authority, Issuer } from '../authority/issuer.ts';
import { fromBase64, toBase64 } from '../lib/bytes.ts';
import { recordTable } from './record-table.ts';
import { saveVersion } from './save-version.ts';
import type { Sql, SqlRow } from './sql.ts';

const authorities = recordTable<Authority>('authority', {
  id: 'plain',
  slug: 'plain',
  name: 'plain',
  pkiUrl: 'plain',
  templates: 'json',
  activeIssuerId: 'plain',
  rollover: 'json',
  version: 'plain',
  createdAt: 'plain',
});

/** JSON knows no bytes: certificates within lists are base64. */
type StoredIssuer = Omit<Issuer, 'chain' | 'registrationAuthorities'> & {
  readonly chain: readonly string[];
  readonly registrationAuthorities: readonly { readonly certificate: string; readonly keyId: string }[];
};

const issuers = recordTable<StoredIssuer>('issuer', {
  id: 'plain',
  authorityId: 'plain',
  slug: 'plain',
  certificate: 'plain',
  chain: 'json',
  keyId: 'plain',
  registrationAuthorities: 'json',
  shards: 'plain',
  createdAt: 'plain',
});

const selectAuthority = `SELECT ${authorities.select()} FROM authority`;
const selectIssuer = `SELECT ${issuers.select()} FROM issuer`;

export function authorityTable(sql: Sql): AuthorityStore {
  return {
    async all() {
      const rows = await sql.all(`${selectAuthority} ORDER BY id`);
      return rows.map((row) => authorities.read(row));
    },
    async get(id) {
      const row = await sql.one(`${selectAuthority} WHERE id = $1`, [id]);
      return row && authorities.read(row);
    },
    save: (authority) => saveVersion(sql, authorities, authority),
    async issuers() {
      const rows = await sql.all(`${selectIssuer} ORDER BY id`);
      return rows.map(readIssuer);
    },
    async getIssuer(id) {
      const row = await sql.one(`${selectIssuer} WHERE id = $1`, [id]);
      return row && readIssuer(row);
    },
    async saveIssuer(issuer) {
      await sql.run(issuers.upsert, issuers.values(stored(issuer)));
    },
  };
}

function stored(issuer: Issuer): StoredIssuer {
  return {
    ...issuer,
    chain: issuer.chain.map(toBase64),
    registrationAuthorities: issuer.registrationAuthorities.map(({ certificate, keyId }) => ({
      certificate: toBase64(certificate),
      keyId,
    })),
  };
}

function readIssuer(row: SqlRow): Issuer {
  const issuer = issuers.read(row);
  return {
    ...issuer,
    chain: issuer.chain.map(bytes),
    registrationAuthorities: issuer.registrationAuthorities.map(({ certificate, keyId }) => ({
      certificate: bytes(certificate),
      keyId: keyId as Issuer['keyId'],
    })),
  };
}

function bytes(base64: string): Uint8Array {
  const decoded = fromBase64(base64);
  if (decoded === undefined) throw new Error('The issuer table holds a certificate that is not base64.');
  return decoded;
}
