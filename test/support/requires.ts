import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { postgresBinaries } from './postgres.ts';

/** Programs that the tests drive, with the Debian package that brings each. */
const packages = {
  openssl: 'openssl',
  curl: 'curl',
  scepclient: 'scep',
  scepserver: 'scep',
  pki: 'strongswan-pki',
  certmonger: 'certmonger',
  getcert: 'certmonger',
  'dbus-daemon': 'dbus',
  ss: 'iproute2',
  freeradius: 'freeradius',
  eapol_test: 'eapoltest',
  chromium: 'chromium',
} as const;

export type Requirement = 'root' | 'postgres' | keyof typeof packages;

/**
 * For node:test's `skip`: false when everything is there, else the reason, which the runner prints loudly (and counts
 * as a failure under CI). `test('…', { skip: skipUnless('scepclient') }, …)`
 */
export function skipUnless(...requirements: Requirement[]): string | false {
  const reasons = requirements.map(lacking).filter((reason) => reason !== undefined);
  return reasons.length === 0 ? false : reasons.join('; ');
}

function lacking(requirement: Requirement): string | undefined {
  if (requirement === 'root') return process.getuid?.() === 0 ? undefined : 'needs root';
  if (requirement === 'postgres') {
    const found = process.env.SCEPWARD_TEST_POSTGRES !== undefined || postgresBinaries() !== undefined;
    return found ? undefined : 'needs PostgreSQL (Debian package postgresql)';
  }
  return findProgram(requirement) === undefined
    ? `needs ${requirement} (Debian package ${packages[requirement]})`
    : undefined;
}

/** The absolute path of a program; also looks where Debian keeps what only root has in PATH. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
