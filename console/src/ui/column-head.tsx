import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ArrowDownRegular, ArrowUpRegular } from '@fluentui/react-icons';
import { useText } from '../text/text.ts';
import type { Column } from './column.ts';

const useStyles = makeStyles({
  cell: { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  headCell: { minWidth: 0, fontWeight: tokens.fontWeightSemibold },
  sortButton: {
    padding: 0,
    minWidth: 0,
    justifyContent: 'flex-start',
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightSemibold,
  },
});

/** The head of a list's column; sorts by it where the route can. `order`: undefined when another column has it. */
export function ColumnHead<Item>({
  column,
  order,
  onSort,
}: {
  readonly column: Column<Item>;
  readonly order: 'asc' | 'desc' | undefined;
  readonly onSort: (by: string, order: 'asc' | 'desc') => void;
}) {
  const styles = useStyles();
  const text = useText();
  const { sort, title } = column;
  if (sort === undefined)
    return (
      <div role="columnheader" className={mergeClasses(styles.headCell, styles.cell)}>
        {title}
      </div>
    );
  const next = order === undefined ? sort.first : order === 'asc' ? 'desc' : 'asc';
  return (
    <div
      role="columnheader"
      className={styles.headCell}
      aria-sort={order === undefined ? 'none' : order === 'asc' ? 'ascending' : 'descending'}
    >
      <Button
        appearance="transparent"
        size="small"
        className={styles.sortButton}
        title={`${text.list.sortBy(title)}, ${next === 'asc' ? text.list.ascending : text.list.descending}`}
        iconPosition="after"
        icon={order === undefined ? undefined : order === 'asc' ? <ArrowUpRegular /> : <ArrowDownRegular />}
        onClick={() => onSort(sort.by, next)}
      >
        {title}
      </Button>
    </div>
  );
}
