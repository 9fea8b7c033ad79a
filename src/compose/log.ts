/** The server's own words: a JSON object per line on standard error. Nothing in it is a secret. */
import type { Config } from '../config/config.ts';
import type { HttpLog } from '../http/server.ts';
import { systemClock } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import type { HttpArea, ProcessMetrics } from '../reporting/metrics/process-metrics.ts';
import { type LineSink, standardError } from './line-sink.ts';

export type Log = {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
};

const levels = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 } as const;

export function createLog(level: Config['logLevel'], write: ((line: string) => void) | null = null): Log {
  const sink: LineSink = write === null ? standardError() : { put: write };
  const put = (of: 'debug' | 'info' | 'warn' | 'error', message: string, fields: object) => {
    if (levels[of] < levels[level]) return;
    const line = { time: new Date(systemClock.now()).toISOString(), level: of, message, ...fields };
    sink.put(`${JSON.stringify(line)}\n`, levels[of] >= levels.warn);
  };
  return {
    debug: (message, fields = {}) => put('debug', message, fields),
    info: (message, fields = {}) => put('info', message, fields),
    warn: (message, fields = {}) => put('warn', message, fields),
    error: (message, error, fields = {}) => put('error', message, { ...fields, ...described(error) }),
  };
}

/**
 * A line for every request, at `info`; at `debug` for those that only ask how we are. What failed by our fault has a second
 * one, at `error`. All lines about a request, its events and its row in the timeline have the same `requestId`.
 */
export function httpLog(log: Log, metrics: ProcessMetrics): HttpLog {
  return {
    request: (entry) => {
      const { method, route, status, duration, reason, ...rest } = entry;
      metrics.requests.add(method, route ?? 'none', String(status));
      metrics.requestTime.observe(areaOf(route), duration);
      const line = { ...rest, method, status, duration: Math.round(duration * 100) / 100, ...(reason && { reason }) };
      if (route !== null && watching.has(route) && status < 400) log.debug('request', line);
      else log.info('request', line);
    },
    error: (requestId, error) => log.error('request failed', error, { requestId }),
  };
}

const watching: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

function areaOf(route: string | null): HttpArea {
  if (route === null) return 'other';
  if (route.startsWith('/scep/')) return 'scep';
  if (route.startsWith('/pki/') || route.startsWith('/ocsp')) return 'pki';
  if (route.startsWith('/device/')) return 'device';
  return route.startsWith('/api/') ? 'api' : 'other';
}

function described(error: unknown): object {
  if (isFailure(error)) return { code: error.code, detail: error.message };
  return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
