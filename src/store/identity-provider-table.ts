import type { Identity, IdentityProvider, IdentityProviderStore, IdentityStore } from '../access/identity-provider.ts';
import { folded } from './folded.ts';
import { recordTable } from './record-table.ts';
import { saveVersion } from './save-version.ts';
import type { Sql, SqlRow } from './sql.ts';

const table = recordTable<IdentityProvider>(
  'identity_provider',
  {
    id: 'plain',
    name: 'plain',
    issuer: 'plain',
    clientId: 'plain',
    clientSecret: 'plain',
    scopes: 'json',
    groupsClaim: 'plain',
    enabled: 'boolean',
    version: 'plain',
    createdAt: 'plain',
    updatedAt: 'plain',
  },
  { nameFolded: ({ name }) => folded(name) },
);

const select = `SELECT ${table.select()} FROM identity_provider`;

export function identityProviderTable(sql: Sql): IdentityProviderStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async findByName(name) {
      const row = await sql.one(`${select} WHERE name_folded = $1`, [folded(name)]);
      return row && table.read(row);
    },
    async all() {
      return (await sql.all(`${select} ORDER BY name_folded`)).map((row) => table.read(row));
    },
    save: (provider) => saveVersion(sql, table, provider),
    async remove(id) {
      await sql.run('DELETE FROM administrator_identity WHERE provider_id = $1', [id]);
      await sql.run('DELETE FROM identity_provider WHERE id = $1', [id]);
    },
  };
}

const identities = recordTable<Identity>(
  'administrator_identity',
  { providerId: 'plain', subject: 'plain', administratorId: 'plain' },
  {},
  'subject',
);

export function identityTable(sql: Sql): IdentityStore {
  return {
    async find(providerId, subject) {
      const text = `SELECT ${identities.select()} FROM administrator_identity WHERE provider_id = $1 AND subject = $2`;
      const row = await sql.one(text, [providerId, subject]);
      return row && identities.read(row).administratorId;
    },
    async insert(identity) {
      const text = `${identities.insert} ON CONFLICT (provider_id, subject) DO NOTHING`;
      return (await sql.run(text, identities.values(identity))) === 1;
    },
    async count(providerId) {
      const text = 'SELECT COUNT(*) AS count FROM administrator_identity WHERE provider_id = $1';
      return (await sql.one<SqlRow & { count: number }>(text, [providerId]))?.count ?? 0;
    },
  };
}
