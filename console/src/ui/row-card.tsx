import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { Column } from './column.ts';

const useStyles = makeStyles({
  cardMain: { flex: '1 1 auto', minWidth: 0, display: 'flex', flexDirection: 'column', gap: '2px' },
  cardLine: {
    display: 'flex',
    gap: tokens.spacingHorizontalS,
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    overflow: 'hidden',
    whiteSpace: 'nowrap',
  },
  cardTitle: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  // The last one gives way first: it is the longest as a rule.
  cardPart: { flexShrink: 0, maxWidth: '55%', ':last-child': { flexShrink: 1, maxWidth: '100%' } },
  cardEnd: { flexShrink: 0, maxWidth: '45%' },
});

/** A row of a list on a narrow screen: what its columns say for that. */
export function RowCard<Item>({
  item,
  columns,
  cellOf,
}: {
  readonly item: Item;
  readonly columns: readonly Column<Item>[];
  readonly cellOf: (column: Column<Item>, item: Item) => ReactNode;
}) {
  const styles = useStyles();
  const title = columns.find(({ card }) => card === 'title') ?? columns[0];
  const lines = columns.filter(({ card }) => card === 'line');
  const end = columns.find(({ card }) => card === 'end');
  return (
    <>
      <div role="cell" className={styles.cardMain}>
        <div className={styles.cardTitle}>{title && cellOf(title, item)}</div>
        <div className={styles.cardLine}>
          {lines.map((column) => (
            <span key={column.key} className={mergeClasses(styles.cardTitle, styles.cardPart)}>
              {column.cell(item)}
            </span>
          ))}
        </div>
      </div>
      {end && (
        <div role="cell" className={styles.cardEnd}>
          {end.cell(item)}
        </div>
      )}
    </>
  );
}
