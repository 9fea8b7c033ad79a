import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useLanguage } from '../text/text.ts';
import { colors } from './colors.ts';
import { Link } from './link.tsx';
import { type Part, useShades, useStrokes } from './shades.ts';

const useStyles = makeStyles({
  figure: { margin: 0, display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalXL },
  ring: { width: '140px', height: '140px', transform: 'rotate(0deg)' },
  ground: { fill: 'none', stroke: colors.chartTrack, strokeWidth: '12px' },
  arc: { fill: 'none', strokeWidth: '12px', transform: 'rotate(-90deg)', transformOrigin: '50px 50px' },
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
});

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
  const styles = useStyles();
  const shades = useShades();
  const strokes = useStrokes();
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
              className={mergeClasses(styles.arc, strokes[shade])}
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
            <span className={mergeClasses(styles.swatch, shades[shade])} aria-hidden />
            <span>{to === undefined ? title : <Link to={to}>{title}</Link>}</span>
            <strong className={styles.number}>{number.format(value)}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}
