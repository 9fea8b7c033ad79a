import { Failure } from '../../lib/failure.ts';

/** SQLSTATE of a server's error, or the code of a socket's. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** The statement met another transaction and may be tried again: serialization_failure, deadlock_detected. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(errorCode(error));
}

const socketCodes = /^(?:ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE)/;
// Classes 08 (connection) and 57P (operator intervention), and too_many_connections.
const serverCodes = /^(?:08...|57P..|53300)$/;
const lostConnection =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (?:has encountered a connection error|was closed))/;

/** True when the server cannot be reached, is on its way down or up, or takes nobody more. */
export function isUnreachable(error: unknown): boolean {
  const code = errorCode(error);
  return (
    socketCodes.test(code) || serverCodes.test(code) || (error instanceof Error && lostConnection.test(error.message))
  );
}

/** `store-unavailable` at run time, for whoever asked: anybody may read it, so it says nothing of where the database is. */
export function storeAway(cause: unknown): Failure {
  const code = errorCode(cause);
  return new Failure(
    'unavailable',
    'store-unavailable',
    `The database does not answer${code && ` (${code})`}. Try again soon.`,
    {},
    { cause },
  );
}

/** `store-unavailable` at the start, for the operator; names host, port and database, and never user or password. */
export function storeUnavailable(url: string, cause: unknown): Failure {
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '', pathname: '' };
  const code = errorCode(cause);
  return new Failure(
    'unavailable',
    'store-unavailable',
    `The PostgreSQL server ${host}${pathname} cannot be reached${code && ` (${code})`}. See that it runs and that SCEPWARD_DATABASE_URL is right.`,
    { host, database: pathname.slice(1) },
    { cause },
  );
}

const refusals: Readonly<Record<string, string>> = {
  '3D000': 'has no such database. Make it, as an administrator of PostgreSQL: createdb --owner=<user> <database>',
  '28P01': 'refuses the password, or has no such user. See the user and password in SCEPWARD_DATABASE_URL',
  '28000':
    'does not let this user in from here: there is no such user, or pg_hba.conf forbids it, or demands TLS (add ?sslmode=require to SCEPWARD_DATABASE_URL)',
  '42501':
    'does not let this user make its tables. Make it the owner of the database: ALTER DATABASE <database> OWNER TO <user>',
};

/** What the driver itself finds, without an SQLSTATE. */
const driverRefusals: readonly (readonly [RegExp, string])[] = [
  [
    /^SASL:.*password/,
    'asks for a password. Write it into SCEPWARD_DATABASE_URL: postgres://user:password@host:5432/database',
  ],
  [/does not support SSL/, 'speaks no TLS, which SCEPWARD_DATABASE_URL asks for with sslmode'],
];

/** `store-refused` at the start, for the operator: the server answers and does not let us in. Any other error as it is. */
export function storeRefused(url: string, error: unknown): unknown {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : '';
  const what = Object.hasOwn(refusals, code)
    ? refusals[code]
    : driverRefusals.find(([pattern]) => code === '' && pattern.test(message))?.[1];
  if (what === undefined) return error;
  const { host, pathname } = URL.canParse(url) ? new URL(url) : { host: '', pathname: '' };
  return new Failure(
    'misconfigured',
    'store-refused',
    `The PostgreSQL server ${host}${pathname} ${what}${code && ` (${code})`}.`,
    { host, database: pathname.slice(1), code },
    { cause: error },
  );
}
