/** Every device that is known; a new one by hand, or by a token with which it joins itself. */
import { Button } from '@fluentui/react-components';
import { AddRegular, KeyRegular, LaptopRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { ItemOf } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ImportLink } from '../../ui/import-link.tsx';
import { Link } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { AddDevice } from './add-device.tsx';
import { JoinInstructions } from './join-instructions.tsx';

export { DevicesPage as Page };

type Item = ItemOf<'GET /api/v1/devices'>;

function DevicesPage() {
  const text = useText();
  const words = text.devices;
  const may = useMay();
  const [adding, setAdding] = useState(false);
  const [joining, setJoining] = useState(false);
  const add = may('directory.write') && (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <Page
      title={words.title}
      description={words.description}
      fills
      actions={
        <>
          {add}
          {may('directory.write') && <ImportLink />}
          {may('devices.join') && (
            <Button icon={<KeyRegular />} onClick={() => setJoining(true)}>
              {words.join}
            </Button>
          )}
        </>
      }
    >
      <DataList
        name="devices"
        label={words.title}
        route="GET /api/v1/devices"
        columns={useColumns()}
        rowKey={({ id }) => id}
        search={words.search}
        filters={[
          {
            name: 'platform',
            title: words.platform,
            options: Object.entries(text.platforms).map(([value, title]) => ({ value, title })),
          },
          { name: 'user', title: words.ofUser },
        ]}
        empty={
          <EmptyState icon={<LaptopRegular />} title={words.empty} {...(add && { action: add })}>
            {words.emptyHint}
          </EmptyState>
        }
      />
      <SidePanel open={adding} title={words.add} onClose={() => setAdding(false)}>
        {adding && <AddDevice onDone={() => setAdding(false)} />}
      </SidePanel>
      <SidePanel open={joining} title={words.join} onClose={() => setJoining(false)}>
        {joining && <JoinInstructions device={null} />}
      </SidePanel>
    </Page>
  );
}

function useColumns(): readonly Column<Item>[] {
  const text = useText();
  const words = text.devices;
  return [
    {
      key: 'name',
      title: text.words.name,
      width: 180,
      grow: 3,
      card: 'title',
      cell: ({ id, deviceName }) => <Link to={`/devices/${encodeURIComponent(id)}`}>{deviceName}</Link>,
    },
    {
      key: 'platform',
      title: words.platform,
      width: 170,
      grow: 2,
      card: 'line',
      cell: ({ platform }) => text.platforms[platform],
    },
    { key: 'version', title: words.osVersion, width: 110, cell: ({ osVersion }) => osVersion },
    {
      key: 'lastCheckIn',
      title: words.lastCheckIn,
      width: 130,
      grow: 0,
      card: 'line',
      cell: ({ lastCheckIn }) => <RelativeTime at={lastCheckIn} />,
    },
    { key: 'ownership', title: words.ownership, width: 110, cell: ({ ownership }) => words.ownerships[ownership] },
    { key: 'tags', title: words.scopeTags, width: 130, cell: ({ scopeTags }) => scopeTags.join(', ') },
    { key: 'serial', title: words.serialNumber, width: 140, extra: true, cell: ({ serialNumber }) => serialNumber },
    {
      key: 'model',
      title: words.model,
      width: 140,
      extra: true,
      cell: ({ manufacturer, model }) => [manufacturer, model].filter(Boolean).join(' '),
    },
    { key: 'id', title: words.id, width: 150, extra: true, cell: ({ id }) => <Copyable value={id} what={words.id} /> },
  ];
}
