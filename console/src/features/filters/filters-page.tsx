/** Filters: rules about devices of a platform, which assignments use to take in or leave out some of those whom they reach. */
import { Button } from '@fluentui/react-components';
import { AddRegular, FilterRegular } from '@fluentui/react-icons';
import type { ItemOf } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { useFilters } from '../../ui/use-filters.ts';
import { EditFilter } from './edit-filter.tsx';
import { ShowFilter } from './show-filter.tsx';

export { FiltersPage as Page };

type Item = ItemOf<'GET /api/v1/filters'>;

const adding = 'new';

function FiltersPage() {
  const text = useText();
  const words = text.filters;
  const may = useMay();
  const [address, change] = useFilters();
  const { open } = address;
  const writes = may('profiles.assign');
  const columns: readonly Column<Item>[] = [
    {
      key: 'name',
      title: text.words.name,
      width: 200,
      grow: 2,
      card: 'title',
      cell: ({ id, name }) => (
        <Link to={withQuery('/filters', { ...address, open: id })}>
          <bdi>{name}</bdi>
        </Link>
      ),
    },
    {
      key: 'platform',
      title: text.profiles.platform,
      width: 180,
      card: 'line',
      cell: ({ platform }) => text.platforms[platform],
    },
    { key: 'rule', title: words.rule, width: 280, grow: 3, card: 'line', cell: ({ rule }) => <code>{rule}</code> },
    {
      key: 'modified',
      title: text.words.modified,
      width: 130,
      grow: 0,
      cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
    },
    {
      key: 'tags',
      title: text.profiles.scopeTags,
      width: 120,
      extra: true,
      cell: ({ scopeTags }) => scopeTags.join(', '),
    },
  ];
  const add = writes && (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => change({ open: adding })}>
      {words.add}
    </Button>
  );
  const close = () => change({ open: undefined });
  return (
    <Page title={words.title} description={words.description} fills actions={add}>
      <DataList
        name="filters"
        label={words.title}
        route="GET /api/v1/filters"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={({ id }) => change({ open: id })}
        search={words.search}
        filters={[
          {
            name: 'platform',
            title: text.profiles.platform,
            options: Object.entries(text.platforms).map(([value, title]) => ({ value, title })),
          },
        ]}
        empty={
          <EmptyState icon={<FilterRegular />} title={words.empty} {...(add && { action: add })}>
            {words.emptyHint}
          </EmptyState>
        }
      />
      {open === adding && writes && <EditFilter filter={null} onClose={close} />}
      {open !== undefined && open !== adding && <ShowFilter key={open} id={open} writes={writes} onClose={close} />}
    </Page>
  );
}
