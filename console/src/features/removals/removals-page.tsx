/** Removals of very many at once wait here: what happened, what would be removed and revoked, and from whom. */
import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { type ItemOf, useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { useFilters } from '../../ui/use-filters.ts';

export { RemovalsPage as Page };

type Item = ItemOf<'GET /api/v1/removals'>;

const states = ['waiting', 'confirmed', 'rejected', 'undone'] as const;
const tones: Readonly<Record<Item['state'], Tone>> = {
  waiting: 'warning',
  confirmed: 'good',
  rejected: 'neutral',
  undone: 'neutral',
};

const useStyles = makeStyles({
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
});

function RemovalsPage() {
  const text = useText();
  const words = text.removals;
  const [filters, change] = useFilters();
  const open = filters['open'];
  const columns: readonly Column<Item>[] = [
    {
      key: 'what',
      title: words.cause,
      width: 220,
      grow: 3,
      card: 'title',
      cell: ({ id, occasion }) => (
        <Link to={withQuery('/removals', { ...filters, open: id })}>{words.occasions[occasion]}</Link>
      ),
    },
    { key: 'profile', title: words.profile, width: 180, grow: 2, card: 'line', cell: ({ profile }) => profile?.name },
    { key: 'waiting', title: words.devices, width: 110, grow: 0, card: 'line', cell: ({ waiting }) => waiting },
    {
      key: 'state',
      title: text.words.state,
      width: 130,
      grow: 0,
      card: 'end',
      cell: ({ state }) => <StatusBadge tone={tones[state]}>{words.states[state]}</StatusBadge>,
    },
    { key: 'opened', title: words.opened, width: 130, grow: 0, cell: ({ openedAt }) => <RelativeTime at={openedAt} /> },
  ];
  return (
    <Page title={words.title} description={words.description} fills>
      <DataList
        name="removals"
        label={words.title}
        route="GET /api/v1/removals"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={({ id }) => change({ open: id })}
        filters={[
          {
            name: 'state',
            title: text.words.state,
            options: states.map((value) => ({ value, title: words.states[value] })),
          },
        ]}
        empty={<EmptyState title={words.empty}>{words.emptyHint}</EmptyState>}
      />
      <SidePanel open={open !== undefined} title={words.one} onClose={() => change({ open: undefined })}>
        {open !== undefined && <RemovalDetails id={open} />}
      </SidePanel>
    </Page>
  );
}

function RemovalDetails({ id }: { readonly id: string }) {
  const styles = useStyles();
  const text = useText();
  const words = text.removals;
  const may = useMay();
  const path = { removal: id };
  const removal = useRead('GET /api/v1/removals/{removal}', { path });
  const confirm = useChange('POST /api/v1/removals/{removal}/confirm');
  const reject = useChange('POST /api/v1/removals/{removal}/reject');
  const [asked, setAsked] = useState<'confirm' | 'reject' | null>(null);
  return (
    <Loaded query={removal}>
      {({ profile, occasion, state, waiting, openedAt, decidedAt, decidedBy, jobId, first }) => (
        <>
          <Facts
            facts={[
              [words.cause, words.occasions[occasion]],
              [
                words.profile,
                profile && <Link to={`/profiles/${encodeURIComponent(profile.slug)}`}>{profile.name}</Link>,
              ],
              [
                text.words.state,
                <StatusBadge key="state" tone={tones[state]}>
                  {words.states[state]}
                </StatusBadge>,
              ],
              [words.devices, String(waiting)],
              [words.opened, <ExactTime key="at" at={openedAt} />],
              [words.decided, decidedAt && <ExactTime at={decidedAt} />],
              [words.by, decidedBy?.name],
              [words.job, jobId && <Link to={withQuery('/jobs', { open: jobId })}>{text.jobs.one}</Link>],
            ]}
          />
          {state === 'waiting' && may('removals.decide') && (
            <div className={styles.actions}>
              <Button appearance="primary" onClick={() => setAsked('reject')}>
                {words.reject}
              </Button>
              <Button onClick={() => setAsked('confirm')}>{words.confirm}</Button>
            </div>
          )}
          {first.length > 0 && (
            <>
              <Text>{words.first(first.length, waiting)}</Text>
              <ul className={styles.list}>
                {first.map(({ deploymentId, deviceId, deviceName }) => (
                  <li key={deploymentId}>
                    <Link to={`/devices/${encodeURIComponent(deviceId)}`}>{deviceName ?? deviceId}</Link>
                  </li>
                ))}
              </ul>
            </>
          )}
          <ConfirmDialog
            open={asked !== null}
            title={asked === 'confirm' ? words.confirmTitle(waiting) : words.rejectTitle}
            action={asked === 'confirm' ? words.confirm : words.reject}
            {...(asked === 'confirm' && waiting > 10 && { typeName: profile?.name ?? String(waiting) })}
            onConfirm={() =>
              asked === 'confirm' ? confirm.mutateAsync({ path, body: null }) : reject.mutateAsync({ path })
            }
            onClose={() => setAsked(null)}
          >
            <Text>{asked === 'confirm' ? words.confirmEffect : words.rejectEffect}</Text>
          </ConfirmDialog>
        </>
      )}
    </Loaded>
  );
}
