/** Every profile, whom it is for and how it fares. */
import { Button } from '@fluentui/react-components';
import { AddRegular, DocumentBulletListRegular } from '@fluentui/react-icons';
import { type ItemOf, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Link } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBar } from '../../ui/state-bar.tsx';
import { useFilters } from '../../ui/use-filters.ts';
import { CreateProfilePanel } from './create-profile-panel.tsx';
import { useStatusParts } from './status-parts.ts';

export { ProfilesPage as Page };

type Item = ItemOf<'GET /api/v1/profiles'>;

function ProfilesPage() {
  const text = useText();
  const words = text.profiles;
  const may = useMay();
  const [filters, change] = useFilters();
  const create = may('profiles.write') ? (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => change({ create: 'new' })}>
      {text.profileEditor.create}
    </Button>
  ) : undefined;
  const columns: readonly Column<Item>[] = [
    {
      key: 'name',
      title: text.words.name,
      width: 220,
      grow: 3,
      card: 'title',
      cell: ({ slug, name }) => <Link to={`/profiles/${encodeURIComponent(slug)}`}>{name}</Link>,
    },
    {
      key: 'platform',
      title: words.platform,
      width: 180,
      grow: 2,
      card: 'line',
      cell: ({ platform }) => text.platforms[platform],
    },
    { key: 'kind', title: words.type, width: 150, card: 'line', cell: ({ kind }) => words.kinds[kind] },
    { key: 'status', title: words.status, width: 120, cell: ({ slug }) => <Status profile={slug} /> },
    { key: 'tags', title: words.scopeTags, width: 120, cell: ({ scopeTags }) => scopeTags.join(', ') },
    {
      key: 'modified',
      title: text.words.modified,
      width: 130,
      grow: 0,
      cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
    },
    {
      key: 'slug',
      title: words.slug,
      width: 150,
      extra: true,
      cell: ({ slug }) => <Copyable value={slug} what={words.slug} />,
    },
  ];
  return (
    <Page title={words.title} description={words.description} actions={create} fills>
      <DataList
        name="profiles"
        label={words.title}
        route="GET /api/v1/profiles"
        columns={columns}
        rowKey={({ id }) => id}
        search={words.search}
        filters={[
          {
            name: 'platform',
            title: words.platform,
            options: Object.entries(text.platforms).map(([value, title]) => ({ value, title })),
          },
        ]}
        empty={
          <EmptyState icon={<DocumentBulletListRegular />} title={words.empty} action={create}>
            {words.emptyHint}
          </EmptyState>
        }
      />
      <CreateProfilePanel open={filters['create'] === 'new'} onClose={() => change({ create: undefined })} />
    </Page>
  );
}

function Status({ profile }: { readonly profile: string }) {
  const status = useRead('GET /api/v1/profiles/{profile}/status', { path: { profile } });
  const parts = useStatusParts(status.data?.counts);
  return status.data === undefined ? null : <StateBar parts={parts} />;
}
