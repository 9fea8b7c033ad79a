import { endSessions } from '../../access/end-sessions.ts';
import { resetAdministrator } from '../../access/reset-administrator.ts';
import { readSetUpCode } from '../../compose/set-up-code.ts';
import { parseConfig } from '../../config/config.ts';
import { readEnvironment } from '../../config/env.ts';
import type { Cause } from '../../events/event.ts';
import { Failure } from '../../lib/failure.ts';
import { openInstallation } from '../open-installation.ts';

const cause: Cause = { actor: { kind: 'operator', id: null, name: 'admin reset on the machine' }, requestId: null };

/** On the data directory itself; with SQLite no server may run on it meanwhile. Failure `administrator-not-found`. */
export async function resetWithoutServer(
  signInName: string,
): Promise<{ readonly code: string; readonly expiresAt: number }> {
  await using installation = await openInstallation('demand');
  const { store, clock } = installation.foundation;
  const found = await store.administrators.findBySignInName(signInName);
  if (found === null) {
    const known = (await store.administrators.all()).map((one) => one.signInName);
    const mend =
      known.length === 0 ? 'There is none yet: run admin reset without a name.' : `There are: ${known.join(', ')}.`;
    throw new Failure('not-found', 'administrator-not-found', `No administrator signs in as “${signInName}”. ${mend}`);
  }
  const ports = { ...store, clock };
  const verbs = {
    endSessions: (input: Parameters<typeof endSessions>[1]) => endSessions(ports, input),
    grantsOf: async () => [],
  };
  return resetAdministrator({ ...ports, verbs }, { id: found.id, by: null, cause });
}

/** Failure `already-set-up` when the file is not there: it goes with the first administrator. */
export async function findSetUpCode(): Promise<{ readonly code: string; readonly file: string }> {
  const config = parseConfig(readEnvironment(), { tlsListen: null });
  const found = readSetUpCode(config);
  if (found !== null) return found;
  const message = `There is no set-up code in ${config.data}: either nobody has started a server there yet, or it has an administrator. For them: admin reset <sign-in name>.`;
  throw new Failure('not-found', 'already-set-up', message);
}
