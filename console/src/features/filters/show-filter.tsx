import { makeStyles, tokens } from '@fluentui/react-components';
import { useReadForEdit } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/page.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { EditFilter } from './edit-filter.tsx';
import { FilterMatches } from './filter-matches.tsx';
import { Uses } from './filter-uses.tsx';

const useStyles = makeStyles({
  rule: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' },
});

export function ShowFilter({
  id,
  writes,
  onClose,
}: {
  readonly id: string;
  readonly writes: boolean;
  readonly onClose: () => void;
}) {
  const styles = useStyles();
  const text = useText();
  const words = text.filters;
  const filter = useReadForEdit('GET /api/v1/filters/{filter}', { path: { filter: id } });
  const found = filter.data?.answer;
  if (found !== undefined && writes) return <EditFilter filter={found} onClose={onClose} />;
  return (
    <SidePanel open title={found?.name ?? words.one} onClose={onClose}>
      <Loaded query={filter}>
        {({ answer }) => (
          <>
            <Facts
              facts={[
                [text.words.description, answer.description || null],
                [text.profiles.platform, text.platforms[answer.platform]],
                [
                  words.rule,
                  <span key="rule" className={styles.rule}>
                    {answer.rule}
                  </span>,
                ],
                [text.profiles.scopeTags, answer.scopeTags.join(', ')],
                [words.usedBy, <Uses key="uses" filter={answer} />],
              ]}
            />
            <FilterMatches platform={answer.platform} rule={answer.rule} />
          </>
        )}
      </Loaded>
    </SidePanel>
  );
}
