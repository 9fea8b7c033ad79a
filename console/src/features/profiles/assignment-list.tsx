import { makeStyles, tokens } from '@fluentui/react-components';
import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { type AssignmentLine, lineKey } from './assignment-lines.ts';
import { TargetName } from './target-name.tsx';

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
});

/** Assignments to be read. */
export function AssignmentList({ lines }: { readonly lines: readonly AssignmentLine[] }) {
  const styles = useStyles();
  const { assignments: words } = useText();
  if (lines.length === 0) return <p>{words.nobody}</p>;
  return (
    <ul className={styles.list}>
      {lines.map((line) => (
        <li key={lineKey(line)}>
          {words.modes[line.mode]} <TargetName target={line.target} />
          {line.filter && (
            <>
              {' '}
              <FilterName {...line.filter} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function FilterName({ filterId, mode }: NonNullable<AssignmentLine['filter']>) {
  const { assignments: words } = useText();
  const filter = useRead('GET /api/v1/filters/{filter}', { path: { filter: filterId } });
  return <>{words.filtered[mode](filter.data?.name ?? filterId)}</>;
}
