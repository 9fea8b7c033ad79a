import { makeStyles, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useText } from '../../text/text.ts';
import { importKinds } from './chosen-file.ts';

export type Counts = Answer<'POST /api/v1/directory/import'>['counts'];

const useStyles = makeStyles({
  table: {
    borderCollapse: 'collapse',
    '& th, & td': {
      textAlign: 'right',
      padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXS} 0`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    },
    '& th[scope="row"]': { textAlign: 'left' },
  },
  scroller: { overflowX: 'auto' },
});

export const changed = (counts: Counts) =>
  Object.values(counts).reduce((sum, { created, updated, pruned }) => sum + created + updated + pruned, 0);

export function ImportCounts({ counts }: { readonly counts: Counts }) {
  const styles = useStyles();
  const words = useText().directoryImport;
  return (
    <div className={styles.scroller} role="group" tabIndex={0} aria-label={words.counts}>
      <table className={styles.table}>
        <thead>
          <tr>
            <td />
            <th scope="col">{words.created}</th>
            <th scope="col">{words.updated}</th>
            <th scope="col">{words.removed}</th>
            <th scope="col">{words.unchanged}</th>
          </tr>
        </thead>
        <tbody>
          {importKinds.map((kind) => (
            <tr key={kind}>
              <th scope="row">{words.kinds[kind]}</th>
              <td>{words.number(counts[kind].created)}</td>
              <td>{words.number(counts[kind].updated)}</td>
              <td>{words.number(counts[kind].pruned)}</td>
              <td>{words.number(counts[kind].unchanged)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
