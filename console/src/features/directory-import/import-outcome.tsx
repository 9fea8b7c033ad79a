import { Button, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Link, withQuery } from '../../ui/link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';
import { type Counts, ImportCounts } from './import-counts.tsx';
import type { ObservedImport } from './import-progress.tsx';

const useStyles = makeStyles({
  links: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalL },
});

/** What came of it, and where to look at it. */
export function ImportOutcome({
  counts,
  observed,
  onMore,
}: {
  readonly counts: Counts | null;
  /** Of one that ran elsewhere. */
  readonly observed?: ObservedImport;
  readonly onMore?: () => void;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.directoryImport;
  const may = useMay();
  const kind = observed?.outcome?.kind ?? 'imported';
  return (
    <Section
      title={observed === undefined ? words.done : words.latest}
      actions={onMore && <Button onClick={onMore}>{words.more}</Button>}
    >
      <MessageBar intent={kind === 'imported' || kind === 'planned' ? 'success' : 'warning'} layout="multiline">
        <MessageBarBody>
          {words.outcomes[kind]} {kind === 'refused' && words.mistakes(observed?.outcome?.mistakes ?? 0)}{' '}
          {observed?.outcome?.detail} {observed?.endedAt && <RelativeTime at={observed.endedAt} />}
        </MessageBarBody>
      </MessageBar>
      {counts !== null && <ImportCounts counts={counts} />}
      {kind === 'imported' && (
        <nav className={styles.links} aria-label={words.done}>
          <Link to="/users">{text.users.title}</Link>
          <Link to="/groups">{text.groups.title}</Link>
          <Link to="/devices">{text.devices.title}</Link>
          {may('deployments.read') && <Link to="/removals">{text.navigation.removals}</Link>}
          {may('events.read') && (
            <Link to={withQuery('/audit', { types: 'directory.imported' })}>{text.navigation.audit}</Link>
          )}
        </nav>
      )}
    </Section>
  );
}
