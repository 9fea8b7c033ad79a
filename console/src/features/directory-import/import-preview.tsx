import { Button, makeStyles, Tab, TabList, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { Answer } from '../../api/call.ts';
import { useText } from '../../text/text.ts';
import { Section } from '../../ui/section.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { type ImportKind, importKinds } from './chosen-file.ts';
import { changed, ImportCounts } from './import-counts.tsx';

type Plan = Answer<'POST /api/v1/directory/import'>;
type Change = Plan['changes'][number];

const tones: Readonly<Record<Change['change'], Tone>> = { created: 'good', updated: 'information', removed: 'bad' };

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, maxHeight: '50vh', overflow: 'auto' },
  item: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalM,
    alignItems: 'baseline',
    padding: `${tokens.spacingVerticalXS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    overflowWrap: 'anywhere',
  },
  badge: { flex: '0 0 110px' },
  name: { flex: '1 1 200px', minWidth: 0 },
  fields: { flex: '2 1 280px', minWidth: 0, color: tokens.colorNeutralForeground2 },
  tabs: { overflowX: 'auto' },
});

/** What is added, changed and removed, before anything happens. */
export function ImportPreview({ plan, onImport }: { readonly plan: Plan; readonly onImport: () => void }) {
  const styles = useStyles();
  const words = useText().directoryImport;
  const { counts, changes } = plan;
  const total = changed(counts);
  const kinds = importKinds.filter((kind) => changes.some((change) => change.kind === kind));
  const [chosen, setChosen] = useState<ImportKind | null>(null);
  const kind = chosen !== null && kinds.includes(chosen) ? chosen : (kinds[0] ?? null);
  const shown = changes.filter((change) => change.kind === kind);
  const { created = 0, updated = 0, pruned = 0 } = kind === null ? {} : counts[kind];
  return (
    <Section
      title={words.previewTitle}
      actions={
        total > 0 && (
          <Button appearance="primary" onClick={onImport}>
            {words.importNow(total)}
          </Button>
        )
      }
    >
      <Text>{total === 0 ? words.nothing : words.previewHint}</Text>
      <ImportCounts counts={counts} />
      {kind !== null && (
        <>
          <TabList
            className={styles.tabs}
            selectedValue={kind}
            onTabSelect={(_, { value }) => setChosen(value as ImportKind)}
          >
            {kinds.map((each) => (
              <Tab key={each} value={each}>
                {words.kinds[each]}
              </Tab>
            ))}
          </TabList>
          <ul className={styles.list} tabIndex={0} aria-label={words.kinds[kind]}>
            {shown.map((change, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change
              <li key={at} className={styles.item}>
                <span className={styles.badge}>
                  <StatusBadge tone={tones[change.change]}>{words.changes[change.change]}</StatusBadge>
                </span>
                <span className={styles.name}>
                  {change.member === null ? change.name : words.memberOf(change.member.name, change.name)}
                </span>
                <span className={styles.fields}>
                  {change.fields.map(({ field, before, after }) => (
                    <div key={field}>{words.field(field, said(before), said(after))}</div>
                  ))}
                </span>
              </li>
            ))}
          </ul>
          {shown.length < created + updated + pruned && <Text>{words.firstChanges(shown.length)}</Text>}
        </>
      )}
    </Section>
  );
}

function said(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
