/** Everything that can be gone to or done from anywhere, by typing a part of its name. */
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  Input,
  makeStyles,
  mergeClasses,
  Text,
  tokens,
} from '@fluentui/react-components';
import { SearchRegular } from '@fluentui/react-icons';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useState } from 'react';
import { signOut, useMay } from '../api/session.ts';
import { languages, setLanguage, useText } from '../text/text.ts';
import { colors } from '../ui/colors.ts';
import { splitAddress } from '../ui/link.tsx';
import { usePaletteEntries } from './palette-entries.ts';
import { setTheme, themeNames } from './theme.ts';

export type PaletteEntry = {
  readonly key: string;
  readonly title: string;
  readonly group: string;
  readonly keys?: string;
  readonly run: () => void;
};

const useStyles = makeStyles({
  surface: { maxWidth: '560px', padding: tokens.spacingHorizontalM, alignSelf: 'flex-start', marginTop: '12vh' },
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, overflow: 'hidden' },
  list: { maxHeight: '50vh', overflow: 'auto', margin: 0, padding: 0 },
  option: {
    display: 'flex',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    cursor: 'pointer',
  },
  active: { backgroundColor: colors.rowChosen },
  group: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

export function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const styles = useStyles();
  const text = useText();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const entries = useEntries();
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter(({ title, group }) => {
    const all = `${title} ${group}`.toLocaleLowerCase();
    return words.every((word) => all.includes(word));
  });
  const at = Math.min(active, found.length - 1);
  const run = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      const next = (at + step + found.length) % found.length;
      setActive(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className={styles.surface} aria-label={text.shell.palette}>
        <DialogBody>
          <DialogContent className={styles.content}>
            <Input
              autoFocus
              size="large"
              contentBefore={<SearchRegular />}
              placeholder={text.shell.palette}
              aria-label={text.shell.palette}
              role="combobox"
              aria-expanded
              aria-controls={list}
              aria-activedescendant={found.length > 0 ? `${list}-${at}` : undefined}
              value={typed}
              onChange={(_, { value }) => {
                setTyped(value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
            />
            {found.length === 0 && <Text>{text.shell.paletteEmpty}</Text>}
            <div id={list} role="listbox" aria-label={text.shell.palette} className={styles.list} tabIndex={-1}>
              {found.map((entry, index) => (
                <div
                  key={entry.key}
                  id={`${list}-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === at}
                  className={mergeClasses(styles.option, index === at && styles.active)}
                  onMouseMove={() => setActive(index)}
                  onClick={() => run(entry)}
                >
                  <span>{entry.title}</span>
                  <span className={styles.group}>{entry.keys ?? entry.group}</span>
                </div>
              ))}
            </div>
            <Text size={200} className={styles.group}>
              {text.shell.paletteHint}
            </Text>
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function useEntries(): readonly PaletteEntry[] {
  const text = useText();
  const may = useMay();
  const navigate = useNavigate();
  const go = (to: string) => void navigate(splitAddress(to) as { to: string });
  const pages = usePaletteEntries()
    .filter(({ permissions }) => permissions.length === 0 || permissions.some(may))
    .map(
      ({ title, to, keys }): PaletteEntry => ({
        key: to,
        title,
        group: text.shell.palettePages,
        ...(keys !== undefined && { keys }),
        run: () => go(to),
      }),
    );
  const group = text.shell.paletteActions;
  const themes = themeNames.map(
    (name): PaletteEntry => ({
      key: `theme-${name}`,
      title: `${text.shell.theme}: ${text.shell.themes[name]}`,
      group,
      run: () => setTheme(name),
    }),
  );
  const tongues = Object.entries(languages).map(
    ([language, title]): PaletteEntry => ({
      key: `language-${language}`,
      title: `${text.shell.languageMenu}: ${title}`,
      group,
      run: () => void setLanguage(language as keyof typeof languages),
    }),
  );
  const out: PaletteEntry = { key: 'sign-out', title: text.shell.signOut, group, run: () => void signOut() };
  return [...pages, ...themes, ...tongues, out];
}
