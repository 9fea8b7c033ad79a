/** Light, dark or high contrast: as the system says, unless the reader chose. */
import { type Theme, teamsHighContrastTheme, tokens, webDarkTheme, webLightTheme } from '@fluentui/react-components';
import { useEffect, useSyncExternalStore } from 'react';
import { createStore, useStore } from '../api/store.ts';
import type { Color } from '../ui/colors.ts';
import { readPreference, writePreference } from './preferences.ts';

export const themeNames = ['system', 'light', 'dark', 'contrast'] as const;
export type ThemeName = (typeof themeNames)[number];

type ShownName = Exclude<ThemeName, 'system'>;
type OwnColors = Readonly<Record<Color, string>>;

const light: OwnColors = {
  rowHover: tokens.colorNeutralBackground1Hover,
  rowChosen: tokens.colorNeutralBackground1Selected,
  here: tokens.colorCompoundBrandStroke,
  chartGood: tokens.colorPaletteGreenBackground3,
  chartBad: tokens.colorPaletteRedBackground3,
  chartWarning: tokens.colorPaletteDarkOrangeBackground3,
  chartBrand: tokens.colorBrandBackground,
  chartNeutral: '#8a8a8a',
  chartTrack: tokens.colorNeutralBackground5,
  chartGap: tokens.colorNeutralBackground1,
};
const dark: OwnColors = {
  ...light,
  chartGood: tokens.colorPaletteGreenForeground1,
  chartBad: tokens.colorPaletteRedForeground1,
  chartWarning: tokens.colorPaletteDarkOrangeForeground1,
  chartBrand: tokens.colorBrandForeground1,
};
// Fluent's own colours of what is under the pointer are meant for black text, and ours is white.
const contrast: OwnColors = {
  rowHover: '#2b2b2b',
  rowChosen: '#3f3f3f',
  here: '#1aebff',
  chartGood: '#3ff23f',
  chartBad: '#ff8080',
  chartWarning: '#ffb900',
  chartBrand: '#1aebff',
  chartNeutral: '#a6a6a6',
  chartTrack: '#000000',
  chartGap: '#000000',
};
/** CSS Color 4 §6.2: what the reader has told the system. */
const forced: OwnColors = {
  rowHover: 'Canvas',
  rowChosen: 'Canvas',
  here: 'Highlight',
  chartGood: 'CanvasText',
  chartBad: 'CanvasText',
  chartWarning: 'LinkText',
  chartBrand: 'Highlight',
  chartNeutral: 'GrayText',
  chartTrack: 'Canvas',
  chartGap: 'Canvas',
};

const themes: Readonly<Record<ShownName, Theme & OwnColors>> = {
  light: { ...webLightTheme, ...light },
  dark: { ...webDarkTheme, ...dark },
  contrast: { ...teamsHighContrastTheme, ...contrast },
};
/** The system's colours stand in place of all but ours, whichever theme was chosen. */
const forcedTheme: Theme & OwnColors = { ...teamsHighContrastTheme, ...forced };

const stored = readPreference('theme');
const chosen = createStore<ThemeName>(themeNames.find((name) => name === stored) ?? 'system');

export function useThemeName(): ThemeName {
  return useStore(chosen);
}

export function setTheme(name: ThemeName): void {
  chosen.set(name);
  writePreference('theme', name);
}

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
const forcesColors = window.matchMedia('(forced-colors: active)');

function subscribe(listener: () => void): () => void {
  for (const query of [prefersDark, forcesColors]) query.addEventListener('change', listener);
  return () => {
    for (const query of [prefersDark, forcesColors]) query.removeEventListener('change', listener);
  };
}

/** Which of the three is shown now. */
export function useShownTheme(): { readonly name: ShownName; readonly theme: Theme } {
  const asked = useThemeName();
  const system = useSyncExternalStore(subscribe, () => (prefersDark.matches ? 'dark' : 'light'));
  const isForced = useSyncExternalStore(subscribe, () => forcesColors.matches);
  const name = isForced ? 'contrast' : asked === 'system' ? system : asked;
  useEffect(() => {
    // Where the system forces its colours it says itself whether they are dark.
    document.documentElement.style.colorScheme = isForced ? 'light dark' : name === 'light' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = name;
  }, [name, isForced]);
  return { name, theme: isForced ? forcedTheme : themes[name] };
}
