import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { LockClosedRegular } from '@fluentui/react-icons';
import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Loaded } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  item: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 3fr) minmax(0, 2fr)',
    columnGap: tokens.spacingHorizontalL,
    alignItems: 'baseline',
    padding: `${tokens.spacingVerticalS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    overflowWrap: 'anywhere',
    '@media (max-width: 760px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  name: { display: 'flex', flexDirection: 'column' },
  source: { color: tokens.colorNeutralForeground3, display: 'flex', gap: tokens.spacingHorizontalXS },
  variable: { color: tokens.colorNeutralForeground3, fontFamily: tokens.fontFamilyMonospace },
});

/** What only the machine's environment decides: shown, and locked. */
export function EnvironmentSettings() {
  const styles = useStyles();
  const words = useText().administration;
  const settings = useRead('GET /api/v1/settings');
  return (
    <Section title={words.environment}>
      <Text>{words.environmentHint}</Text>
      <Loaded query={settings}>
        {({ environment }) => (
          <ul className={styles.list}>
            {environment.map(({ variable, value, source, meaning }) => (
              <li key={variable} className={styles.item}>
                <span className={styles.name}>
                  <span>{words.variables[variable] ?? meaning}</span>
                  <Text size={200} className={styles.variable}>
                    {variable}
                  </Text>
                </span>
                <span>{value === null ? words.noValue : <Copyable value={value} what={variable} />}</span>
                <span className={styles.source}>
                  {source === 'environment' && <LockClosedRegular aria-hidden />}
                  {words.sources[source]}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  );
}
