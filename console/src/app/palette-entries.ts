import { useText } from '../text/text.ts';
import { navigation } from './pages.ts';

export type PaletteTarget = {
  readonly title: string;
  readonly to: string;
  readonly keys?: string;
  /** Any of these shows it; empty: everybody. */
  readonly permissions: readonly string[];
};

/** Where the palette leads: the pages of the navigation, and what lies deeper and is wanted often. */
export function usePaletteEntries(): readonly PaletteTarget[] {
  const text = useText();
  return [
    ...navigation.map(({ name, to, shortcut, permissions }) => ({
      title: text.navigation[name],
      to,
      keys: `g ${shortcut}`,
      permissions,
    })),
    { title: text.directoryImport.title, to: '/import', permissions: ['directory.write'] },
    { title: text.shell.account, to: '/account', permissions: [] },
  ];
}
