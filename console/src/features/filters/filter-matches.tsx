import { makeStyles, Text, tokens } from '@fluentui/react-components';
import type { Answer } from '../../api/call.ts';
import { useAsk } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Link } from '../../ui/link.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useSettled } from '../../ui/use-settled.ts';

export type Platform = Answer<'GET /api/v1/filters/{filter}'>['platform'];

const few = 10;

const useStyles = makeStyles({
  root: { display: 'grid', gap: tokens.spacingVerticalXS, minWidth: 0 },
  names: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, overflowWrap: 'anywhere' },
});

/** Which of the devices that there are answer to a rule, be it half written. */
export function FilterMatches({ platform, rule }: { readonly platform: Platform; readonly rule: string }) {
  const styles = useStyles();
  const { filters: words } = useText();
  const may = useMay();
  const body = useSettled({ platform, rule, limit: few });
  const asked = may('directory.read') && body.rule.trim() !== '';
  const preview = useAsk('POST /api/v1/filters/preview', { body }, { enabled: asked, keep: true });
  if (!asked) return null;
  if (preview.error !== null) return <ProblemBar error={preview.error} />;
  const { data } = preview;
  if (data === undefined) return null;
  return (
    <div className={styles.root} role="status">
      <Text weight="semibold">
        {data.matching === null ? words.cannotMatch : words.matches(data.matching, data.devices)}
      </Text>
      {data.items.length > 0 && (
        <ul className={styles.names}>
          {data.items.map(({ id, deviceName }) => (
            <li key={id}>
              <Link to={`/devices/${encodeURIComponent(id)}`}>
                <bdi>{deviceName}</bdi>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
