/** Failures one by one, each with what it means and what to do. */

import { useState } from 'react';
import type { ItemOf } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Link } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Timeline } from '../../ui/timeline.tsx';

export { FailuresPage as Page };

type Item = ItemOf<'GET /api/v1/reports/failures/list'>;

function FailuresPage() {
  const text = useText();
  const words = text.reports;
  const [open, setOpen] = useState<Item | null>(null);
  const columns: readonly Column<Item>[] = [
    { key: 'at', title: words.when, width: 120, grow: 0, card: 'line', cell: ({ at }) => <RelativeTime at={at} /> },
    {
      key: 'reason',
      title: words.reason,
      width: 260,
      grow: 3,
      card: 'title',
      opens: () => true,
      cell: ({ meaning, reason }) => meaning ?? reason,
    },
    {
      key: 'device',
      title: words.device,
      width: 160,
      grow: 2,
      card: 'line',
      cell: ({ deviceId, deviceName }) =>
        deviceId !== null && deviceName !== null ? (
          <Link to={`/devices/${encodeURIComponent(deviceId)}`}>{deviceName}</Link>
        ) : (
          deviceName
        ),
    },
    { key: 'profile', title: words.profile, width: 150, grow: 2, cell: ({ profileSlug }) => profileSlug },
    { key: 'code', title: words.code, width: 180, extra: true, cell: ({ validationCode }) => validationCode },
  ];
  return (
    <Page title={words.failureList} crumbs={[{ title: words.title, to: '/reports' }]} fills>
      <DataList
        name="failures"
        label={words.failureList}
        route="GET /api/v1/reports/failures/list"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={setOpen}
        filters={[
          { name: 'reason', title: words.ofReason },
          { name: 'device', title: words.ofDevice },
          { name: 'profile', title: words.ofProfile },
        ]}
        empty={<EmptyState title={words.noFailures} />}
      />
      <SidePanel
        open={open !== null}
        title={open?.meaning ?? open?.reason ?? words.reason}
        onClose={() => setOpen(null)}
      >
        {open && (
          <>
            <Facts
              facts={[
                [words.when, <ExactTime key="at" at={open.at} />],
                [words.whatToDo, open.whatToDo],
                [words.code, open.validationCode],
                [words.device, open.deviceName],
                [words.profile, open.profileSlug],
                [words.requestId, open.requestId && <Copyable value={open.requestId} what={words.requestId} />],
              ]}
            />
            {open.deploymentId !== null && <Timeline deployment={open.deploymentId} />}
          </>
        )}
      </SidePanel>
    </Page>
  );
}
