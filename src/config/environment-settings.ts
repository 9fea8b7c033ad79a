/** What the environment decides, as it counts in this process, for people to see: nothing that is a secret. */
import type { Config, Listen } from './config.ts';
import type { Environment, variables } from './env.ts';

export type EnvironmentVariable = Exclude<(typeof variables)[number], 'SCEPWARD_URL' | 'SCEPWARD_TOKEN'>;

export type EnvironmentSetting = {
  readonly variable: EnvironmentVariable;
  /** Null: none. */
  readonly value: string | null;
  readonly source: 'environment' | 'default';
};

export function environmentSettings(config: Config, environment: Environment): readonly EnvironmentSetting[] {
  const allowed = (is: boolean) => (is ? 'allow' : 'refuse');
  const values: Readonly<Record<EnvironmentVariable, string | null>> = {
    SCEPWARD_LISTEN: listenText(config.listen),
    SCEPWARD_DATA: config.data,
    SCEPWARD_DATABASE_URL: config.database.kind === 'sqlite' ? null : withoutSecrets(config.database.url),
    SCEPWARD_TLS_LISTEN: config.tls && listenText(config.tls.listen),
    SCEPWARD_TLS_CERT: config.tls?.files?.certificate ?? null,
    SCEPWARD_TLS_KEY: config.tls?.files?.key ?? null,
    SCEPWARD_ADMIN_LISTEN: config.adminListen && listenText(config.adminListen),
    SCEPWARD_ADMIN_URL: config.adminUrl,
    SCEPWARD_TRUSTED_PROXIES: config.trustedProxies.length === 0 ? null : config.trustedProxies.join(', '),
    SCEPWARD_PUBLIC_URL: config.publicUrl,
    SCEPWARD_PKI_URL: config.pkiUrl,
    SCEPWARD_SECRET_FILE: config.secretFile,
    SCEPWARD_PROBE_PRIVATE: allowed(config.probePrivate),
    SCEPWARD_WEBHOOK_PRIVATE: allowed(config.webhookPrivate),
    SCEPWARD_OIDC_PRIVATE: allowed(config.oidcPrivate),
    SCEPWARD_NODE: config.node,
    SCEPWARD_LOG: config.logLevel,
  };
  return (Object.entries(values) as [EnvironmentVariable, string | null][]).map(([variable, value]) => ({
    variable,
    value,
    source: environment[variable] === undefined ? 'default' : 'environment',
  }));
}

function listenText({ host, port }: Listen): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where the database is and as whom we come to it; passwords also stand in what follows the question mark. */
function withoutSecrets(text: string): string {
  const { protocol, username, host, pathname } = new URL(text);
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
}
