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
