/** All settings of this server together: those of the environment, and those that live in the store and are changed there. */
import { readEnvironment } from '../config/env.ts';
import { type EnvironmentSetting, environmentSettings } from '../config/environment-settings.ts';
import type { Foundation } from './foundation.ts';

/** By the name that their route has: under which the store keeps what somebody has chosen. */
const stored = {
  sessions: 'session-lifetime',
  retention: 'retention',
  'mass-removal': 'mass-removal',
  cadence: 'agent-cadence',
  'co-management': 'co-management',
  'second-approval': 'second-approval',
} as const;

export type AllSettings = {
  readonly environment: readonly EnvironmentSetting[];
  readonly stored: readonly { readonly name: keyof typeof stored; readonly source: 'store' | 'default' }[];
};

export async function allSettings({ config, store }: Pick<Foundation, 'config' | 'store'>): Promise<AllSettings> {
  const names = Object.entries(stored) as [keyof typeof stored, string][];
  return {
    environment: environmentSettings(config, readEnvironment()),
    stored: await Promise.all(
      names.map(async ([name, key]) => ({
        name,
        source: (await store.settings.get(key)) === null ? ('default' as const) : ('store' as const),
      })),
    ),
  };
}
