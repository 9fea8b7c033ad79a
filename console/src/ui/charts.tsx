/**
 * Charts of our own SVG: they are small, follow the theme, and every bar is a link to the rows behind it. Whoever does not
 * see them reads the same numbers as a table, which everybody may switch to.
 */
import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { DataBarVerticalRegular, TableSimpleRegular } from '@fluentui/react-icons';
import { type ReactNode, useState } from 'react';
import { useLanguage, useText } from '../text/text.ts';
import { Link } from './link.tsx';

export type Shade = 'good' | 'bad' | 'warning' | 'brand' | 'neutral';

export type Series = { readonly key: string; readonly title: string; readonly shade: Shade };

/** One bar of a chart over time. */
export type Bar = {
  readonly key: string;
  readonly title: string;
  /** By the key of its series. */
  readonly values: Readonly<Record<string, number>>;
  /** Where the rows behind it are. */
  readonly to?: string;
};

const useStyles = makeStyles({
  figure: { margin: 0, display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, minWidth: 0 },
  caption: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalM },
  legend: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    fontSize: tokens.fontSizeBase200,
  },
  swatch: { width: '12px', height: '12px', borderRadius: '2px', display: 'inline-block' },
  toggle: { marginLeft: 'auto' },
  plot: { display: 'flex', alignItems: 'stretch', gap: tokens.spacingHorizontalS, height: '180px' },
  axis: {
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'space-between',
    textAlign: 'right',
    fontSize: tokens.fontSizeBase100,
    color: tokens.colorNeutralForeground3,
    minWidth: '24px',
  },
  bars: {
    flex: '1 1 auto',
    display: 'flex',
    alignItems: 'stretch',
    gap: 'min(3px, 0.4%)',
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
    minWidth: 0,
  },
  column: {
    flex: '1 1 0',
    minWidth: 0,
    display: 'flex',
    flexDirection: 'column',
    justifyContent: 'flex-end',
    textDecorationLine: 'none',
    borderRadius: '2px',
    ':hover': { backgroundColor: tokens.colorNeutralBackground1Hover, textDecorationLine: 'none' },
  },
  ends: {
    display: 'flex',
    justifyContent: 'space-between',
    fontSize: tokens.fontSizeBase100,
    color: tokens.colorNeutralForeground3,
    paddingLeft: '32px',
  },
  good: { backgroundColor: tokens.colorPaletteGreenBackground3 },
  bad: {
    backgroundColor: tokens.colorPaletteRedBackground3,
    backgroundImage: `repeating-linear-gradient(45deg, transparent 0 3px, ${tokens.colorNeutralBackground1} 3px 4px)`,
  },
  warning: { backgroundColor: tokens.colorPaletteDarkOrangeBackground3 },
  brand: { backgroundColor: tokens.colorBrandBackground },
  neutral: { backgroundColor: tokens.colorNeutralStroke1 },
  table: {
    borderCollapse: 'collapse',
    fontSize: tokens.fontSizeBase200,
    '& th, & td': {
      textAlign: 'left',
      padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXXS} 0`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    },
    '& td + td, & th + th': { textAlign: 'right' },
  },
  tableBox: { maxHeight: '260px', overflow: 'auto' },
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
  track: { height: '8px', borderRadius: '4px', backgroundColor: tokens.colorNeutralBackground5, overflow: 'hidden' },
  fill: { height: '100%', borderRadius: '4px', minWidth: '2px' },
  state: {
    display: 'flex',
    height: '10px',
    borderRadius: '5px',
    overflow: 'hidden',
    gap: '1px',
    minWidth: '60px',
    backgroundColor: tokens.colorNeutralBackground5,
  },
  empty: { color: tokens.colorNeutralForeground3, padding: `${tokens.spacingVerticalL} 0` },
});

/** A round number at or above. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

/** Stacked columns over time. `label`: what it shows, as a sentence without its full stop. */
export function ColumnChart({
  label,
  series,
  bars,
}: {
  readonly label: string;
  readonly series: readonly Series[];
  readonly bars: readonly Bar[];
}) {
  const styles = useStyles();
  const text = useText();
  const language = useLanguage();
  const [asTable, setAsTable] = useState(false);
  const number = new Intl.NumberFormat(language);
  const totals = bars.map((bar) => series.reduce((sum, { key }) => sum + (bar.values[key] ?? 0), 0));
  const highest = Math.max(0, ...totals);
  const top = roundUp(highest);
  const told = (bar: Bar) =>
    `${bar.title}: ${series.map(({ key, title }) => `${title} ${number.format(bar.values[key] ?? 0)}`).join(', ')}`;
  return (
    <figure className={styles.figure} aria-label={label}>
      <figcaption className={styles.caption}>
        {series.map(({ key, title, shade }) => (
          <span key={key} className={styles.legend}>
            <span className={mergeClasses(styles.swatch, styles[shade])} aria-hidden />
            {title}
          </span>
        ))}
        <TableToggle asTable={asTable} onChange={setAsTable} />
      </figcaption>
      {highest === 0 && !asTable && <div className={styles.empty}>{text.chart.nothing}</div>}
      {highest > 0 && !asTable && (
        <div>
          <div className={styles.plot}>
            <div className={styles.axis} aria-hidden>
              <span>{number.format(top)}</span>
              <span>{number.format(top / 2)}</span>
              <span>{number.format(0)}</span>
            </div>
            <div className={styles.bars}>
              {bars.map((bar) => {
                const stack = [...series]
                  .reverse()
                  .map(({ key, shade }) => (
                    <span
                      key={key}
                      className={styles[shade]}
                      style={{ height: `${((bar.values[key] ?? 0) / top) * 100}%`, display: 'block' }}
                      aria-hidden
                    />
                  ));
                return bar.to === undefined ? (
                  <span key={bar.key} className={styles.column} title={told(bar)}>
                    {stack}
                  </span>
                ) : (
                  <span key={bar.key} title={told(bar)} style={{ display: 'contents' }}>
                    <Link to={bar.to} className={styles.column} aria-label={told(bar)}>
                      {stack}
                    </Link>
                  </span>
                );
              })}
            </div>
          </div>
          <div className={styles.ends} aria-hidden>
            <span>{bars[0]?.title}</span>
            <span>{bars.at(-1)?.title}</span>
          </div>
        </div>
      )}
      {asTable && (
        <div className={styles.tableBox} tabIndex={0} role="region" aria-label={label}>
          <table className={styles.table}>
            <thead>
              <tr>
                <td />
                {series.map(({ key, title }) => (
                  <th key={key} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars.map((bar) => (
                <tr key={bar.key}>
                  <th scope="row">{bar.to === undefined ? bar.title : <Link to={bar.to}>{bar.title}</Link>}</th>
                  {series.map(({ key }) => (
                    <td key={key}>{number.format(bar.values[key] ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}

function TableToggle({ asTable, onChange }: { readonly asTable: boolean; readonly onChange: (on: boolean) => void }) {
  const styles = useStyles();
  const text = useText();
  return (
    <Button
      className={styles.toggle}
      size="small"
      appearance="subtle"
      icon={asTable ? <DataBarVerticalRegular /> : <TableSimpleRegular />}
      onClick={() => onChange(!asTable)}
    >
      {asTable ? text.chart.asChart : text.chart.asTable}
    </Button>
  );
}

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
                className={mergeClasses(styles.fill, styles[shade])}
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

export type Part = { readonly key: string; readonly title: string; readonly value: number; readonly shade: Shade };

/** A small bar of parts for a row of a list; its text says the numbers. */
export function StateBar({ parts }: { readonly parts: readonly Part[] }) {
  const styles = useStyles();
  const language = useLanguage();
  const text = useText();
  const number = new Intl.NumberFormat(language);
  const there = parts.filter(({ value }) => value > 0);
  const told = there.map(({ title, value }) => `${title} ${number.format(value)}`).join(', ') || text.words.none;
  return (
    <span className={styles.state} role="img" aria-label={told} title={told}>
      {there.map(({ key, value, shade }) => (
        <span key={key} className={styles[shade]} style={{ flex: `${value} 0 4px` }} />
      ))}
    </span>
  );
}

/** How a whole divides: a ring with the sum in its middle, and a list of links beside it. */
export function Donut({
  label,
  parts,
}: {
  readonly label: string;
  readonly parts: readonly (Part & { readonly to?: string })[];
}) {
  const language = useLanguage();
  const number = new Intl.NumberFormat(language);
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  const styles = useRingStyles();
  const around = 2 * Math.PI * 40;
  let begun = 0;
  return (
    <figure className={styles.figure} aria-label={label}>
      <svg viewBox="0 0 100 100" className={styles.ring} aria-hidden focusable="false">
        <title>{label}</title>
        <circle cx="50" cy="50" r="40" className={styles.ground} />
        {parts.map(({ key, value, shade }) => {
          const length = total === 0 ? 0 : (value / total) * around;
          const arc = (
            <circle
              key={key}
              cx="50"
              cy="50"
              r="40"
              className={mergeClasses(styles.arc, styles[shade])}
              strokeDasharray={`${length < around ? Math.max(0, length - 1) : around} ${around}`}
              strokeDashoffset={-begun}
            />
          );
          begun += length;
          return length > 0 ? arc : null;
        })}
        <text x="50" y="56" textAnchor="middle" className={styles.sum}>
          {number.format(total)}
        </text>
      </svg>
      <ul className={styles.list}>
        {parts.map(({ key, title, value, shade, to }) => (
          <li key={key} className={styles.item}>
            <span className={mergeClasses(styles.swatch, styles[`${shade}Swatch`])} aria-hidden />
            <span>{to === undefined ? title : <Link to={to}>{title}</Link>}</span>
            <strong className={styles.number}>{number.format(value)}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}

const useRingStyles = makeStyles({
  figure: { margin: 0, display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalXL },
  ring: { width: '140px', height: '140px', transform: 'rotate(0deg)' },
  ground: { fill: 'none', stroke: tokens.colorNeutralBackground5, strokeWidth: '12px' },
  arc: { fill: 'none', strokeWidth: '12px', transform: 'rotate(-90deg)', transformOrigin: '50px 50px' },
  good: { stroke: tokens.colorPaletteGreenBackground3 },
  bad: { stroke: tokens.colorPaletteRedBackground3 },
  warning: { stroke: tokens.colorPaletteDarkOrangeBackground3 },
  brand: { stroke: tokens.colorBrandBackground },
  neutral: { stroke: tokens.colorNeutralStroke1 },
  sum: { fill: tokens.colorNeutralForeground1, fontSize: '18px', fontWeight: 600 },
  list: { listStyleType: 'none', margin: 0, padding: 0, flex: '1 1 160px', minWidth: 0 },
  item: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} 0`,
  },
  number: { marginLeft: 'auto', fontVariantNumeric: 'tabular-nums' },
  swatch: { width: '12px', height: '12px', borderRadius: '2px', flexShrink: 0 },
  goodSwatch: { backgroundColor: tokens.colorPaletteGreenBackground3 },
  badSwatch: { backgroundColor: tokens.colorPaletteRedBackground3 },
  warningSwatch: { backgroundColor: tokens.colorPaletteDarkOrangeBackground3 },
  brandSwatch: { backgroundColor: tokens.colorBrandBackground },
  neutralSwatch: { backgroundColor: tokens.colorNeutralStroke1 },
});
