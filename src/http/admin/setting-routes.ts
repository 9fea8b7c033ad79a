/** `/api/v1/settings`: what concerns the whole installation. */
import { z } from 'zod';
import type { CadenceStore } from '../../delivery/cadence.ts';
import type { saveCadence } from '../../delivery/save-cadence.ts';
import type { Bound } from '../../lib/bound.ts';
import { causeOf, demandEverything } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { list } from './list-schema.ts';

export type SettingUseCases = {
  readonly cadence: Pick<CadenceStore, 'get'>;
  readonly saveCadence: Bound<typeof saveCadence>;
  readonly allSettings: () => Promise<{
    readonly environment: readonly EnvironmentSetting[];
    readonly stored: readonly StoredSetting[];
  }>;
};

const milliseconds = z.number().int().describe('Milliseconds');
const phase = { until: milliseconds.describe('Milliseconds after joining'), every: milliseconds };
const usual = 'null: as is usual on each platform';
const cadenceSchema = z.strictObject({
  cadence: z
    .strictObject({ early: z.array(z.strictObject(phase)).max(20), steady: milliseconds })
    .nullable()
    .describe(usual),
});
const answerSchema = z
  .object({
    cadence: z
      .object({ early: list(z.object(phase)), steady: milliseconds })
      .nullable()
      .describe(usual),
  })
  .meta({ id: 'CadenceSetting' });
/** What each is for; README says the same. */
const meanings = {
  SCEPWARD_LISTEN: 'Address and port that devices and, unless there is another, administrators reach',
  SCEPWARD_DATA: 'Data directory: the SQLite file, keys, the administrator’s token',
  SCEPWARD_DATABASE_URL: 'PostgreSQL instead of SQLite; shown without passwords',
  SCEPWARD_TLS_LISTEN: 'Address and port for HTTPS',
  SCEPWARD_TLS_CERT: 'File of the HTTPS certificate; none: one of our own authority',
  SCEPWARD_TLS_KEY: 'File of its key',
  SCEPWARD_ADMIN_LISTEN: 'A listener of its own for console, API and metrics',
  SCEPWARD_ADMIN_URL: 'Where administrators open the console; passkeys are bound to its host',
  SCEPWARD_TRUSTED_PROXIES: 'Whose forwarded client address and scheme count',
  SCEPWARD_PUBLIC_URL: 'Address that devices use for SCEP and check-in; none: made from the listener',
  SCEPWARD_PKI_URL: 'Address that new authorities’ certificates name for CRL and CA certificates',
  SCEPWARD_SECRET_FILE: 'File with the secret that unseals keys; none: in the data directory',
  SCEPWARD_PROBE_PRIVATE: 'Whether profiles’ other SCEP servers may be probed in private networks',
  SCEPWARD_WEBHOOK_PRIVATE: 'Whether webhooks may go to private networks and this machine',
  SCEPWARD_OIDC_PRIVATE: 'Whether the identity provider may be in private networks',
  SCEPWARD_NODE: 'Name of this process in events; none: the host’s',
  SCEPWARD_LOG: 'How much is logged',
} as const;
type Variable = keyof typeof meanings;

const environmentFields = {
  variable: z.enum(Object.keys(meanings) as [Variable, ...Variable[]]),
  value: z.string().nullable().describe('null: none. Never a secret'),
  source: z.enum(['environment', 'default']),
};
const storedSchema = z.object({
  name: z
    .enum(['sessions', 'retention', 'mass-removal', 'cadence', 'co-management', 'second-approval'])
    .describe('Changed at `/settings/<name>`'),
  source: z.enum(['store', 'default']),
});
const settingsSchema = z
  .object({
    environment: list(z.object({ ...environmentFields, meaning: z.string() })),
    stored: list(storedSchema),
  })
  .meta({ id: 'Settings' });

type EnvironmentSetting = z.output<z.ZodObject<typeof environmentFields>>;
type StoredSetting = z.output<typeof storedSchema>;
const tag = 'settings';

export function registerSettingRoutes(scope: AdminScope, useCases: SettingUseCases): void {
  scope.get(
    '/settings',
    documented(
      {
        permission: 'settings.read',
        tag,
        summary: 'Every setting of this server, and who says so',
        detail:
          'Those of the environment are changed there, and count from the next start. The others live in the store. Of secrets only the file is told that they are in.',
      },
      { response: { 200: settingsSchema } },
    ),
    async () => {
      demandEverything('The settings of the server');
      const { environment, stored } = await useCases.allSettings();
      return { environment: environment.map((each) => ({ ...each, meaning: meanings[each.variable] })), stored };
    },
  );

  scope.get(
    '/settings/cadence',
    documented(
      { permission: 'settings.read', tag, summary: 'How often agents check in' },
      { response: { 200: answerSchema } },
    ),
    async () => ({ cadence: await useCases.cadence.get() }),
  );

  scope.put(
    '/settings/cadence',
    documented(
      {
        permission: 'settings.write',
        tag,
        summary: 'Change how often agents check in',
        detail: 'Agents that are connected learn it at once.',
      },
      { body: cadenceSchema, response: { 200: answerSchema } },
    ),
    async (request) => {
      const { cadence } = request.body;
      await useCases.saveCadence({ cadence, cause: causeOf(request) });
      return { cadence };
    },
  );
}
