import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { CheckmarkCircle20Filled, ErrorCircle20Filled } from '@fluentui/react-icons';
import { useText } from '../text/text.ts';

export type Step = {
  readonly key: string;
  readonly title: string;
  /** `wrong`: something in it must be mended. */
  readonly state?: 'done' | 'wrong';
};

/** Heard, not seen. */
const unseen = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  clipPath: 'inset(50%)',
  overflow: 'hidden',
  whiteSpace: 'nowrap',
} as const;

const useStyles = makeStyles({
  list: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalXS}`,
    listStyleType: 'none',
    margin: 0,
    padding: 0,
  },
  step: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    minHeight: '36px',
    padding: `0 ${tokens.spacingHorizontalM} 0 ${tokens.spacingHorizontalS}`,
    border: '1px solid transparent',
    borderRadius: tokens.borderRadiusCircular,
    background: 'none',
    color: tokens.colorNeutralForeground2,
    font: 'inherit',
    cursor: 'pointer',
    ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  here: {
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorNeutralForeground1,
    fontWeight: tokens.fontWeightSemibold,
  },
  number: {
    display: 'inline-flex',
    alignItems: 'center',
    justifyContent: 'center',
    width: '20px',
    height: '20px',
    borderRadius: tokens.borderRadiusCircular,
    backgroundColor: tokens.colorNeutralBackground5,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground1,
  },
  numberHere: { backgroundColor: tokens.colorBrandBackground, color: tokens.colorNeutralForegroundOnBrand },
  done: { color: tokens.colorPaletteGreenForeground1, display: 'inline-flex' },
  wrong: { color: tokens.colorPaletteRedForeground1, display: 'inline-flex' },
  // On a phone the numbers tell the way; only where one is has its name.
  title: { '@media (max-width: 640px)': unseen },
  titleHere: { '@media (max-width: 640px)': { position: 'static', width: 'auto', height: 'auto', clipPath: 'none' } },
  unseen,
});

/** The steps of a longer form, each to be gone to at any time. */
export function Steps({
  label,
  steps,
  current,
  onSelect,
}: {
  readonly label: string;
  readonly steps: readonly Step[];
  readonly current: string;
  readonly onSelect: (key: string) => void;
}) {
  const styles = useStyles();
  const { words } = useText();
  return (
    <nav aria-label={label}>
      <ol className={styles.list}>
        {steps.map(({ key, title, state }, i) => {
          const here = key === current;
          return (
            <li key={key}>
              <button
                type="button"
                className={mergeClasses(styles.step, here && styles.here)}
                aria-current={here ? 'step' : undefined}
                onClick={() => onSelect(key)}
              >
                {state === 'wrong' ? (
                  <ErrorCircle20Filled className={styles.wrong} aria-hidden />
                ) : state === 'done' && !here ? (
                  <CheckmarkCircle20Filled className={styles.done} aria-hidden />
                ) : (
                  <span className={mergeClasses(styles.number, here && styles.numberHere)} aria-hidden>
                    {i + 1}
                  </span>
                )}
                <span className={mergeClasses(styles.title, here && styles.titleHere)}>{title}</span>
                {state !== undefined && <span className={styles.unseen}>{words.stepStates[state]}</span>}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
