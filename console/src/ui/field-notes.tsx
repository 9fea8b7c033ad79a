/**
 * What is known of a form's fields beside whether they may be sent: warnings, advice, and ways to mend them. A form puts them
 * around its fields with `FieldNotesProvider`; fields look up their own by name.
 */
import { Button, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { ErrorCircle16Filled, Info16Regular, Warning16Filled } from '@fluentui/react-icons';
import { createContext, type ReactElement, useContext } from 'react';
import { useText } from '../text/text.ts';

export type FieldNote = {
  readonly tone: 'error' | 'warning' | 'information';
  readonly text: string;
  readonly fix: string | null;
  readonly mends: readonly {
    readonly label: string;
    /** What comes of it; null: still wrong. */
    readonly preview: string | null;
    readonly apply: () => void;
  }[];
};

const Notes = createContext<ReadonlyMap<string, readonly FieldNote[]>>(new Map());

/** By the name of the field. */
export const FieldNotesProvider = Notes.Provider;

const none: readonly FieldNote[] = [];

export function useFieldNotes(name: string): readonly FieldNote[] {
  return useContext(Notes).get(name) ?? none;
}

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalXS },
  note: { display: 'flex', gap: tokens.spacingHorizontalXS, alignItems: 'start', overflowWrap: 'anywhere' },
  body: { flex: '1 1 0', minWidth: 0 },
  icon: { flex: 'none' },
  error: { color: tokens.colorPaletteRedForeground1 },
  warning: { color: tokens.colorPaletteDarkOrangeForeground1 },
  information: { color: tokens.colorNeutralForeground3 },
  mends: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, marginTop: tokens.spacingVerticalXS },
  preview: { fontFamily: tokens.fontFamilyMonospace },
});

const icons: Readonly<Record<FieldNote['tone'], ReactElement>> = {
  error: <ErrorCircle16Filled />,
  warning: <Warning16Filled />,
  information: <Info16Regular />,
};

export function FieldNotes({ notes }: { readonly notes: readonly FieldNote[] }) {
  const styles = useStyles();
  const text = useText();
  if (notes.length === 0) return null;
  return (
    <ul className={styles.list}>
      {notes.map(({ tone, text: said, fix, mends }) => (
        <li key={`${tone} ${said}`} className={styles.note}>
          <span className={mergeClasses(styles.icon, styles[tone])} role="img" aria-label={text.words.tones[tone]}>
            {icons[tone]}
          </span>
          <div className={styles.body}>
            <span className={tone === 'error' ? styles.error : undefined}>{said}</span> {fix}
            {mends.length > 0 && (
              <div className={styles.mends}>
                {mends.map(({ label, preview, apply }) => (
                  <div key={label}>
                    <Button size="small" onClick={apply}>
                      {label}
                    </Button>{' '}
                    {preview !== null && (
                      <Text size={200} className={styles.preview}>
                        {preview}
                      </Text>
                    )}
                  </div>
                ))}
              </div>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** For Fluent's `Field`: its own fault, then the notes. */
export function useFieldMessage(name: string, fault?: string) {
  const notes = useFieldNotes(name);
  const wrong = fault !== undefined || notes.some(({ tone }) => tone === 'error');
  if (notes.length === 0) return { validationMessage: fault };
  return {
    validationState: wrong ? ('error' as const) : ('none' as const),
    validationMessageIcon: null,
    validationMessage: {
      role: undefined,
      'aria-live': 'polite' as const,
      children: (
        <FieldNotes
          notes={fault === undefined ? notes : [{ tone: 'error', text: fault, fix: null, mends: [] }, ...notes]}
        />
      ),
    },
  };
}
