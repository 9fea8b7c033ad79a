/**
 * A list of any length: pages of 50 by the server's cursor, fetched as they come near; only what can be seen is drawn.
 * Filters, search and order stand in the address. On narrow screens a row is a card of what its columns say for that.
 */
import { Button, Checkbox, Link, makeStyles, mergeClasses, Spinner, Text, tokens } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Input } from '../api/call.ts';
import { type ItemOf, type Listing, usePages } from '../api/queries.ts';
import { useText } from '../text/text.ts';
import { colors } from './colors.ts';
import type { Column } from './column.ts';
import { ColumnHead } from './column-head.tsx';
import { type Filter, FilterBar } from './filter-bar.tsx';
import { ProblemBar } from './problem-bar.tsx';
import { RowCard } from './row-card.tsx';
import { useChosenColumns } from './use-chosen-columns.tsx';
import { useFilters } from './use-filters.ts';
import { useWindow } from './use-window.ts';

export type { Column };

export type Selection<Item> = {
  /** The bar of what can be done with those. */
  readonly actions: (selected: readonly Item[], clear: () => void) => ReactNode;
  readonly nameOf: (item: Item) => string;
};

export type DataListProps<R extends Listing> = {
  /** For the choice of columns, which this browser keeps. */
  readonly name: string;
  readonly label: string;
  readonly route: R;
  /** Without what the address bar holds: that is added by the names of `filters`, `search`, `sort` and `order`. */
  readonly input?: Partial<Input<R>>;
  readonly columns: readonly Column<ItemOf<R>>[];
  readonly rowKey: (item: ItemOf<R>) => string;
  readonly filters?: readonly Filter[];
  /** Placeholder of the search box; absent: the route has no search. */
  readonly search?: string;
  readonly defaultSort?: { readonly by: string; readonly order: 'asc' | 'desc' };
  readonly onOpen?: (item: ItemOf<R>) => void;
  readonly selection?: Selection<ItemOf<R>>;
  /** When nothing is there at all, without any filter. */
  readonly empty?: ReactElement;
  /** Beside the filters: export and the like. */
  readonly tools?: ReactNode;
};

const rowHeight = { wide: 44, narrow: 76 } as const;
const headHeight = 40;

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', minHeight: 0, flex: '1 1 auto', gap: tokens.spacingVerticalS },
  scroller: {
    flex: '1 1 auto',
    minHeight: '180px',
    overflow: 'auto',
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
    outlineOffset: '-2px',
  },
  table: { position: 'relative', minWidth: 'fit-content' },
  row: {
    display: 'grid',
    alignItems: 'center',
    boxSizing: 'border-box',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    columnGap: tokens.spacingHorizontalM,
    padding: `0 ${tokens.spacingHorizontalS}`,
  },
  head: {
    position: 'sticky',
    top: 0,
    zIndex: 1,
    height: `${headHeight}px`,
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
  },
  bodyRow: {
    position: 'absolute',
    left: 0,
    right: 0,
    ':hover': { backgroundColor: colors.rowHover },
  },
  opens: { cursor: 'pointer' },
  opener: { maxWidth: '100%', overflow: 'hidden', textOverflow: 'ellipsis' },
  chosen: { backgroundColor: colors.rowChosen },
  cell: { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  card: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    boxSizing: 'border-box',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  foot: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    minHeight: '24px',
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
  },
  center: { padding: tokens.spacingVerticalXXL, display: 'flex', justifyContent: 'center' },
  bulk: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
});

