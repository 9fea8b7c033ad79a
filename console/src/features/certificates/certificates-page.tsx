/** Every certificate that was issued: found, filtered, exported, revoked; the details of one slide in from the side. */
import { Button } from '@fluentui/react-components';
import { CertificateRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { addressOf, type Input } from '../../api/call.ts';
import type { ItemOf } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ExportMenu } from '../../ui/export-menu.tsx';
import type { Filter } from '../../ui/filter-bar.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { useFilters } from '../../ui/use-filters.ts';
import { CertificateDetails } from './certificate-details.tsx';
import { CertificateStatus } from './certificate-status.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { RevokeManyDialog, type Selection } from './revoke-many-dialog.tsx';

export { CertificatesPage as Page };

type Item = ItemOf<'GET /api/v1/certificates'>;

function CertificatesPage() {
  const text = useText();
  const may = useMay();
  const [filters, change] = useFilters();
  const [one, setOne] = useState<Item | null>(null);
  const [many, setMany] = useState<Selection | null>(null);
  const open = filters['open'];
  return (
    <Page title={text.certificates.title} description={text.certificates.description} fills>
      <DataList
        name="certificates"
        label={text.certificates.title}
        route="GET /api/v1/certificates"
        columns={useColumns()}
        rowKey={({ id }) => id}
        onOpen={({ id }) => change({ open: id })}
        search={text.certificates.search}
        filters={useCertificateFilters()}
        defaultSort={{ by: 'issued', order: 'desc' }}
        {...(may('certificates.revoke') && {
          selection: {
            nameOf: ({ subjectText, serial }: Item) => subjectText || serial,
            actions: (selected: readonly Item[]) => {
              const revocable = selected.filter(({ status, purpose }) => status === 'valid' && purpose === 'device');
              return (
                <Button
                  disabled={revocable.length === 0}
                  onClick={() => {
                    if (revocable.length === 1) setOne(revocable[0] ?? null);
                    else setMany({ certificates: revocable.map(({ id }) => id) });
                  }}
                >
                  {text.certificates.revokeMany(revocable.length)}
                </Button>
              );
            },
          },
        })}
        empty={
          <EmptyState icon={<CertificateRegular />} title={text.certificates.empty}>
            {text.certificates.emptyHint}
          </EmptyState>
        }
        tools={
          <>
            {may('certificates.revoke') && (
              <Button appearance="subtle" onClick={() => setMany(foundBy(filters))}>
                {text.certificates.revokeFound}
              </Button>
            )}
            <Export />
          </>
        }
      />
      <SidePanel
        open={open !== undefined}
        title={text.certificates.one}
        onClose={() => change({ open: undefined, part: undefined })}
      >
        {open !== undefined && <CertificateDetails id={open} />}
      </SidePanel>
      <RevokeDialog certificate={one} onClose={() => setOne(null)} />
      <RevokeManyDialog selection={many} onClose={() => setMany(null)} />
    </Page>
  );
}

