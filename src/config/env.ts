/** The only reader of `process.env`. */
export const variables = [
  'SCEPWARD_LISTEN',
  'SCEPWARD_DATA',
  'SCEPWARD_DATABASE_URL',
  'SCEPWARD_TLS_LISTEN',
  'SCEPWARD_TLS_CERT',
  'SCEPWARD_TLS_KEY',
  'SCEPWARD_ADMIN_LISTEN',
  'SCEPWARD_ADMIN_URL',
  'SCEPWARD_TRUSTED_PROXIES',
  'SCEPWARD_PUBLIC_URL',
  'SCEPWARD_PKI_URL',
  'SCEPWARD_SECRET_FILE',
  'SCEPWARD_PROBE_PRIVATE',
  'SCEPWARD_WEBHOOK_PRIVATE',
  'SCEPWARD_OIDC_PRIVATE',
  'SCEPWARD_NODE',
  'SCEPWARD_LOG',
  'SCEPWARD_URL',
  'SCEPWARD_TOKEN',
] as const;

export type Environment = Readonly<Partial<Record<(typeof variables)[number], string>>>;

/** Empty values count as unset. */
export function readEnvironment(): Environment {
  const environment: Partial<Record<(typeof variables)[number], string>> = {};
  for (const name of variables) {
    const value = process.env[name];
    if (value !== undefined && value !== '') environment[name] = value;
  }
  return environment;
}

/** Names that begin with our prefix and mean nothing: most likely misspelt, so the server says so at start. */
export function unknownVariables(): readonly string[] {
  const known: readonly string[] = variables;
  return Object.keys(process.env).filter(
    (name) => name.startsWith('SCEPWARD_') && !name.startsWith('SCEPWARD_TEST_') && !known.includes(name),
  );
}
