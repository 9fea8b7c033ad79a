/** Changes that need a second administrator: who asked, what exactly, how much it touches, and the word of another. */
import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { type ItemOf, useChange, useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded } from '../../ui/page.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { tell } from '../../ui/toasts.tsx';
import { useFilters } from '../../ui/use-filters.ts';

type Item = ItemOf<'GET /api/v1/held-changes'>;
type Decision = 'approved' | 'rejected' | 'withdrawn';

const tones: Readonly<Record<Item['state'], Tone>> = {
  waiting: 'warning',
  approved: 'waiting',
  done: 'good',
  failed: 'bad',
  stale: 'bad',
  rejected: 'neutral',
  withdrawn: 'neutral',
  expired: 'neutral',
};

const useStyles = makeStyles({
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  request: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', margin: 0, fontSize: tokens.fontSizeBase200 },
});

export function WaitingChangesSection() {
  const text = useText();
  const words = text.waitingChanges;
  const [filters, change] = useFilters();
  const open = filters['open'];
  const address = '/administration/waiting-changes';
  const columns: readonly Column<Item>[] = [
    {
      key: 'what',
      title: words.what,
      width: 220,
      grow: 3,
      card: 'title',
      cell: ({ id, operation }) => (
        <Link to={withQuery(address, { ...filters, open: id })}>{words.operation(operation)}</Link>
      ),
    },
    { key: 'asker', title: words.askedBy, width: 180, grow: 2, card: 'line', cell: ({ askedBy }) => askedBy.name },
    { key: 'much', title: words.touches, width: 110, grow: 0, cell: ({ deployments }) => deployments ?? words.all },
    {
      key: 'state',
      title: text.words.state,
      width: 150,
      grow: 0,
      card: 'end',
      cell: ({ state }) => <StatusBadge tone={tones[state]}>{words.states[state]}</StatusBadge>,
    },
    { key: 'at', title: words.askedAt, width: 130, grow: 0, cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  ];
  return (
    <>
      <DataList
        name="held-changes"
        label={text.administration.sections.waitingChanges}
        route="GET /api/v1/held-changes"
        columns={columns}
        rowKey={({ id }) => id}
        onOpen={({ id }) => change({ open: id })}
        empty={<EmptyState title={words.empty}>{words.emptyHint}</EmptyState>}
      />
      <SidePanel open={open !== undefined} title={words.one} onClose={() => change({ open: undefined })}>
        {open !== undefined && <ChangeDetails id={open} />}
      </SidePanel>
    </>
  );
}

function ChangeDetails({ id }: { readonly id: string }) {
  const styles = useStyles();
  const text = useText();
  const words = text.waitingChanges;
  const path = { heldChange: id };
  const change = useRead('GET /api/v1/held-changes/{heldChange}', { path });
  const decide = useChange('POST /api/v1/held-changes/{heldChange}/decision');
  const [asked, setAsked] = useState<Decision | null>(null);
  return (
    <Loaded query={change}>
      {({
        operation,
        askedBy,
        own,
        request,
        deployments,
        state,
        decidedBy,
        decidedAt,
        outcome,
        createdAt,
        expiresAt,
      }) => (
        <>
          <Facts
            facts={[
              [words.what, words.operation(operation)],
              [words.askedBy, askedBy.name],
              [words.askedAt, <ExactTime key="at" at={createdAt} />],
              [words.touches, deployments === null ? words.all : String(deployments)],
              [
                text.words.state,
                <StatusBadge key="state" tone={tones[state]}>
                  {words.states[state]}
                </StatusBadge>,
              ],
              [words.until, state === 'waiting' && <ExactTime at={expiresAt} />],
              [words.decided, decidedAt && <ExactTime at={decidedAt} />],
              [words.by, decidedBy?.name],
              [words.outcome, outcome?.detail],
            ]}
          />
          {state === 'waiting' && (
            <div className={styles.actions}>
              {own ? (
                <>
                  <Text>{words.own}</Text>
                  <Button onClick={() => setAsked('withdrawn')}>{words.withdraw}</Button>
                </>
              ) : (
                <>
                  <Button appearance="primary" onClick={() => setAsked('approved')}>
                    {words.approve}
                  </Button>
                  <Button onClick={() => setAsked('rejected')}>{words.reject}</Button>
                </>
              )}
            </div>
          )}
          <section aria-label={words.request}>
            <Text weight="semibold">{words.request}</Text>
            <pre className={styles.request}>
              {`${request.method} ${request.url}\n${request.body == null ? '' : JSON.stringify(request.body, null, 2)}`}
            </pre>
          </section>
          <ConfirmDialog
            open={asked !== null}
            title={asked === null ? '' : words.questions[asked]}
            action={asked === null ? '' : words.actions[asked]}
            onClose={() => setAsked(null)}
            onConfirm={async () => {
              if (asked === null) return;
              const { answer } = await decide.mutateAsync({ path, body: { decision: asked } });
              if (answer.state === 'failed' || answer.state === 'stale') tell(answer.outcome?.detail ?? '', 'error');
              else tell(words.states[answer.state]);
            }}
          >
            {asked === 'approved' ? words.approveEffect(askedBy.name) : words.nothingDone}
          </ConfirmDialog>
        </>
      )}
    </Loaded>
  );
}
