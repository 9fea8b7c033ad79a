import { makeStyles, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useText } from '../../text/text.ts';
import { Link } from '../../ui/link.tsx';

export type StoredFilter = Answer<'GET /api/v1/filters/{filter}'>;

const useStyles = makeStyles({
  uses: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
});

/** The profiles whose assignments use it. */
export function Uses({ filter }: { readonly filter: StoredFilter }) {
  const styles = useStyles();
  const { filters: words } = useText();
  if (filter.usedBy.length === 0) return <>{words.unused}</>;
  return (
    <ul className={styles.uses}>
      {filter.usedBy.map(({ id, slug, name }) => (
        <li key={id}>
          <Link to={`/profiles/${encodeURIComponent(slug)}`}>
            <bdi>{name}</bdi>
          </Link>
        </li>
      ))}
    </ul>
  );
}