export function DataList<R extends Listing>(props: DataListProps<R>) {
  const { route, columns, rowKey, filters = [], search, onOpen, selection } = props;
  type Item = ItemOf<R>;
  const styles = useStyles();
  const text = useText();
  const [address, changeAddress] = useFilters();
  const scroller = useRef<HTMLDivElement>(null);
  const seen = useWindow(scroller);
  const narrow = seen.width > 0 && seen.width < 600;
  const height = narrow ? rowHeight.narrow : rowHeight.wide;

  const { input, filtered } = useListInput(props, address);
  const pages = usePages(route, input);
  const items = useMemo(() => (pages.data?.pages.flatMap((page) => page.items) ?? []) as Item[], [pages.data]);
  const { hasNextPage, isFetching, fetchNextPage } = pages;

  const first = Math.max(0, Math.floor((seen.top - headHeight) / height) - 5);
  const last = Math.min(items.length, Math.ceil((seen.top + seen.height) / height) + 10);
  // A page may hold fewer than asked for, or nothing, and yet lead on.
  const nearEnd = last + 20 >= items.length;
  useEffect(() => {
    if (nearEnd && hasNextPage && !isFetching && pages.error === null) void fetchNextPage();
  }, [nearEnd, hasNextPage, isFetching, fetchNextPage, pages.error]);

  // Another order or filter begins at its top.
  const question = JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the question is what it hangs on.
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [question]);

  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const toggle = (keys: readonly string[], on: boolean) =>
    setSelected((before) => {
      const after = new Set(before);
      for (const key of keys)
        if (on) after.add(key);
        else after.delete(key);
      return after;
    });
  const chosenItems = items.filter((item) => selected.has(rowKey(item)));

  const [shown, chooser] = useChosenColumns(props.name, columns);
  const template = [
    ...(selection ? ['32px'] : []),
    ...shown.map(({ width = 120, grow = 1 }) => `minmax(${width}px, ${grow === 0 ? `${width}px` : `${grow}fr`})`),
  ].join(' ');
  const order = (address['order'] ?? (address['sort'] === undefined ? props.defaultSort?.order : undefined)) as
    | 'asc'
    | 'desc'
    | undefined;
  const sortedBy = address['sort'] ?? props.defaultSort?.by;

  const cellOf = (column: Column<Item>, item: Item) =>
    onOpen && column.opens?.(item) ? (
      <Link as="button" className={styles.opener} onClick={() => onOpen(item)}>
        {column.cell(item)}
      </Link>
    ) : (
      column.cell(item)
    );

  const waiting = pages.isPending || (items.length === 0 && (isFetching || hasNextPage));
  const nothing = items.length === 0 && !waiting && pages.error === null;
  if (nothing && !filtered && props.empty)
    return (
      <div className={styles.root}>
        {/* Where other words may lead to something, they can be said. */}
        {filters.length > 0 && <FilterBar filters={filters} search={undefined} chooser={null} />}
        {props.empty}
      </div>
    );

  return (
    <div className={styles.root}>
      <FilterBar filters={filters} search={search} tools={props.tools} chooser={narrow ? null : chooser} />
      {selection && chosenItems.length > 0 && (
        <div className={styles.bulk} role="status">
          <Text weight="semibold">{text.list.selected(chosenItems.length)}</Text>
          {selection.actions(chosenItems, () => setSelected(new Set()))}
          <Button appearance="subtle" onClick={() => setSelected(new Set())}>
            {text.words.cancel}
          </Button>
        </div>
      )}
      <ProblemBar error={pages.error} onRetry={() => void pages.refetch()} />
      <div ref={scroller} className={styles.scroller} tabIndex={0} role="region" aria-label={props.label}>
        <div
          className={styles.table}
          role="table"
          aria-label={props.label}
          aria-rowcount={hasNextPage ? -1 : items.length + 1}
          aria-busy={isFetching}
        >
          {!narrow && (
            <div role="row" className={mergeClasses(styles.row, styles.head)} style={{ gridTemplateColumns: template }}>
              {selection && (
                <div role="columnheader">
                  <Checkbox
                    aria-label={text.list.selectAll}
                    checked={chosenItems.length === 0 ? false : chosenItems.length === items.length ? true : 'mixed'}
                    onChange={(_, { checked }) => toggle(items.map(rowKey), checked === true)}
                  />
                </div>
              )}
              {shown.map((column) => (
                <ColumnHead
                  key={column.key}
                  column={column}
                  order={
                    column.sort?.by === sortedBy && column.sort !== undefined ? (order ?? column.sort.first) : undefined
                  }
                  onSort={(by, direction) => changeAddress({ sort: by, order: direction })}
                />
              ))}
            </div>
          )}
          <div role="rowgroup" style={{ height: items.length * height, position: 'relative' }}>
            {items.slice(first, last).map((item, index) => {
              const key = rowKey(item);
              const chosen = selected.has(key);
              const box = selection && (
                <div role="cell" onClick={(event) => event.stopPropagation()}>
                  <Checkbox
                    aria-label={text.list.select(selection.nameOf(item))}
                    checked={chosen}
                    onChange={(_, { checked }) => toggle([key], checked === true)}
                  />
                </div>
              );
              const place = { top: (first + index) * height, height };
              return (
                <div
                  key={key}
                  role="row"
                  aria-rowindex={first + index + 2}
                  className={mergeClasses(
                    narrow ? styles.card : styles.row,
                    styles.bodyRow,
                    onOpen && styles.opens,
                    chosen && styles.chosen,
                  )}
                  style={narrow ? place : { ...place, gridTemplateColumns: template }}
                  onClick={onOpen && ((event) => opensRow(event.target) && onOpen(item))}
                >
                  {box}
                  {narrow ? (
                    <RowCard item={item} columns={columns} cellOf={cellOf} />
                  ) : (
                    shown.map((column) => (
                      <div key={column.key} role="cell" className={styles.cell}>
                        {cellOf(column, item)}
                      </div>
                    ))
                  )}
                </div>
              );
            })}
          </div>
        </div>
        {waiting && (
          <div className={styles.center}>
            <Spinner label={text.list.loading} />
          </div>
        )}
        {nothing && (
          <div className={styles.center}>
            <Text>
              <strong>{text.list.none}.</strong> {text.list.noneHint}
            </Text>
          </div>
        )}
      </div>
      <div className={styles.foot} role="status">
        {items.length > 0 && (hasNextPage ? text.list.shown(items.length, true) : text.list.end(items.length))}
        {pages.isFetchingNextPage && <Spinner size="extra-tiny" aria-label={text.list.loadingMore} />}
      </div>
    </div>
  );
}

/** What goes to the server: the page's own input and what the address bar says. */
function useListInput<R extends Listing>(
  { input, filters = [], search, columns, defaultSort }: DataListProps<R>,
  address: Readonly<Record<string, string | undefined>>,
) {
  const names = filters.flatMap((filter) => filter.names ?? [filter.name]);
  const query: Record<string, unknown> = { ...(input as { query?: object } | undefined)?.query };
  let filtered = false;
  for (const name of names) {
    if (!address[name]) continue;
    query[name] = address[name];
    filtered = true;
  }
  const words = address['search']?.trim();
  if (search !== undefined && words) {
    query['search'] = words;
    filtered = true;
  }
  const sort = address['sort'] ?? defaultSort?.by;
  if (sort !== undefined && columns.some((column) => column.sort?.by === sort)) {
    query['sort'] = sort;
    const order = address['order'] ?? (address['sort'] === undefined ? defaultSort?.order : undefined);
    if (order !== undefined) query['order'] = order;
  }
  return { input: { ...input, query } as unknown as Input<R>, filtered };
}

/** A click on a link, a button or a text that is being selected is meant for that. */
function opensRow(target: EventTarget): boolean {
  if (target instanceof Element && target.closest('a, button, input, label') !== null) return false;
  return window.getSelection()?.isCollapsed ?? true;
}
