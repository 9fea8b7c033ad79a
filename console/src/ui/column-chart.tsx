/**
 * Charts are our own SVG and boxes: they are small, follow the theme, and every bar is a link to the rows behind it. Whoever
 * does not see them reads the same numbers as a table, which everybody may switch to.
 */
import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { DataBarVerticalRegular, TableSimpleRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { useLanguage, useText } from '../text/text.ts';
import { colors } from './colors.ts';
import { Link } from './link.tsx';
import { type Shade, useShades } from './shades.ts';

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
    ':hover': { backgroundColor: colors.rowHover, textDecorationLine: 'none' },
  },
  ends: {
    display: 'flex',
    justifyContent: 'space-between',
    fontSize: tokens.fontSizeBase100,
    color: tokens.colorNeutralForeground3,
    paddingLeft: '32px',
  },
  table: {
    borderCollapse: 'collapse',
    fontSize: tokens.fontSizeBase200,
    '& th, & td': {
      textAlign: 'left',
      padding: `${tokens.spacingVerticalXXS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXXS} 0`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    },
    '& td, & th[scope=col]': { textAlign: 'right' },
  },
  tableBox: { maxHeight: '260px', overflow: 'auto' },
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
  const shades = useShades();
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
            <span className={mergeClasses(styles.swatch, shades[shade])} aria-hidden />
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
              {top % 2 === 0 && <span>{number.format(top / 2)}</span>}
              <span>{number.format(0)}</span>
            </div>
            <div className={styles.bars}>
              {bars.map((bar) => {
                const stack = [...series]
                  .reverse()
                  .map(({ key, shade }) => (
                    <span
                      key={key}
                      className={shades[shade]}
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