function useColumns(): readonly Column<Item>[] {
  const text = useText();
  const words = text.certificates;
  const [filters] = useFilters();
  return [
    {
      key: 'subject',
      title: words.subject,
      width: 220,
      grow: 3,
      card: 'title',
      cell: ({ id, subjectText, subjectAlternativeNames }) => (
        <Link to={withQuery('/certificates', { ...filters, open: id })}>
          {subjectText || subjectAlternativeNames[0] || words.emptySubject}
        </Link>
      ),
    },
    {
      key: 'status',
      title: text.words.state,
      width: 110,
      grow: 0,
      card: 'end',
      cell: (item) => <CertificateStatus certificate={item} />,
    },
    {
      key: 'device',
      title: words.device,
      width: 140,
      grow: 2,
      card: 'line',
      cell: ({ deviceId, deviceName }) =>
        deviceId && deviceName !== null ? (
          <Link to={`/devices/${encodeURIComponent(deviceId)}`}>{deviceName}</Link>
        ) : (
          deviceId && words.deleted
        ),
    },
    {
      key: 'user',
      title: words.user,
      width: 150,
      grow: 2,
      cell: ({ userId, userPrincipalName }) =>
        userId && userPrincipalName !== null ? (
          <Link to={withQuery('/users', { open: userId })}>{userPrincipalName}</Link>
        ) : (
          userId && words.deleted
        ),
    },
    {
      key: 'profile',
      title: words.profile,
      width: 140,
      grow: 2,
      cell: ({ profileSlug, profileName }) =>
        profileSlug ? (
          <Link to={`/profiles/${encodeURIComponent(profileSlug)}`}>{profileName ?? profileSlug}</Link>
        ) : (
          profileName
        ),
    },
    {
      key: 'expires',
      title: words.expires,
      width: 120,
      grow: 0,
      card: 'line',
      sort: { by: 'expires', first: 'asc' },
      cell: ({ notAfter }) => <RelativeTime at={notAfter} />,
    },
    {
      key: 'issued',
      title: words.issued,
      width: 120,
      grow: 0,
      sort: { by: 'issued', first: 'desc' },
      cell: ({ issuedAt }) => <RelativeTime at={issuedAt} />,
    },
    {
      key: 'serial',
      title: words.serial,
      width: 150,
      cell: ({ serial }) => <Copyable value={serial} what={words.serial} />,
    },
    {
      key: 'san',
      title: words.alternativeNames,
      width: 180,
      grow: 2,
      extra: true,
      cell: ({ subjectAlternativeNames }) => subjectAlternativeNames.join(', '),
    },
    {
      key: 'thumbprint',
      title: words.thumbprint,
      width: 180,
      extra: true,
      cell: ({ thumbprint }) => <Copyable value={thumbprint} what={words.thumbprint} />,
    },
    {
      key: 'revoked',
      title: words.revoked,
      width: 160,
      extra: true,
      sort: { by: 'revoked', first: 'desc' },
      cell: ({ revokedAt, revocationReason }) =>
        revokedAt === null ? null : (
          <>
            <RelativeTime at={revokedAt} /> {revocationReason && words.reasons[revocationReason]}
          </>
        ),
    },
    {
      key: 'platform',
      title: words.platform,
      width: 130,
      extra: true,
      cell: ({ platform }) => platform && text.platforms[platform],
    },
    { key: 'key', title: words.key, width: 90, grow: 0, extra: true, cell: ({ key }) => key },
  ];
}

function useCertificateFilters(): readonly Filter[] {
  const text = useText();
  const words = text.certificates;
  return [
    {
      name: 'status',
      title: text.words.state,
      options: (['valid', 'expired', 'revoked'] as const).map((value) => ({ value, title: text.states[value] })),
    },
    {
      name: 'platform',
      title: words.platform,
      options: Object.entries(text.platforms).map(([value, title]) => ({ value, title })),
    },
    {
      name: 'current',
      title: words.which,
      options: [
        { value: 'true', title: words.latest },
        { value: 'false', title: words.earlier },
      ],
    },
    // What links from elsewhere bring along; shown as what it is, and cleared with the others.
    ...(
      ['profile', 'device', 'user', 'deployment', 'expiresFrom', 'expiresBefore', 'issuedFrom', 'issuedBefore'] as const
    ).map((name): Filter => ({ name, title: words.linked[name] })),
  ];
}

/** The parts of the address that say which certificates are meant. */
const meant = [
  'search',
  'status',
  'platform',
  'current',
  'profile',
  'device',
  'user',
  'deployment',
  'expiresFrom',
  'expiresBefore',
  'issuedFrom',
  'issuedBefore',
] as const;

/** What is to be seen in the list, as far as it is valid. */
function foundBy(filters: Readonly<Record<string, string | undefined>>): Selection {
  const filter = Object.fromEntries(
    meant.flatMap((name) => {
      const value = filters[name];
      if (value === undefined || value === '') return [];
      return [[name, /(From|Before)$/.test(name) ? Number(value) : value]];
    }),
  ) as NonNullable<Selection['filter']>;
  return Object.keys(filter).length === 0 ? { all: true } : { filter };
}

function Export() {
  const [filters] = useFilters();
  const address = (format: 'csv' | 'jsonl') => {
    const query = Object.fromEntries([...meant, 'sort', 'order'].map((name) => [name, filters[name]]));
    return addressOf('GET /api/v1/certificates/export', {
      query: { ...query, format },
    } as unknown as Input<'GET /api/v1/certificates/export'>);
  };
  return <ExportMenu address={address} />;
}
