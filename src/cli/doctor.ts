/** `doctor`: looks at settings, secret, database, server, certificates, clock, audit log and addresses, and says what is wrong. */
import { resolve } from 'node:path';
import type { Issuer } from '../authority/issuer.ts';
import { openStoredKey } from '../authority/stored-key.ts';
import { ownAddresses } from '../compose/own-addresses.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { readEnvironment, unknownVariables } from '../config/env.ts';
import { readSealingSecret, readSecretFile, secretLocation } from '../config/secrets.ts';
import { sha256Hex } from '../crypto/digest.ts';
import { systemClock } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { openStore } from '../store/open-store.ts';
import { databaseFile } from '../store/sqlite/database-file.ts';
import type { Store } from '../store/store.ts';
import { adminTokenFile } from './admin-token.ts';
import { verifyStored } from './audit/verify-stored.ts';
import type { RegisterCommand } from './command.ts';
import { type Check, ok, problem, warning } from './doctor/check.ts';
import { checkAddresses, checkServer } from './doctor/check-addresses.ts';
import { checkAudit } from './doctor/check-audit.ts';
import {
  checkCertificates,
  checkClock,
  checkEndings,
  checkRevocations,
  type RevokedOwn,
} from './doctor/check-authority.ts';
import { checkRemovals, type WaitingRemoval } from './doctor/check-removals.ts';
import { inspectServer } from './doctor/inspect-server.ts';
import { table } from './table.ts';

export const registerDoctor: RegisterCommand = (program, run) => {
  program
    .command('doctor')
    .description('check configuration, certificates, clocks and addresses, and say what is wrong')
    .action(
      run(async (terminal) => {
        const checks = await examine();
        terminal.result({ checks }, () =>
          table(checks, {
            check: ({ check }) => check,
            status: ({ status }) => (status === 'problem' ? 'PROBLEM' : status),
            detail: ({ detail, fix }) => (fix === null ? detail : `${detail} ${fix}`),
          }),
        );
        return checks.some(({ status }) => status === 'problem') ? 1 : 0;
      }),
    );
};

async function examine(): Promise<Check[]> {
  const strangers = unknownVariables().map((name) =>
    warning('settings', `${name} is not a variable of Scepward.`, 'Is it misspelt?'),
  );
  let config: Config;
  try {
    config = parseConfig(readEnvironment(), { tlsListen: null });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [...strangers, problem('settings', error.message, 'Mend the variable and look again.')];
  }
  const data = resolve(config.data);
  return [
    ...strangers,
    ...(strangers.length === 0 ? [ok('settings', 'Every variable is understood.')] : []),
    ...checkSecrets(config, data),
    ...(await examineInstallation(config, data)),
  ];
}

function checkSecrets(config: Config, data: string): Check[] {
  const { file, besideData } = secretLocation(data, config.secretFile);
  const checks: Check[] = [];
  checks.push(
    guarded(() => {
      readSealingSecret(file);
      return besideData
        ? warning(
            'secret',
            `The secret that unseals keys lies in ${file}, beside what it protects.`,
            'For real use move it elsewhere and set SCEPWARD_SECRET_FILE.',
          )
        : ok('secret', `The secret that unseals keys is in ${file}.`);
    }),
  );
  checks.push(
    guarded(() => {
      const token = adminTokenFile(data);
      return readSecretFile(token) === null
        ? warning('secret', `There is no API token in ${token}.`, 'The command line needs SCEPWARD_TOKEN then.')
        : ok('secret', `The first administrator's API token is in ${token}.`);
    }),
  );
  return checks;
}

function guarded(look: () => Check): Check {
  try {
    return look();
  } catch (error) {
    if (!isFailure(error)) throw error;
    return problem('secret', error.message, '');
  }
}

