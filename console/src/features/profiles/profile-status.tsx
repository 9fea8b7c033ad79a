import type { ItemOf } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBar } from '../../ui/state-bar.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { type Status, statuses, useStatusParts } from './status-parts.ts';

const tones: Readonly<Record<Status, Tone>> = {
  succeeded: 'good',
  pending: 'waiting',
  error: 'bad',
  conflict: 'warning',
  notApplicable: 'neutral',
};

type OnDevice = ItemOf<'GET /api/v1/profiles/{profile}/status/devices'>;
type OfUser = ItemOf<'GET /api/v1/profiles/{profile}/status/users'>;

/** Each device that the profile is for or has been, the worst first. */
export function DeviceStatus({ profile }: { readonly profile: string }) {
  const { profiles: words } = useText();
  const columns: readonly Column<OnDevice>[] = [
    {
      key: 'device',
      title: words.device,
      width: 180,
      grow: 2,
      card: 'title',
      cell: ({ deviceId, deviceName }) => (
        <Link to={`/devices/${encodeURIComponent(deviceId)}`}>{deviceName ?? deviceId}</Link>
      ),
    },
    {
      key: 'status',
      title: words.status,
      width: 130,
      grow: 0,
      card: 'end',
      cell: ({ status }) => <StatusBadge tone={tones[status]}>{words.statuses[status]}</StatusBadge>,
    },
    { key: 'problem', title: words.problem, width: 240, grow: 3, card: 'line', cell: ({ problem }) => problem?.detail },
    {
      key: 'since',
      title: words.since,
      width: 120,
      grow: 0,
      cell: ({ stateSince }) => <RelativeTime at={stateSince} />,
    },
    {
      key: 'certificate',
      title: words.certificate,
      width: 120,
      grow: 0,
      cell: ({ currentCertificateId }) =>
        currentCertificateId && (
          <Link to={withQuery('/certificates', { open: currentCertificateId, part: 'timeline' })}>{words.show}</Link>
        ),
    },
  ];
  return (
    <DataList
      name="profile-devices"
      label={words.parts.devices}
      route="GET /api/v1/profiles/{profile}/status/devices"
      input={{ path: { profile } }}
      columns={columns}
      rowKey={({ id }) => id}
      filters={[
        {
          name: 'status',
          title: words.status,
          options: statuses.map((value) => ({ value, title: words.statuses[value] })),
        },
      ]}
      empty={<EmptyState title={words.nobody} />}
    />
  );
}

export function UserStatus({ profile }: { readonly profile: string }) {
  const { profiles: words } = useText();
  const columns: readonly Column<OfUser>[] = [
    {
      key: 'user',
      title: words.user,
      width: 220,
      grow: 2,
      card: 'title',
      cell: ({ userId, userPrincipalName }) => (
        <Link to={withQuery('/users', { open: userId })}>{userPrincipalName ?? userId}</Link>
      ),
    },
    {
      key: 'status',
      title: words.status,
      width: 130,
      grow: 0,
      card: 'end',
      cell: ({ status }) => <StatusBadge tone={tones[status]}>{words.statuses[status]}</StatusBadge>,
    },
    {
      key: 'devices',
      title: words.parts.devices,
      width: 160,
      card: 'line',
      cell: (item) => <Bar counts={item.counts} />,
    },
  ];
  return (
    <DataList
      name="profile-users"
      label={words.parts.users}
      route="GET /api/v1/profiles/{profile}/status/users"
      input={{ path: { profile } }}
      columns={columns}
      rowKey={({ userId }) => userId}
      empty={<EmptyState title={words.nobody} />}
    />
  );
}

function Bar({ counts }: { readonly counts: OfUser['counts'] }) {
  return <StateBar parts={useStatusParts(counts)} />;
}
