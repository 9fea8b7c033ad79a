/** The people of `examples/sample-org`, in a world, each with a Linux device of the same name. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importFileOf } from '../../src/directory/import/import-file.ts';
import { systemCause } from '../../src/events/event.ts';
import { readCsv } from '../../src/formats/csv/read-csv.ts';
import { writeCsv } from '../../src/formats/csv/write-csv.ts';
import type { World } from './world.ts';

/** As it stands in `users.csv`; empty where the file has nothing. */
export type SampleUser = Readonly<
  Record<
    | 'userPrincipalName'
    | 'userName'
    | 'givenName'
    | 'surname'
    | 'emailAddress'
    | 'department'
    | 'onPremisesSamAccountName'
    | 'onPremisesDistinguishedName',
    string
  >
>;

const usersCsv = readFileSync(join(import.meta.dirname, '../../examples/sample-org/users.csv'), 'utf8');

export function sampleUsers(): readonly SampleUser[] {
  const [header = [], ...rows] = [...readCsv(usersCsv)].map(({ fields }) => fields.map(({ text }) => text));
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? ''])) as SampleUser);
}

export async function importSampleUsers(world: World): Promise<readonly SampleUser[]> {
  const users = sampleUsers();
  const { clock } = world.server.foundation;
  const at = new Date(clock.now()).toISOString().replace(/\.\d+/, '');
  const devices = writeCsv([
    ['deviceName', 'platform', 'ownership', 'serialNumber', 'primaryUser', 'enrolledAt', 'registeredAt'],
    ...users.map(({ userPrincipalName }, i) => [
      userPrincipalName,
      'linux',
      'corporate',
      `SN-${i}`,
      userPrincipalName,
      at,
      at,
    ]),
  ]);
  const result = await world.server.lifecycle.importDirectory({
    files: { users: importFileOf(usersCsv), groups: null, members: null, devices: importFileOf(devices) },
    mode: 'apply',
    prune: null,
    cause: systemCause,
  });
  if (result.kind !== 'imported') throw new Error(`not imported: ${JSON.stringify(result)}`);
  return users;
}
