import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import {
  CheckmarkCircleFilled,
  CircleHintRegular,
  ClockRegular,
  DismissCircleFilled,
  InfoFilled,
  WarningFilled,
} from '@fluentui/react-icons';
import type { ComponentType } from 'react';

/** `waiting`: under way; `neutral`: neither good nor bad, such as what has ended as it should. */
export type Tone = 'good' | 'bad' | 'warning' | 'waiting' | 'information' | 'neutral';

const icons: Readonly<Record<Tone, ComponentType<{ className?: string; 'aria-hidden'?: true }>>> = {
  good: CheckmarkCircleFilled,
  bad: DismissCircleFilled,
  warning: WarningFilled,
  waiting: ClockRegular,
  information: InfoFilled,
  neutral: CircleHintRegular,
};

const useStyles = makeStyles({
  root: {
    display: 'inline-flex',
    alignItems: 'center',
    verticalAlign: 'middle',
    maxWidth: '100%',
    gap: tokens.spacingHorizontalXS,
    minWidth: 0,
  },
  icon: { flexShrink: 0, fontSize: tokens.fontSizeBase400 },
  text: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  good: { color: tokens.colorPaletteGreenForeground1 },
  bad: { color: tokens.colorPaletteRedForeground1 },
  warning: { color: tokens.colorPaletteDarkOrangeForeground1 },
  waiting: { color: tokens.colorBrandForeground1 },
  information: { color: tokens.colorBrandForeground1 },
  neutral: { color: tokens.colorNeutralForeground3 },
});

/** A state: an icon of its own for each tone beside the word, so that nobody needs the colour. */
export function StatusBadge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  const styles = useStyles();
  const Icon = icons[tone];
  return (
    <span className={styles.root}>
      <Icon className={mergeClasses(styles.icon, styles[tone])} aria-hidden />
      <span className={styles.text}>{children}</span>
    </span>
  );
}
