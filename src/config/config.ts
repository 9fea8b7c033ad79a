/** The server's settings, parsed once from the environment. Whatever is wrong is named with the variable. */
import { Failure } from '../lib/failure.ts';
import type { Environment } from './env.ts';

export type Listen = { readonly host: string; readonly port: number };

export type Config = {
  readonly listen: Listen;
  /** Absolute or relative to the working directory. */
  readonly data: string;
  readonly database: { readonly kind: 'sqlite' } | { readonly kind: 'postgres'; readonly url: string };
  readonly tls: TlsConfig | null;
  /** Null: console, API and metrics share `listen`. */
  readonly adminListen: Listen | null;
  readonly trustedProxies: readonly string[];
  /** Without trailing slash. Null: made from the listener. */
  readonly publicUrl: string | null;
  readonly pkiUrl: string | null;
  /** Where administrators open the console. Null: made from `adminListen`, else `publicUrl`, else the listener. */
  readonly adminUrl: string | null;
  /** Null: `secret` in the data directory. */
  readonly secretFile: string | null;
  /** Whether probes of other SCEP servers may go to private networks and this machine. */
  readonly probePrivate: boolean;
  /** The same for webhooks. */
  readonly webhookPrivate: boolean;
  /** The same for identity providers. */
  readonly oidcPrivate: boolean;
  /** Name of this process in events. Null: made from the host's name. */
  readonly node: string | null;
  readonly logLevel: (typeof logLevels)[number];
};

export type TlsConfig = {
  readonly listen: Listen;
  /** Null: a certificate of our own authority. */
  readonly files: { readonly certificate: string; readonly key: string } | null;
};

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** `defaults` are the command's own: `demo` serves TLS unless told otherwise, `serve` does not. */
export function parseConfig(environment: Environment, defaults: { readonly tlsListen: string | null }): Config {
  const tlsListen = environment.SCEPWARD_TLS_LISTEN ?? defaults.tlsListen;
  return {
    listen: parseListen('SCEPWARD_LISTEN', environment.SCEPWARD_LISTEN ?? '127.0.0.1:8080'),
    data: environment.SCEPWARD_DATA ?? './data',
    database: parseDatabase(environment.SCEPWARD_DATABASE_URL),
    tls: tlsListen === null ? null : parseTls(tlsListen, environment),
    adminListen:
      environment.SCEPWARD_ADMIN_LISTEN === undefined
        ? null
        : parseListen('SCEPWARD_ADMIN_LISTEN', environment.SCEPWARD_ADMIN_LISTEN),
    trustedProxies: (environment.SCEPWARD_TRUSTED_PROXIES ?? '')
      .split(',')
      .map((address) => address.trim())
      .filter((address) => address !== ''),
    publicUrl: parseBaseUrl('SCEPWARD_PUBLIC_URL', environment.SCEPWARD_PUBLIC_URL),
    pkiUrl: parseBaseUrl('SCEPWARD_PKI_URL', environment.SCEPWARD_PKI_URL),
    adminUrl: parseBaseUrl('SCEPWARD_ADMIN_URL', environment.SCEPWARD_ADMIN_URL),
    secretFile: environment.SCEPWARD_SECRET_FILE ?? null,
    probePrivate: parseAllow('SCEPWARD_PROBE_PRIVATE', environment.SCEPWARD_PROBE_PRIVATE ?? 'refuse'),
    webhookPrivate: parseAllow('SCEPWARD_WEBHOOK_PRIVATE', environment.SCEPWARD_WEBHOOK_PRIVATE ?? 'refuse'),
    oidcPrivate: parseAllow('SCEPWARD_OIDC_PRIVATE', environment.SCEPWARD_OIDC_PRIVATE ?? 'refuse'),
    node: environment.SCEPWARD_NODE ?? null,
    logLevel: parseLogLevel(environment.SCEPWARD_LOG ?? 'info'),
  };
}

/** `host:port`, `[v6]:port`, `:port` (all addresses) or `port` (loopback); port 0 lets the system choose. */
export function parseListen(variable: string, text: string): Listen {
  const match = /^(?:(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[^:[\]]*)):)?(?<port>\d{1,5})$/.exec(text.trim());
  const port = Number(match?.groups?.port);
  if (!match?.groups || port > 65535)
    throw wrong(variable, `"${text}" is not host:port`, 'Write for example 127.0.0.1:8080 or [::1]:8080.');
  const host = match.groups.v6 ?? match.groups.host;
  return { host: host === undefined ? '127.0.0.1' : host === '' ? '0.0.0.0' : host, port };
}

function parseTls(listen: string, environment: Environment): TlsConfig {
  const { SCEPWARD_TLS_CERT: certificate, SCEPWARD_TLS_KEY: key } = environment;
  if ((certificate === undefined) !== (key === undefined)) {
    const missing = certificate === undefined ? 'SCEPWARD_TLS_CERT' : 'SCEPWARD_TLS_KEY';
    throw wrong(
      missing,
      'is not set although its companion is',
      'Set both files, or neither for a certificate of our own.',
    );
  }
  return {
    listen: parseListen('SCEPWARD_TLS_LISTEN', listen),
    files: certificate !== undefined && key !== undefined ? { certificate, key } : null,
  };
}

function parseDatabase(url: string | undefined): Config['database'] {
  if (url === undefined) return { kind: 'sqlite' };
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw wrong('SCEPWARD_DATABASE_URL', 'is not a postgres:// URL', 'Write postgres://user@host:5432/database.');
  return { kind: 'postgres', url };
}

function parseBaseUrl(variable: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw wrong(
      variable,
      `"${text}" is not an absolute http or https address`,
      'Write for example https://scep.example.org.',
    );
  return text.replace(/\/+$/, '');
}

function parseLogLevel(text: string): Config['logLevel'] {
  const level = logLevels.find((known) => known === text);
  if (level === undefined)
    throw wrong('SCEPWARD_LOG', `"${text}" is not a level`, `Choose one of ${logLevels.join(', ')}.`);
  return level;
}

function parseAllow(variable: string, text: string): boolean {
  if (text !== 'allow' && text !== 'refuse')
    throw wrong(variable, `"${text}" is neither allow nor refuse`, 'Leave it unset to refuse.');
  return text === 'allow';
}

function wrong(variable: string, problem: string, mend: string): Failure {
  return new Failure('misconfigured', 'bad-setting', `${variable}: ${problem}. ${mend}`, { variable });
}
