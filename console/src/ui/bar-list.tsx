import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useLanguage, useText } from '../text/text.ts';
import { colors } from './colors.ts';
import { Link } from './link.tsx';
import { type Shade, useShades } from './shades.ts';

const useStyles = makeStyles({
  rows: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    listStyleType: 'none',
    margin: 0,
    padding: 0,
  },
  rowTop: { display: 'flex', gap: tokens.spacingHorizontalS, justifyContent: 'space-between', alignItems: 'baseline' },
  rowTitle: { minWidth: 0, overflowWrap: 'anywhere' },
  rowNumber: { fontVariantNumeric: 'tabular-nums', fontWeight: tokens.fontWeightSemibold },
  track: { height: '8px', borderRadius: '4px', backgroundColor: colors.chartTrack, overflow: 'hidden' },
  fill: { height: '100%', borderRadius: '4px', minWidth: '2px' },
  empty: { color: tokens.colorNeutralForeground3, padding: `${tokens.spacingVerticalL} 0` },
});

export type Row = {
  readonly key: string;
  readonly title: ReactNode;
  readonly value: number;
  /** Shown for the number: “10,000+”. */
  readonly shown?: string;
  readonly shade?: Shade;
  readonly to?: string;
  readonly hint?: ReactNode;
};

/** Bars lying down, each with its name and number: reads as a list, so it needs no other text. */
export function BarList({ label, rows }: { readonly label: string; readonly rows: readonly Row[] }) {
  const styles = useStyles();
  const shades = useShades();
  const language = useLanguage();
  const text = useText();
  const number = new Intl.NumberFormat(language);
  const highest = Math.max(1, ...rows.map(({ value }) => value));
  if (rows.length === 0) return <div className={styles.empty}>{text.chart.nothing}</div>;
  return (
    <ul className={styles.rows} aria-label={label}>
      {rows.map(({ key, title, value, shown, shade = 'brand', to, hint }) => (
        <li key={key}>
          <div className={styles.rowTop}>
            <span className={styles.rowTitle}>{to === undefined ? title : <Link to={to}>{title}</Link>}</span>
            <span className={styles.rowNumber}>{shown ?? number.format(value)}</span>
          </div>
          <div className={styles.track} aria-hidden>
            {value > 0 && (
              <div
                className={mergeClasses(styles.fill, shades[shade])}
                style={{ width: `${(value / highest) * 100}%` }}
              />
            )}
          </div>
          {hint}
        </li>
      ))}
    </ul>
  );
}
