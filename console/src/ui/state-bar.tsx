import { makeStyles } from '@fluentui/react-components';
import { useLanguage, useText } from '../text/text.ts';
import { colors } from './colors.ts';
import { type Part, useShades } from './shades.ts';

const useStyles = makeStyles({
  state: {
    display: 'flex',
    height: '10px',
    borderRadius: '5px',
    overflow: 'hidden',
    gap: '1px',
    minWidth: '60px',
    backgroundColor: colors.chartTrack,
  },
});

/** A small bar of parts for a row of a list; its text says the numbers. */
export function StateBar({ parts }: { readonly parts: readonly Part[] }) {
  const styles = useStyles();
  const shades = useShades();
  const language = useLanguage();
  const text = useText();
  const number = new Intl.NumberFormat(language);
  const there = parts.filter(({ value }) => value > 0);
  const told = there.map(({ title, value }) => `${title} ${number.format(value)}`).join(', ') || text.words.none;
  return (
    <span className={styles.state} role="img" aria-label={told} title={told}>
      {there.map(({ key, value, shade }) => (
        <span key={key} className={shades[shade]} style={{ flex: `${value} 0 4px` }} />
      ))}
    </span>
  );
}
