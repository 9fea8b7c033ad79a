/** Long work: how far it is, what failed, and pause, resume and cancel. It goes on whether this page is open or not. */
import { Button, makeStyles, ProgressBar, Text, tokens } from '@fluentui/react-components';
import type { ItemOf } from '../../api/queries.ts';
import { useChange, usePages, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { type Column, DataList } from '../../ui/data-list.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { ExactTime, RelativeTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { tellProblem } from '../../ui/toasts.tsx';
import { useFilters } from '../../ui/use-filters.ts';

export { JobsPage as Page };

type Job = ItemOf<'GET /api/v1/jobs'>;

const states = ['running', 'paused', 'done', 'cancelled'] as const;
const tones: Readonly<Record<Job['state'], Tone>> = {
  running: 'waiting',
  paused: 'warning',
  done: 'good',
  cancelled: 'neutral',
};

const useStyles = makeStyles({
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  failures: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
});

function JobsPage() {
  const text = useText();
  const words = text.jobs;
  const [filters, change] = useFilters();
  const open = filters['open'];
  const columns: readonly Column<Job>[] = [
    {
      key: 'title',
      title: words.what,
      width: 240,
      grow: 3,
      card: 'title',
      cell: ({ id, title }) => <Link to={withQuery('/jobs', { ...filters, open: id })}>{title}</Link>,
    },
    {
      key: 'state',
      title: text.words.state,
      width: 120,
      grow: 0,
      card: 'end',
      cell: ({ state }) => <StatusBadge tone={tones[state]}>{words.states[state]}</StatusBadge>,
    },
    {
      key: 'progress',
      title: words.progress,
      width: 160,
      card: 'line',
      cell: ({ done, skipped, failed, total }) => words.of(done + skipped + failed, total),
    },
    { key: 'by', title: words.by, width: 140, cell: ({ actor }) => actor.name },
    {
      key: 'created',
      title: words.started,
      width: 130,
      grow: 0,
      card: 'line',
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ];
  return (
    <Page title={words.title} description={words.description} fills>
      <DataList
        name="jobs"
        label={words.title}
        route="GET /api/v1/jobs"
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
        {open !== undefined && <JobDetails id={open} />}
      </SidePanel>
    </Page>
  );
}

function JobDetails({ id }: { readonly id: string }) {
  const styles = useStyles();
  const text = useText();
  const words = text.jobs;
  const may = useMay();
  const path = { job: id };
  const job = useRead('GET /api/v1/jobs/{job}', { path });
  const failures = usePages('GET /api/v1/jobs/{job}/failures', { path } as never);
  const pause = useChange('POST /api/v1/jobs/{job}/pause');
  const resume = useChange('POST /api/v1/jobs/{job}/resume');
  const cancel = useChange('POST /api/v1/jobs/{job}/cancel');
  return (
    <Loaded query={job}>
      {({ title, state, total, done, skipped, failed, rate, actor, createdAt, finishedAt }) => (
        <>
          <strong>{title}</strong>
          <ProgressBar value={total === 0 ? 1 : (done + skipped + failed) / total} aria-label={words.progress} />
          <Text>{words.of(done + skipped + failed, total)}</Text>
          {may('jobs.write') && (state === 'running' || state === 'paused') && (
            <div className={styles.actions}>
              {state === 'running' ? (
                <Button onClick={() => pause.mutateAsync({ path }).catch(tellProblem)}>{words.pause}</Button>
              ) : (
                <Button onClick={() => resume.mutateAsync({ path }).catch(tellProblem)}>{words.resume}</Button>
              )}
              <Button onClick={() => cancel.mutateAsync({ path }).catch(tellProblem)}>{words.cancel}</Button>
            </div>
          )}
          <Facts
            facts={[
              [
                text.words.state,
                <StatusBadge key="state" tone={tones[state]}>
                  {words.states[state]}
                </StatusBadge>,
              ],
              [words.done, words.number(done)],
              [words.skipped, words.number(skipped)],
              [words.failed, words.number(failed)],
              [words.rate, rate === null ? null : words.perMinute(rate)],
              [words.by, actor.name],
              [words.started, <ExactTime key="from" at={createdAt} />],
              [words.finished, finishedAt && <ExactTime at={finishedAt} />],
            ]}
          />
          {failed > 0 && (
            <Loaded query={failures}>
              {({ pages }) => (
                <>
                  <ul className={styles.failures}>
                    {pages.flatMap(({ items }) =>
                      items.map(({ id: failure, name, detail }) => (
                        <li key={failure}>
                          <strong>{name}</strong> {detail}
                        </li>
                      )),
                    )}
                  </ul>
                  {failures.hasNextPage && (
                    <Button onClick={() => void failures.fetchNextPage()}>{text.words.more}</Button>
                  )}
                </>
              )}
            </Loaded>
          )}
        </>
      )}
    </Loaded>
  );
}
