/** Who did what to which object, before and after; and whether the record is whole. */
import { Text } from '@fluentui/react-components';
import { ClipboardTextLtrRegular } from '@fluentui/react-icons';
import { addressOf } from '../../api/call.ts';
import { type ItemOf, useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ExportMenu } from '../../ui/export-menu.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { useFilters } from '../../ui/use-filters.ts';
import { Changes } from './changes.tsx';
import { SealState } from './seal-state.tsx';

export { AuditPage as Page };

type Entry = ItemOf<'GET /api/v1/audit'>;

function AuditPage() {
  const text = useText();
  const [filters, change] = useFilters();
  const open = filters['entry'];
  const columns: readonly Column<Entry>[] = [
    {
      key: 'at',
      title: text.audit.when,
      width: 130,
      grow: 0,
      card: 'line',
      cell: ({ at }) => <RelativeTime at={at} />,
    },
    { key: 'actor', title: text.audit.who, width: 150, card: 'line', cell: ({ actor }) => actor.name },
    {
      key: 'type',
      title: text.audit.what,
      width: 200,
      card: 'title',
      cell: ({ id, type }) => <Link to={withQuery('/audit', { ...filters, entry: id })}>{text.audit.type(type)}</Link>,
    },
    {
      key: 'objects',
      title: text.audit.object,
      width: 240,
      grow: 2,
      card: 'line',
      cell: ({ objects }) => objectNames(objects),
    },
    { key: 'changes', title: text.audit.changes, width: 90, grow: 0, cell: ({ changes }) => changes.length || '' },
    { key: 'address', title: text.audit.address, width: 130, extra: true, cell: ({ clientAddress }) => clientAddress },
    { key: 'node', title: text.audit.node, width: 120, extra: true, cell: ({ node }) => node },
  ];
  return (
    <Page title={text.audit.title} description={text.audit.description} fills actions={<SealState />}>
      <DataList
        name="audit"
        label={text.audit.title}
        route="GET /api/v1/audit"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={({ id }) => change({ entry: id })}
        filters={[
          {
            name: 'by',
            title: text.audit.by,
            options: [{ value: 'all', title: text.audit.everybody }],
          },
          {
            name: 'types',
            title: text.audit.what,
            options: text.audit.groups.map(([types, title]) => ({ value: types, title })),
          },
        ]}
        empty={
          <EmptyState icon={<ClipboardTextLtrRegular />} title={text.audit.empty}>
            {text.audit.emptyHint}
          </EmptyState>
        }
        tools={<Export />}
      />
      <SidePanel open={open !== undefined} title={text.audit.entry} onClose={() => change({ entry: undefined })}>
        {open !== undefined && <EntryDetails id={open} />}
      </SidePanel>
    </Page>
  );
}

/** What has a name goes by it; an id alone says little, and stands in the details. */
function objectNames(objects: Entry['objects']): string {
  const named = objects.flatMap(({ name }) => name ?? []);
  return named.length > 0 ? [...new Set(named)].join(', ') : (objects[0]?.id ?? '');
}

function Export() {
  const [{ by, types }] = useFilters();
  const address = (format: 'csv' | 'jsonl') =>
    addressOf('GET /api/v1/audit/export', { query: { ...(by === 'all' && { by }), types, format } as never });
  return <ExportMenu address={address} />;
}

function EntryDetails({ id }: { readonly id: string }) {
  const text = useText();
  const entry = useRead('GET /api/v1/audit/entries/{entry}', { path: { entry: id } });
  return (
    <Loaded query={entry}>
      {({ at, type, actor, clientAddress, requestId, objects, changes, node, detail }) => (
        <>
          <Facts
            facts={[
              [text.audit.what, text.audit.type(type)],
              [text.audit.when, <ExactTime key="at" at={at} />],
              [text.audit.who, actor.name],
              [text.audit.address, clientAddress],
              [
                text.audit.object,
                objects.map(({ kind, id: object, name }) => (
                  <div key={`${kind}${object}`}>
                    {text.audit.kinds[kind as keyof typeof text.audit.kinds] ?? kind}
                    {': '}
                    {name ?? <Copyable value={object} what={text.audit.object} />}
                  </div>
                )),
              ],
              [text.audit.node, node],
              [text.audit.requestId, requestId && <Copyable value={requestId} what={text.audit.requestId} />],
            ]}
          />
          <Changes changes={changes} />
          {changes.length === 0 && Object.keys(detail).length > 0 && <pre>{JSON.stringify(detail, null, 2)}</pre>}
          {changes.length === 0 && Object.keys(detail).length === 0 && <Text>{text.audit.noDetail}</Text>}
        </>
      )}
    </Loaded>
  );
}
