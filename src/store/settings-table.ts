import { noSecondApproval, type SecondApproval, type SecondApprovalStore } from '../access/held-change.ts';
import { defaultSessionLifetime, type SessionLifetime, type SessionLifetimeStore } from '../access/session.ts';
import type { SettingsStore } from '../access/settings-store.ts';
import type { CoManagement, CoManagementStore } from '../assignments/co-management.ts';
import type { Cadence, CadenceStore } from '../delivery/cadence.ts';
import { defaultRetention, type Retention, type RetentionStore } from '../lifecycle/retention/retention.ts';
import type { Sql, SqlRow } from './sql.ts';

export function settingsTable(sql: Sql): SettingsStore {
  return {
    async get(name) {
      const row = await sql.one<SqlRow & { value: string }>('SELECT value FROM setting WHERE name = $1', [name]);
      return row === null ? null : JSON.parse(row.value);
    },
    async put(name, value) {
      await sql.run(
        'INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        [name, JSON.stringify(value)],
      );
    },
    async remove(name) {
      await sql.run('DELETE FROM setting WHERE name = $1', [name]);
    },
  };
}

const cadenceName = 'agent-cadence';

export function cadenceSetting(settings: SettingsStore): CadenceStore {
  return {
    get: async () => (await settings.get(cadenceName)) as Cadence | null,
    put: (cadence) => (cadence === null ? settings.remove(cadenceName) : settings.put(cadenceName, cadence)),
  };
}

const coManagementName = 'co-management';

export function coManagementSetting(settings: SettingsStore): CoManagementStore {
  return {
    get: async () => ((await settings.get(coManagementName)) as CoManagement | null) ?? { pilotGroup: null },
    put: (setting) => settings.put(coManagementName, setting),
  };
}

const retentionName = 'retention';

export function retentionSetting(settings: SettingsStore): RetentionStore {
  return {
    get: async () => ({ ...defaultRetention, ...((await settings.get(retentionName)) as Partial<Retention> | null) }),
    put: (retention) => settings.put(retentionName, retention),
  };
}

const sessionLifetimeName = 'session-lifetime';

export function sessionLifetimeSetting(settings: SettingsStore): SessionLifetimeStore {
  return {
    get: async () => ({
      ...defaultSessionLifetime,
      ...((await settings.get(sessionLifetimeName)) as Partial<SessionLifetime> | null),
    }),
    put: (lifetime) => settings.put(sessionLifetimeName, lifetime),
  };
}

const secondApprovalName = 'second-approval';

export function secondApprovalSetting(settings: SettingsStore): SecondApprovalStore {
  return {
    get: async () => ({
      ...noSecondApproval,
      ...((await settings.get(secondApprovalName)) as Partial<SecondApproval> | null),
    }),
    put: (setting) => settings.put(secondApprovalName, setting),
  };
}
