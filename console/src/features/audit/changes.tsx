import { makeStyles, tokens } from '@fluentui/react-components';
import { useText } from '../../text/text.ts';

export type FieldChange = { readonly field: string; readonly before: unknown; readonly after: unknown };

const useStyles = makeStyles({
  table: {
    width: '100%',
    borderCollapse: 'collapse',
    tableLayout: 'fixed',
    fontSize: tokens.fontSizeBase200,
    '& th, & td': {
      textAlign: 'left',
      verticalAlign: 'top',
      padding: tokens.spacingVerticalXS,
      borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
      overflowWrap: 'anywhere',
      whiteSpace: 'pre-wrap',
    },
  },
});

/** Field by field, before beside after. */
export function Changes({ changes }: { readonly changes: readonly FieldChange[] }) {
  const styles = useStyles();
  const text = useText();
  if (changes.length === 0) return null;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{text.errors.field}</th>
          <th scope="col">{text.audit.before}</th>
          <th scope="col">{text.audit.after}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td>{shown(before)}</td>
            <td>{shown(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}