/** Through the running server where there is one, which holds the database; else in the database itself. */
async function examineInstallation(config: Config, data: string): Promise<Check[]> {
  const addresses = ownAddresses(config);
  const running = await inspectServer(readEnvironment());
  const server = checkServer(running.url, running.ready);
  const missing = config.database.kind === 'sqlite' ? missingDatabase(data) : null;
  if (missing !== null) return [server, missing];
  const now = systemClock.now();
  if (running.facts !== null) {
    const { endings, pkiUrls, revoked, lastEvent, audit, removals } = running.facts;
    return [
      server,
      ok('database', 'The server reads and writes it.'),
      ...checkEndings(endings),
      ...checkRevocations(revoked),
      checkClock(lastEvent, now),
      ...checkAudit(audit),
      checkRemovals(removals, now),
      ...checkAddresses(config, addresses.publicUrl, pkiUrls),
    ];
  }
  try {
    await using store = await openStore(
      config.database.kind === 'postgres'
        ? { kind: 'postgres', url: config.database.url }
        : { kind: 'sqlite', folder: data },
      { clock: systemClock, node: 'doctor' },
    );
    await store.ping();
    const { issuers, pkiUrls, revoked, lastEvent } = await readFacts(store);
    return [
      server,
      ok('database', `The ${store.kind} database opens and answers.`),
      ...(await checkSeals(store, secretLocation(data, config.secretFile).file)),
      ...checkCertificates(issuers, now),
      ...checkRevocations(revoked),
      checkClock(lastEvent, now),
      ...checkAudit(await verifyStored(store, config)),
      checkRemovals(await waitingRemovals(store), now),
      ...checkAddresses(config, addresses.publicUrl, pkiUrls),
    ];
  } catch (error) {
    if (isFailure(error)) return [server, problem('database', error.message, '')];
    const detail = error instanceof Error ? error.message : String(error);
    return [server, problem('database', `The database cannot be opened: ${detail}`, '')];
  }
}

function missingDatabase(data: string): Check | null {
  try {
    if (databaseFile(data).exists) return null;
    return problem('database', `There is no database in ${data}.`, 'Run: bin/scepward init');
  } catch (error) {
    if (!isFailure(error)) throw error;
    return problem('database', error.message, '');
  }
}

/** Whether the secret is the one that these keys were sealed with. */
async function checkSeals({ keys }: Store, file: string): Promise<Check[]> {
  const stored = (await keys.all()).filter(({ sealed }) => sealed !== null);
  return [
    guarded(() => {
      const secret = readSealingSecret(file);
      for (const key of stored) openStoredKey(secret, key);
      return ok('secret', `It opens all ${stored.length} private keys.`);
    }),
  ];
}

async function waitingRemovals({ removalCases }: Store): Promise<WaitingRemoval[]> {
  const waiting = await removalCases.waiting();
  const sizes = await removalCases.sizes(waiting.map(({ id }) => id));
  return waiting.map(({ id, openedAt }) => ({ openedAt, waiting: sizes.get(id) ?? 0 }));
}

async function readFacts({ authorities, certificates, events }: Store) {
  const { items } = await events.list({ subject: null, types: null }, { limit: 1, cursor: null });
  const issuers = await authorities.issuers();
  return {
    issuers,
    pkiUrls: (await authorities.all()).map(({ pkiUrl }) => pkiUrl),
    revoked: await revokedOf(certificates, issuers),
    lastEvent: items[0]?.at ?? null,
  };
}

async function revokedOf(certificates: Store['certificates'], issuers: readonly Issuer[]): Promise<RevokedOwn[]> {
  const own = issuers.flatMap((issuer) => [issuer, ...issuer.registrationAuthorities]);
  const found: RevokedOwn[] = [];
  for (const { certificate } of own) {
    const query = { deploymentId: null, deviceId: null, profileId: null, status: 'revoked' } as const;
    const asked = { ...query, search: sha256Hex(certificate) };
    const { items } = await certificates.list(asked, systemClock.now(), { limit: 1, cursor: null });
    for (const { subjectText, revokedAt } of items) if (revokedAt !== null) found.push({ subjectText, revokedAt });
  }
  return found;
}
