/** The server's own words: a JSON object per line on standard error. Nothing in it is a secret. */
import type { Config } from '../config/config.ts';
import type { HttpLog } from '../http/server.ts';
import { systemClock } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';

export type Log = {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
};

const levels = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 } as const;

export function createLog(
  level: Config['logLevel'],
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const put = (of: 'debug' | 'info' | 'warn' | 'error', message: string, fields: object) => {
    if (levels[of] < levels[level]) return;
    write(`${JSON.stringify({ time: new Date(systemClock.now()).toISOString(), level: of, message, ...fields })}\n`);
  };
  return {
    debug: (message, fields = {}) => put('debug', message, fields),
    info: (message, fields = {}) => put('info', message, fields),
    warn: (message, fields = {}) => put('warn', message, fields),
    error: (message, error, fields = {}) => put('error', message, { ...fields, ...described(error) }),
  };
}

/** Every request at `debug`, those that failed by our fault at `error`. */
export function httpLog(log: Log): HttpLog {
  return {
    request: (entry) => log.debug('request', entry),
    error: (requestId, error) => log.error('request failed', error, { requestId }),
  };
}

function described(error: unknown): object {
  if (isFailure(error)) return { code: error.code, detail: error.message };
  return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
