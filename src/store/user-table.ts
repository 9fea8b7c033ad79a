import type { User } from '../directory/user.ts';
import type { UserStore } from '../directory/user-store.ts';
import { folded, startsWith } from './folded.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql } from './sql.ts';
import { storedRecords } from './stored-records.ts';

export const userRecords = recordTable<User>(
  'directory_user',
  {
    id: 'plain',
    userPrincipalName: 'plain',
    userName: 'plain',
    displayName: 'plain',
    givenName: 'plain',
    surname: 'plain',
    emailAddress: 'plain',
    department: 'plain',
    onPremisesSamAccountName: 'plain',
    onPremisesDistinguishedName: 'plain',
    onPremisesUserPrincipalName: 'plain',
    onPremisesSecurityIdentifier: 'plain',
    entraObjectId: 'plain',
    sources: 'json',
    createdAt: 'plain',
    updatedAt: 'plain',
  },
  {
    userPrincipalNameFolded: (user) => folded(user.userPrincipalName),
    displayNameFolded: (user) => (user.displayName === null ? null : folded(user.displayName)),
  },
);

const select = `SELECT ${userRecords.select()} FROM directory_user`;

export function userTable(sql: Sql): UserStore {
  const anyOf = (column: string) => isAnyOf(sql, column, '$1');
  return {
    ...storedRecords(sql, userRecords),
    async findByPrincipalName(userPrincipalName) {
      const row = await sql.one(`${select} WHERE user_principal_name_folded = $1`, [folded(userPrincipalName)]);
      return row && userRecords.read(row);
    },
    list({ search }, page) {
      const prefix = search === null ? null : startsWith(search);
      return pageOf<User>(
        sql,
        {
          select,
          where: [
            [
              `(user_principal_name_folded LIKE $? ESCAPE '\\' OR display_name_folded LIKE $? ESCAPE '\\')`,
              prefix,
              prefix,
            ],
          ],
          order: ['user_principal_name_folded', 'id'],
          read: (row) => userRecords.read(row),
          key: (user) => [folded(user.userPrincipalName), user.id],
        },
        page,
      );
    },
    async remove(ids) {
      const params = [JSON.stringify(ids)];
      await sql.run(`DELETE FROM group_member WHERE member_kind = 'user' AND ${anyOf('member_id')}`, params);
      await sql.run(`UPDATE device SET primary_user_id = NULL WHERE ${anyOf('primary_user_id')}`, params);
      await sql.run(`DELETE FROM directory_user WHERE ${anyOf('id')}`, params);
    },
  };
}
