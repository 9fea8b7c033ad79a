/** Light, dark or high contrast: as the system says, unless the reader chose. */
import { type Theme, teamsHighContrastTheme, webDarkTheme, webLightTheme } from '@fluentui/react-components';
import { useEffect, useSyncExternalStore } from 'react';
import { createStore, useStore } from '../api/store.ts';
import { readPreference, writePreference } from './preferences.ts';

export const themeNames = ['system', 'light', 'dark', 'contrast'] as const;
export type ThemeName = (typeof themeNames)[number];

const themes: Readonly<Record<Exclude<ThemeName, 'system'>, Theme>> = {
  light: webLightTheme,
  dark: webDarkTheme,
  contrast: teamsHighContrastTheme,
};

const stored = readPreference('theme');
const chosen = createStore<ThemeName>(themeNames.find((name) => name === stored) ?? 'system');

export function useThemeName(): ThemeName {
  return useStore(chosen);
}

export function setTheme(name: ThemeName): void {
  chosen.set(name);
  writePreference('theme', name);
}

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const forced = window.matchMedia('(forced-colors: active)');

function subscribe(listener: () => void): () => void {
  for (const query of [dark, forced]) query.addEventListener('change', listener);
  return () => {
    for (const query of [dark, forced]) query.removeEventListener('change', listener);
  };
}

/** Which of the three is shown now. */
export function useShownTheme(): { readonly name: Exclude<ThemeName, 'system'>; readonly theme: Theme } {
  const asked = useThemeName();
  const system = useSyncExternalStore(subscribe, () => (forced.matches ? 'contrast' : dark.matches ? 'dark' : 'light'));
  const name = asked === 'system' ? system : asked;
  useEffect(() => {
    document.documentElement.style.colorScheme = name === 'light' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = name;
  }, [name]);
  return { name, theme: themes[name] };
}
